import Primitives
import Records

/// Joins an effect to the one later input that answers it.
public struct EffectID: Hashable, Comparable, Sendable {
    public let raw: UInt64
    public init(raw: UInt64) { self.raw = raw }
    public static func < (left: Self, right: Self) -> Bool { left.raw < right.raw }
}

/// Mixes a record id to 64 bits with keys that no author knows.
///
/// The core remembers eight bytes for each record held, to tell a replay from a fork without a disk read. A plain
/// prefix could be collided by an author with 2^32 hashes and would hide its fork; a multilinear
/// hash under secret odd keys cannot be aimed at (Carter & Wegman 1979).
public struct IDFingerprint: Sendable {
    private let keys: (UInt64, UInt64, UInt64, UInt64)

    public init(seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "id fingerprint")
        keys = (random.next() | 1, random.next() | 1, random.next() | 1, random.next() | 1)
    }

    func callAsFunction(_ id: RecordID) -> UInt64 { mix(id.raw) }

    func mix(_ value: Bytes32) -> UInt64 {
        let words = value.words
        let sum =
            words.0 &* keys.0 &+ words.1 &* keys.1 &+ words.2 &* keys.2 &+ words.3 &* keys.3
        return sum ^ sum >> 32
    }
}
