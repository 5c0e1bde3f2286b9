import Primitives
import Testing

@Suite("Network address")
struct NetworkAddressTests {
    private static func four(_ word: UInt32) -> NetworkAddress {
        NetworkAddress(ipv4: word, port: 1)
    }

    @Test("netgroups are /24 and /48, and only this machine is loopback")
    func netgroups() {
        #expect(Self.four(0xc000_0201).netgroup == Self.four(0xc000_02fe).netgroup)
        #expect(Self.four(0xc000_0201).netgroup != Self.four(0xc000_0301).netgroup)
        #expect(Self.four(0x7f00_0001).isLoopback && !Self.four(0xc000_0201).isLoopback)
        let first = NetworkAddress(high: 0x2001_0db8_0001_0000, low: 1, port: 9)
        let same = NetworkAddress(high: 0x2001_0db8_0001_ffff, low: 7, port: 9)
        let other = NetworkAddress(high: 0x2001_0db8_0002_0000, low: 1, port: 9)
        #expect(first.netgroup == same.netgroup && first.netgroup != other.netgroup)
        #expect(NetworkAddress(high: 0, low: 1, port: 9).isLoopback && !first.isLoopback)
    }

    @Test(
        "what is written is read back",
        arguments: [
            "192.0.2.1:1", "127.0.0.1:27170", "[2001:db8:1:0:0:0:0:1]:9",
            "[fe80:0:0:0:0:0:0:ffff]:65535",
        ])
    func text(_ text: String) throws {
        let address = try #require(NetworkAddress(text: text))
        #expect(address.description == text)
        #expect(NetworkAddress(address.bytes) == address)
    }

    @Test("short forms of IPv6 are read")
    func short() {
        #expect(NetworkAddress(text: "[::1]:9")?.isLoopback == true)
        #expect(NetworkAddress(text: "[2001:db8::7]:9")?.low == 7)
        #expect(NetworkAddress(text: "[::ffff:c000:201]:9") == NetworkAddress(text: "192.0.2.1:9"))
        #expect(NetworkAddress(text: "[1::]:9")?.high == 1 << 48)
    }

    @Test(
        "names, other families and whatever else is not an address with a port is refused",
        arguments: [
            "example.org:9", "192.0.2.1", "192.0.2.1:", "192.0.2.256:9", "192.0.2:9", "1.2.3.4.5:9",
            "192.0.2.01:9", "192.0.2.1:65536", "192.0.2.1:+9", "[::1]", "[::1:9", "::1:9",
            "[1::2::3]:9",
            "[1:2:3:4:5:6:7]:9", "[1:2:3:4:5:6:7:8:9]:9", "[g::]:9", "[:1]:9", "[1:::2]:9", "",
            "[1:2:3:4::5:6:7:8]:9",
        ])
    func refused(_ text: String) { #expect(NetworkAddress(text: text) == nil) }

    @Test(
        "only what a node anywhere could reach is public",
        arguments: [
            ("192.0.2.1:9", true), ("10.0.0.1:9", false), ("172.16.0.1:9", false),
            ("172.32.0.1:9", true), ("192.168.1.1:9", false), ("127.0.0.1:9", false),
            ("169.254.0.1:9", false), ("100.64.0.1:9", false), ("224.0.0.1:9", false),
            ("192.0.2.1:0", false), ("[2001:db8::1]:9", true), ("[fd00::1]:9", false),
            ("[fe80::1]:9", false), ("[ff02::1]:9", false), ("[::]:9", false),
        ])
    func publicity(_ text: String, _ isPublic: Bool) throws {
        #expect(try #require(NetworkAddress(text: text)).isPublic == isPublic)
    }
}
