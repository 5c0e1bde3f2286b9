public import Primitives

/// The canonical item of what a file or a person wrote, so that nodes agree without asking anybody.
///
/// Known identifiers (MusicBrainz, ISRC, ISBN, DOI, IPFS, BitTorrent, web addresses) get one
/// spelling each; any other token of printable ASCII stays as it is, so `51` of a data set is `51`.
/// Free text becomes `text:` and 32 hexadecimal digits of a digest of its folded form, and
/// keeps its wording as the title.
public struct ItemName: Hashable, Sendable {
    public let item: ItemID
    /// Wording to show in place of a digest, at most `maximumTitleBytes` of UTF-8; else nil.
    public let title: String?

    /// Bytes of a title in a record (docs/protocol.md, "Records").
    public static let maximumTitleBytes = 256

    /// What free text needs from outside: Unicode's tables and a hash.
    public struct Hashing: Sendable {
        /// Unicode form NFKC, so that a ligature or a full-width letter makes no other item.
        var compatibilityForm: @Sendable (String) -> String
        /// Collision-resistant; the first 16 bytes are used.
        var digest: @Sendable ([UInt8]) -> Bytes32

        public init(
            compatibilityForm: @escaping @Sendable (String) -> String,
            digest: @escaping @Sendable ([UInt8]) -> Bytes32
        ) {
            self.compatibilityForm = compatibilityForm
            self.digest = digest
        }
    }

    /// Why text names no item, as a phrase.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
        init(_ description: String) { self.description = description }
    }

    /// Reads `text`. Throws when it is empty or claims to be an identifier and is not a valid one.
    public init(reading text: String, hashing: Hashing) throws(Failure) {
        let shown = Self.collapsed(text)
        guard !shown.isEmpty else { throw Failure("an item has a name") }
        if let identifier = try Self.identifier(shown) {
            guard let item = ItemID(identifier) else {
                self = Self.text(shown, folded: identifier, hashing)
                return
            }
            self.item = item
            title = nil
        } else if let item = ItemID(shown) {
            self.item = item
            title = nil
        } else {
            let folded = Self.collapsed(hashing.compatibilityForm(shown).lowercased())
            self = Self.text(shown, folded: folded, hashing)
        }
    }

    private init(item: ItemID, title: String) {
        self.item = item
        self.title = title
    }

    private static func text(_ shown: String, folded: String, _ hashing: Hashing) -> ItemName {
        let digest = hashing.digest(Array(folded.utf8))
        guard let item = ItemID("text:" + Hex.encode(digest.bytes.prefix(16))) else {
            broken("digits are printable")
        }
        return ItemName(item: item, title: clipped(shown))
    }

    /// Runs of blanks as one space, none at the ends; scalars that no title may hold count as blanks.
    private static func collapsed(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        var isGap = false
        for scalar in text.unicodeScalars {
            if isBlank(scalar) {
                isGap = !out.isEmpty
                continue
            }
            if isGap { out.append(" ") }
            isGap = false
            out.append(scalar)
        }
        return String(out)
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        // Nearly all names are ASCII, and Unicode's tables are slow.
        scalar.isASCII
            ? scalar.value <= 0x20 || scalar.value == 0x7f
            : scalar.properties.isWhitespace || isUnprintable(scalar)
    }

    /// Control characters beyond ASCII and the bidirectional controls, which a record's title refuses.
    private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x80...0x9f: true
        case 0x61c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    /// As many whole characters as a title holds.
    private static func clipped(_ text: String) -> String {
        guard text.utf8.count > maximumTitleBytes else { return text }
        var out = ""
        var bytes = 0
        for character in text {
            bytes += character.utf8.count
            guard bytes <= maximumTitleBytes else { break }
            out.append(character)
        }
        return out.isEmpty ? "?" : out
    }
}
