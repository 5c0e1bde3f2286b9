import Datasets
import Primitives
import Testing

@Suite("Data set files")
struct DatasetReaderTests {
    @Test("a plain TSV is read by position, with and without weight and time")
    func plainTabs() throws {
        let lines = try read(.plain, "# comment\nana\t51\nana\t52\t3.5\n\nana\t53\t2\t1700000000\n")
        #expect(
            lines == [
                DatasetLine(number: 2, row: interaction("ana", "51")),
                DatasetLine(number: 3, row: interaction("ana", "52", 3.5)),
                DatasetLine(
                    number: 5, row: interaction("ana", "53", 2, atSeconds: 1_700_000_000)),
            ])
    }

    @Test("a CSV header names the columns in any order, and quotes hold commas and quotes")
    func csvHeader() throws {
        let text = """
            timestamp,title,movieId,userId,rating
            2023-11-14T22:13:20Z,"Heat, \"\"uncut\"\" cut",6,1,4.5
            """
        var reader = DatasetReader(format: .plain)
        let rows = try reader.read(Array(text.utf8)) + reader.finish()
        #expect(
            rows.map(\.row) == [
                interaction("1", "6", 4.5, atSeconds: 1_700_000_000, title: "Heat, \"uncut\" cut")
            ])
        #expect(reader.isRated)
    }

    @Test("the same rows come out for every size of chunk, with LF, CR LF and a BOM")
    func chunks() throws {
        let text = "\u{feff}user\titem\tplays\r\na\tx\t1\r\nb\ty\t2\r\nc\tz\t3"
        let whole = try read(.plain, text, chunkBytes: 4096)
        #expect(whole.count == 3)
        #expect(whole.last == DatasetLine(number: 4, row: interaction("c", "z", 3)))
        for chunkBytes in 1...20 {
            #expect(try read(.plain, text, chunkBytes: chunkBytes) == whole)
        }
    }

    @Test("RecBole interactions follow their typed header, whatever stands between")
    func recBoleInteractions() throws {
        let text = """
            item_id:token\tgenre:token_seq\trating:float\tuser_id:token\ttimestamp:float
            242\tdrama war\t3\t196\t881250949
            """
        #expect(
            try read(.inter, text).map(\.row) == [
                interaction("196", "242", 3, atSeconds: 881_250_949)
            ])
    }

    @Test("a RecBole network gives trust edges")
    func recBoleNetwork() throws {
        let text = "target_id:token\tsource_id:token\tweight:float\nb\ta\t0.5\nc\ta\t1\n"
        #expect(try read(.net, text).map(\.row) == [trust("a", "b", 0.5), trust("a", "c", 1)])
    }

    @Test("HetRec's two files are read by their headers")
    func hetrec() throws {
        let artists = "userID\tartistID\tweight\n2\t51\t13883\n"
        #expect(try read(.hetrec, artists).map(\.row) == [interaction("2", "51", 13883)])
        let friends = "userID\tfriendID\r\n2\t275\r\n"
        #expect(try read(.hetrecFriends, friends).map(\.row) == [trust("2", "275")])
    }

    @Test("trust lines take tabs or spaces, and a weight of 0")
    func trustLines() throws {
        #expect(
            try read(.trust, "2\t275\t1\n3\t2\t0\n").map(\.row) == [
                trust("2", "275", 1), trust("3", "2", 0),
            ])
        #expect(try read(.trust, "2 966 1\n").map(\.row) == [trust("2", "966", 1)])
    }

    @Test("each bad line is reported with its number, and the rest goes in")
    func badLines() throws {
        var bytes = Array(
            "a\tx\t1\na\ty\tmany\n\tz\t1\na\t\t1\na\tx\t-1\na\tx\t1\tyesterday\n".utf8)
        bytes += Array("a\tx\t1\t1\t1\n".utf8) + [0x61, 0x09, 0xff, 0x0a]
        bytes += Array("a\tx\tnan\na\tx\t1e300\n".utf8)
        bytes += [UInt8](repeating: 0x61, count: 70_000) + [0x0a] + Array("a\tlast\n".utf8)
        let lines = try read(.plain, bytes, chunkBytes: 1000)
        let rejected = lines.compactMap { line -> UInt64? in
            if case .rejected(let reason) = line.row, !reason.isEmpty { line.number } else { nil }
        }
        #expect(rejected == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
        #expect(lines.first?.row == interaction("a", "x", 1))
        #expect(lines.last == DatasetLine(number: 12, row: interaction("a", "last")))
    }

    @Test("a line with another number of fields than its header is refused")
    func fieldCount() throws {
        let lines = try read(.plain, "user,item,plays\na,x,1\na,x\na,x,1,2\n")
        #expect(lines.map(\.number) == [2, 3, 4])
        #expect(lines.first?.row == interaction("a", "x", 1))
        for line in lines.dropFirst() {
            guard case .rejected = line.row else {
                Issue.record("line \(line.number) was taken")
                continue
            }
        }
    }

    @Test("a list of items alone has no users, and later lines with users are refused")
    func itemsAlone() throws {
        let lines = try read(.plain, "x\nTwo words, one item\na\tz\n")
        #expect(
            lines.prefix(2).map(\.row) == [
                interaction(nil, "x"), interaction(nil, "Two words, one item"),
            ])
        guard case .rejected = lines.last?.row else {
            Issue.record("a user was taken for an item")
            return
        }
    }

    @Test("an item whose scheme is also the name of a column is an item, not a header")
    func itemLikeHeader() throws {
        let lines = try read(.plain, "song:1\nsong:2\n")
        #expect(lines.map(\.row) == [interaction(nil, "song:1"), interaction(nil, "song:2")])
    }

    @Test("columns can be chosen by number and by name")
    func chosenColumns() throws {
        let byNumber = ColumnChoice(user: "3", item: "1", weight: "5")
        #expect(
            try read(.plain, "x\tnoise\ta\tnoise\t7\n", columns: byNumber).map(\.row) == [
                interaction("a", "x", 7)
            ])
        let byName = ColumnChoice(item: "Beer Name", weight: "Overall")
        let text = "user,beer name,aroma,overall\na,Pils,1,4\n"
        #expect(
            try read(.plain, text, columns: byName).map(\.row) == [interaction("a", "Pils", 4)])
    }

    @Test("a header that makes every line useless fails the file, with its line")
    func uselessHeader() throws {
        #expect(throws: DatasetFailure.self) { try read(.inter, "user_id:token\tx:float\na\t1\n") }
        #expect(throws: DatasetFailure.self) { try read(.net, "source_id:token\tx:float\na\t1\n") }
        let failure = #expect(throws: DatasetFailure.self) {
            try read(.plain, "#\nuser,item\na,x\n", columns: ColumnChoice(weight: "stars"))
        }
        #expect(failure?.line == 2)
        #expect(failure?.message.contains("stars") == true)
    }

    @Test(
        "random bytes are rows or rejections, never a crash",
        arguments: DatasetFormat.allCases, 1...40 as ClosedRange<UInt64>)
    func randomBytes(format: DatasetFormat, seed: UInt64) throws {
        var random = SeededRandom(seed: seed, stream: format.rawValue)
        let alphabet = Array("\t\t\n\n,\" :#ax10.-eE\r".utf8) + [0, 0xff, 0xc3, 0xa9]
        let header =
            switch format {
            case .inter: "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
            case .net: "source_id:token\ttarget_id:token\n"
            case .hetrec: "userID\tartistID\tweight\n"
            case .hetrecFriends: "userID\tfriendID\n"
            case .plain, .trust: "a\tb\t1\n"
            }
        let noise = (0..<2000).map { _ in
            random.below(10) == 0
                ? UInt8(truncatingIfNeeded: random.next()) : alphabet[random.below(alphabet.count)]
        }
        let bytes = Array(header.utf8) + noise
        let lines = try read(format, bytes, chunkBytes: 1 + random.below(300))
        let newlines = UInt64(bytes.count { $0 == 0x0a })
        #expect(lines.allSatisfy { (1...newlines + 1).contains($0.number) }, "seed \(seed)")
        #expect(
            zip(lines, lines.dropFirst()).allSatisfy { $0.number < $1.number }, "seed \(seed)")
    }
}
