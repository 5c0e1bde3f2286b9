/// The canonical identifier of an item: 1 to 128 bytes of printable ASCII without spaces.
///
/// ASCII on purpose: it needs no Unicode tables to compare, cannot carry control or bidirectional
/// characters into a terminal, a log or a page, and means the same bytes on every node. Titles live
/// in ITEM records. Compared as bytes.
public struct ItemID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public static let maximumBytes = 128
    public let bytes: [UInt8]

    /// Nil when empty, too long, or holding a byte outside 0x21 ... 0x7E.
    public init?(bytes: some Collection<UInt8>) {
        guard (1...Self.maximumBytes).contains(bytes.count),
            bytes.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        self.bytes = Array(bytes)
    }

    public init?(_ text: String) { self.init(bytes: Array(text.utf8)) }

    /// Eight bytes at a time: the derived form hashes each byte by itself. The length tells apart what
    /// ends in different words.
    public func hash(into hasher: inout Hasher) {
        let bytes = bytes.span
        var word: UInt64 = 0
        for place in bytes.indices {
            word = word << 8 | UInt64(bytes[place])
            if place & 7 == 7 {
                hasher.combine(word)
                word = 0
            }
        }
        hasher.combine(word ^ UInt64(bytes.count) << 56)
    }

    public var description: String { String(decoding: bytes, as: UTF8.self) }

    public static func < (left: Self, right: Self) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
