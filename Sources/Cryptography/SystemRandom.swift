import CSodium
import Primitives

/// Unpredictable randomness of the system, for secrets and for seeding `SeededRandom`.
///
/// Never in the core: the driver draws here and hands the number in.
public struct SystemRandom: RandomNumberGenerator, Sendable {
    public init() {}

    public mutating func next() -> UInt64 { Self.seed() }

    /// A uniform 64-bit number.
    public static func seed() -> UInt64 {
        bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// `count` uniform bytes.
    public static func bytes(_ count: Int) -> [UInt8] {
        Sodium.requireReady()
        var out = [UInt8](repeating: 0, count: count)
        unsafe randombytes_buf(&out, count)
        return out
    }
}
