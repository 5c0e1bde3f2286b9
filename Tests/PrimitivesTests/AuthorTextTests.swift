import Primitives
import Testing

@Suite("Texts of authors")
struct AuthorTextTests {
    private let key = PublicKey(raw: Bytes32(words: (1 << 60, 0x2222, 3, 0xffff_ffff)))

    @Test("an author is read from either case of its text, and from hexadecimal digits")
    func reads() {
        for text in [key.text, key.text.uppercased(), key.hex, key.hex.uppercased()] {
            #expect(PublicKey(text: text) == key, "\(text)")
        }
        let half = key.text.prefix(20).uppercased() + key.text.dropFirst(20)
        #expect(PublicKey(text: half) == nil, "mixed case")
    }

    @Test("letters whose lower case is ASCII are not taken for ASCII")
    func kelvin() {
        // `k` stands for 22 of 32 values: some key has one.
        let keys = (0..<32 as Range<UInt64>).map { PublicKey(raw: Bytes32(words: ($0, 1, 2, 3))) }
        let texts = keys.map { $0.text.uppercased() }.filter { $0.contains("K") }
        #expect(!texts.isEmpty)
        for text in texts {
            #expect(PublicKey(text: text) != nil)
            #expect(PublicKey(text: text.replacing("K", with: "\u{212A}")) == nil, "\(text)")
        }
    }

    @Test("no text that is too long is read")
    func long() {
        #expect(PublicKey(text: key.text + "q") == nil)
        #expect(PublicKey(text: String(repeating: "0", count: 1 << 20)) == nil)
        #expect(Bech32m.decode(prefix: "vb", Bech32m.encode(prefix: "vb", key.bytes)) == key.bytes)
        let long = Bech32m.encode(prefix: "vb", [UInt8](repeating: 0, count: 60))
        #expect(Bech32m.decode(prefix: "vb", long) == nil, "BIP-173 ends at 90 characters")
    }
}
