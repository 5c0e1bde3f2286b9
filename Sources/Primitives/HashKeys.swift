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
}
