/// Human text inside a record: 1 to 256 bytes of valid UTF-8 that is safe to print.
///
/// Refused: control characters, line and paragraph separators, and the bidirectional controls that
/// reorder what a reader sees (Unicode TR 36). Not required: a normal form, because its tables
/// change between Unicode versions and then two nodes would disagree about one record. Compared as
/// bytes.
public struct Title: Hashable, Sendable, CustomStringConvertible {
    public let bytes: [UInt8]

    public init?(bytes: some Collection<UInt8>) {
        guard (1...WireLimits.titleBytes).contains(bytes.count),
            let text = String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.allSatisfy(Self.isPrintable)
        else { return nil }
        self.bytes = Array(bytes)
    }

    public init?(_ text: String) { self.init(bytes: Array(text.utf8)) }

    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether a scalar may stand in text that a terminal or a page will show.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1f, 0x7f...0x9f: false
        case 0x61c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: false
        default: true
        }
    }
}
