import Datasets
import Primitives
import Testing

@Suite("Item names")
struct ItemNameTests {
    /// A stand-in for BLAKE2b: the folded bytes themselves, so that tests can read what was hashed.
    private let hashing = ItemName.Hashing(
        compatibilityForm: { $0.replacing("ﬁ", with: "fi") },
        digest: { bytes in
            let padded = bytes + [UInt8](repeating: 0, count: max(0, 32 - bytes.count))
            return Bytes32(padded.prefix(32)) ?? .zero
        })

    private func name(_ text: String) throws -> String {
        try ItemName(reading: text, hashing: hashing).item.description
    }

    @Test("tokens of data sets stay as they are")
    func tokens() throws {
        for token in ["51", "B000002L7T", "spotify:track:6rqhFgbbKwnb9MLmUQDhG6", "a,b;c"] {
            let name = try ItemName(reading: " \(token) ", hashing: hashing)
            #expect(name.item.description == token)
            #expect(name.title == nil)
        }
    }

    @Test(
        "known identifiers get one spelling each",
        arguments: [
            (
                "MBID:Recording:98255A8C-017A-4BC7-8DD6-1FA36124572B",
                "mbid:recording:98255a8c-017a-4bc7-8dd6-1fa36124572b"
            ),
            (
                "https://musicbrainz.org/artist/98255a8c-017a-4bc7-8dd6-1fa36124572b?x=1",
                "mbid:artist:98255a8c-017a-4bc7-8dd6-1fa36124572b"
            ),
            ("isrc:us-rc1-76-07839", "isrc:USRC17607839"),
            ("ISBN:0-306-40615-2", "isbn:9780306406157"),
            ("isbn:080442957X", "isbn:9780804429573"),
            ("urn:isbn:978-0-306-40615-7", "isbn:9780306406157"),
            ("https://doi.org/10.1000/ABC", "doi:10.1000/abc"),
            (
                "magnet:?xt=urn:btih:0123456789ABCDEF0123456789abcdef01234567&dn=x",
                "btih:0123456789abcdef0123456789abcdef01234567"
            ),
            ("ipfs://bafybeigdyrzt", "ipfs:bafybeigdyrzt"),
            (
                "HTTPS://Example.ORG:443/A/b?utm_source=x&id=7&fbclid=y#part",
                "url:https://example.org/A/b?id=7"
            ),
            ("http://example.org", "url:http://example.org/"),
            ("url:http://example.org:8080/é", "url:http://example.org:8080/%C3%A9"),
        ])
    func identifiers(text: String, canonical: String) throws {
        #expect(try name(text) == canonical)
        #expect(try name(canonical) == canonical, "the normal form is its own normal form")
    }

    @Test(
        "what claims to be an identifier and is none is refused",
        arguments: [
            "", "  \u{200e} ", "mbid:recording:xyz", "isrc:US", "isbn:9780306406158",
            "isbn:0306406153", "isbn:x", "doi:11.1/x", "btih:12", "https://", "http://a@b/",
        ])
    func refused(text: String) {
        #expect(throws: ItemName.Failure.self) { try name(text) }
    }

    @Test("free text is one item whatever its case, blanks and ligatures, and keeps its wording")
    func freeText() throws {
        let first = try ItemName(reading: "Ben Folds -  The ﬁne  Print", hashing: hashing)
        #expect(first.title == "Ben Folds - The ﬁne Print")
        let folded = Array("ben folds - the ".utf8)
        #expect(first.item.description == "text:" + Hex.encode(folded))
        #expect(try name("BEN FOLDS - THE FINE PRINT\n") == first.item.description)
        #expect(try name("Ben") == "Ben")
    }

    @Test("titles are cut at whole characters and hold nothing that steers a terminal")
    func titles() throws {
        let long = String(repeating: "é ", count: 300)
        let title = try #require(try ItemName(reading: long, hashing: hashing).title)
        #expect(title.utf8.count <= ItemName.maximumTitleBytes && title.utf8.count > 250)
        let hostile = try ItemName(reading: "a\u{1b}[2J b\u{202e}c", hashing: hashing)
        #expect(hostile.title == "a [2J b c")
    }

    @Test("a web address that is too long for an item becomes text with its address as the title")
    func longAddress() throws {
        let address = "https://example.org/" + String(repeating: "x", count: 200)
        let long = try ItemName(reading: address, hashing: hashing)
        #expect(long.item.description.hasPrefix("text:"))
        #expect(long.title == address)
    }

    @Test(
        "random text is an item or a refusal, never a crash",
        arguments: 1...200 as ClosedRange<UInt64>)
    func randomText(seed: UInt64) throws {
        var random = SeededRandom(seed: seed, stream: "names")
        let prefixes = [
            "", "mbid:", "isrc:", "isbn:", "doi:", "https://", "url:", "magnet:?xt=urn:btih:",
        ]
        let bytes = (0..<random.below(60)).map { _ in
            random.below(3) == 0
                ? UInt8(truncatingIfNeeded: random.next()) : UInt8(0x20 + random.below(95))
        }
        let text = prefixes[random.below(prefixes.count)] + String(decoding: bytes, as: UTF8.self)
        guard let name = try? ItemName(reading: text, hashing: hashing) else { return }
        let again = try ItemName(reading: name.item.description, hashing: hashing)
        #expect(again.item == name.item, "seed \(seed)")
        #expect((name.title?.utf8.count ?? 0) <= ItemName.maximumTitleBytes)
    }
}
