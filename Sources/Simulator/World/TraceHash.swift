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
        var word: UInt64 = UInt64(bytes.count)
        var filled = 0
        for byte in bytes {
            word = word << 8 | UInt64(byte)
            filled += 1
            if filled == 8 {
                hash.fold(word)
                word = 0
                filled = 0
            }
        }
        hash.fold(word)
        return hash.value
    }
}
