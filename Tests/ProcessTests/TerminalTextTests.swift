import Testing

@testable import vouchbird

@Suite("Words on a terminal")
struct TerminalTextTests {
    @Test("text of others cannot steer the terminal or reorder a line")
    func safe() {
        #expect(
            TerminalText.safe("a\u{1b}[2Jb\u{7}\r\n\tc") == "a\\u{1b}[2Jb\\u{7}\\u{d}\\u{a}\\u{9}c")
        #expect(
            TerminalText.safe("x\u{202e}y\u{2066}z\u{9b}31m") == "x\\u{202e}y\\u{2066}z\\u{9b}31m")
        #expect(TerminalText.safe("naïve 日本 👩‍👩‍👧 ok") == "naïve 日本 👩‍👩‍👧 ok")
    }

    @Test("numbers and spans read like a person writes them")
    func numbers() {
        #expect(TerminalText.count(61_907) == "61 907")
        #expect(TerminalText.count(-1_234_567) == "-1 234 567")
        #expect(TerminalText.count(123) == "123")
        #expect(TerminalText.bytes(999) == "999 B")
        #expect(TerminalText.bytes(38_400_000) == "38 MB")
        #expect(TerminalText.bytes(1_500) == "1.5 kB")
        #expect(TerminalText.duration(seconds: 59) == "59 s")
        #expect(TerminalText.duration(seconds: 3 * 86_400 + 4 * 3600) == "3 d 4 h")
        #expect(
            TerminalText.table([["a", "1"], ["bbb", "22"]], right: [1]) == ["a     1", "bbb  22"])
    }

    @Test("the kernel's table of sockets is read for listening ports")
    func ports() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt
               0: 0100007F:6A22 00000000:0000 0A 00000000:00000000 00:00000000 00000000
               1: 0100007F:1F90 0100007F:A1B2 01 00000000:00000000 00:00000000 00000000
            """
        #expect(ListeningPorts.parse(table) == [0x6a22])
    }

    @Test("what an export writes cannot leave its form")
    func exports() {
        #expect(ExportRow.xml("a<b>&\"c\u{1}") == "a&lt;b&gt;&amp;&quot;c\u{fffd}")
        #expect(ExportRow.number(3) == "3")
        #expect(ExportRow.number(0.1) == "0.1")
        #expect(ExportRow.seconds("2023-11-14T22:13:20.000Z") == "1700000000")
        #expect(ExportRow.seconds(nil) == "")
        #expect(ExportRow.location(of: "url:https://a.example/") == "https://a.example/")
        #expect(
            ExportRow.location(of: "mbid:recording:98255a8c-017a-4bc7-8dd6-1fa36124572b")
                == "https://musicbrainz.org/recording/98255a8c-017a-4bc7-8dd6-1fa36124572b")
        #expect(ExportRow.location(of: "51") == nil)
    }
}
