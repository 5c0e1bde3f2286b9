/// A running digest of everything that happened in a run: two runs with one value did the same.
///
/// Multiply and fold; it guards against accidents, not against adversaries.
struct TraceHash: Sendable {
    private(set) var value: UInt64 = 0x243f_6a88_85a3_08d3

    mutating func fold(_ word: UInt64) {
        let product = (value ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
        value = product.high ^ product.low &+ 0x1319_8a2e_0370_7344
    }

    mutating func fold(_ bytes: [UInt8]) { fold(Self.digest(bytes[...])) }

    /// A digest of bytes alone. O(count).
    static func digest(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash = TraceHash()
        forEachWord(of: bytes.span) { hash.fold($0) }
        return hash.value
    }
}

/// Bytes as big-endian words: the whole ones, then what is left, with the count where there is no whole one.
@inline(__always)
func forEachWord(of bytes: Span<UInt8>, _ body: (UInt64) -> Void) {
    var place = 0
    while place + 8 <= bytes.count {
        let part = bytes.extracting(place..<place + 8)
        let high =
            UInt64(part[0]) << 56 | UInt64(part[1]) << 48 | UInt64(part[2]) << 40
            | UInt64(part[3]) << 32
        let low =
            UInt64(part[4]) << 24 | UInt64(part[5]) << 16 | UInt64(part[6]) << 8
            | UInt64(part[7])
        body(high | low)
        place += 8
    }
    var word = bytes.count < 8 ? UInt64(bytes.count) : 0
    while place < bytes.count {
        word = word << 8 | UInt64(bytes[place])
        place += 1
    }
    body(word)
}
