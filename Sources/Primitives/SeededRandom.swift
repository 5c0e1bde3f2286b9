/// SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): a small, fast, splittable stream of 64-bit words.
///
/// The only randomness of the core. The driver seeds it; the same seed gives the same words on every
/// platform. Not for secrets: those come from `Cryptography`.
public struct SeededRandom: RandomNumberGenerator, Sendable {
    @usableFromInline static let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15
    @usableFromInline var state: UInt64

    @inlinable
    public init(seed: UInt64) { state = seed }

    /// An independent stream for one concern, so that one more draw in one does not shift another.
    public init(seed: UInt64, stream: String) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in stream.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        var mixer = SeededRandom(seed: seed ^ hash)
        self.init(seed: mixer.next())
    }

    @inlinable
    public mutating func next() -> UInt64 {
        state &+= Self.gamma
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    /// Uniform in [0, 1), a multiple of 2^-53.
    @inlinable
    public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in 0 ..< `bound` by multiplication (Lemire 2019, without rejection: bias below
    /// bound / 2^64). `bound` must be positive.
    @inlinable
    public mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// Fisher-Yates, from this stream.
    public mutating func shuffle<Element>(_ array: inout [Element]) {
        guard array.count > 1 else { return }
        for last in stride(from: array.count - 1, to: 0, by: -1) {
            array.swapAt(last, below(last + 1))
        }
    }
}
