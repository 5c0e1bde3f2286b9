/// Odd numbers that differ from process to process as the seed of `Hasher` does, so that nobody outside can aim keys of
/// a table at one another. They decide where things lie in memory, never what a program says.
public struct HashKeys: Sendable {
    public let k0: UInt64
    public let k1: UInt64
    public let k2: UInt64
    public let k3: UInt64

    public static let ofProcess = HashKeys()

    private init() {
        func key(_ number: UInt8) -> UInt64 {
            var hasher = Hasher()
            hasher.combine(number)
            return UInt64(truncatingIfNeeded: hasher.finalize()) | 1
        }
        (k0, k1, k2, k3) = (key(0), key(1), key(2), key(3))
    }

    /// 32 bits of bytes of any length. O(length).
    @inlinable @inline(__always)
    public func hash(_ bytes: Span<UInt8>) -> UInt32 {
        var hash = k0
        var place = 0
        while place &+ 8 <= bytes.count {
            hash = Self.mixed(hash ^ bytes.extracting(place..<place &+ 8).word, k1)
            place &+= 8
        }
        var word: UInt64 = 0
        while place < bytes.count {
            word = word << 8 | UInt64(bytes[place])
            place &+= 1
        }
        // The length tells apart what ends in different words.
        hash = Self.mixed(hash ^ word ^ UInt64(bytes.count) << 56, k1)
        return UInt32(truncatingIfNeeded: hash >> 32)
    }

    /// Both halves of a product, so that each bit moves each.
    @inlinable @inline(__always)
    static func mixed(_ word: UInt64, _ key: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: key)
        return product.high ^ product.low
    }
}
