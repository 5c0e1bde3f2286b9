/// 32 bytes held as four big-endian words, so that comparing words compares bytes.
///
/// Keys and digests wrap it in types of their own: `PublicKey`, `RecordID`, `NodeKey`.
public struct Bytes32: Hashable, Comparable, Sendable {
    public static let count = 32
    public static let zero = Bytes32(words: (0, 0, 0, 0))

    @usableFromInline let w0: UInt64
    @usableFromInline let w1: UInt64
    @usableFromInline let w2: UInt64
    @usableFromInline let w3: UInt64

    /// From four big-endian words.
    @inlinable
    public init(words: (UInt64, UInt64, UInt64, UInt64)) { (w0, w1, w2, w3) = words }

    /// Nil unless `bytes` holds exactly 32 bytes.
    @inlinable
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.count else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for (position, byte) in bytes.enumerated() {
            switch position >> 3 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            default: words.3 = words.3 << 8 | UInt64(byte)
            }
        }
        self.init(words: words)
    }

    /// The bytes, first byte first. O(32).
    @inlinable
    public var bytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(Self.count)
        append(to: &out)
        return out
    }

    /// Appends the bytes, first byte first. O(32).
    @inlinable
    public func append(to out: inout [UInt8]) {
        // One check of the array's room for all, where appending one by one makes 32.
        let start = out.count
        out.append(contentsOf: repeatElement(0, count: Self.count))
        write(w0, to: &out, at: start)
        write(w1, to: &out, at: start + 8)
        write(w2, to: &out, at: start + 16)
        write(w3, to: &out, at: start + 24)
    }

    @inlinable
    func write(_ word: UInt64, to out: inout [UInt8], at start: Int) {
        for place in 0..<8 {
            out[start + place] = UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * place))
        }
    }

    /// The bytes as four big-endian words.
    @inlinable
    public var words: (UInt64, UInt64, UInt64, UInt64) { (w0, w1, w2, w3) }

    /// One word for all four, under keys of this process, so that nobody who chooses the bytes knows which collide:
    /// each word times a secret odd number (Dietzfelbinger and others 1997). Enough for a `BoundedTable`, whose
    /// lookups are most of what a node does.
    @inlinable
    public var hashValue: Int { hashValue(under: HashKeys.ofProcess) }

    /// The same word, where the keys of the process are at hand.
    @inlinable
    public func hashValue(under keys: HashKeys) -> Int {
        let sum = w0 &* keys.k0 &+ w1 &* keys.k1 &+ w2 &* keys.k2 &+ w3 &* keys.k3
        return Int(truncatingIfNeeded: sum ^ sum >> 32)
    }

    /// The same word: a `Hasher` has a quarter of the work.
    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(hashValue) }

    /// The first eight bytes as a number; for digests an unbiased 64-bit fingerprint.
    public var prefix64: UInt64 { w0 }

    @inlinable
    public static func < (left: Self, right: Self) -> Bool {
        (left.w0, left.w1, left.w2, left.w3) < (right.w0, right.w1, right.w2, right.w3)
    }
}

/// A type that is 32 bytes with a meaning.
public protocol Bytes32Wrapper: Hashable, Comparable, Sendable, CustomStringConvertible {
    var raw: Bytes32 { get }
    init(raw: Bytes32)
}

extension Bytes32Wrapper {
    /// Nil unless `bytes` holds exactly 32 bytes.
    @inlinable
    public init?(_ bytes: some Collection<UInt8>) {
        guard let raw = Bytes32(bytes) else { return nil }
        self.init(raw: raw)
    }

    /// Nil unless `hex` is exactly 64 hexadecimal digits.
    public init?(hex: String) {
        guard hex.utf8.count == 2 * Bytes32.count, let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes)
    }

    @inlinable
    public var hashValue: Int { raw.hashValue }

    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(raw) }

    public var bytes: [UInt8] { raw.bytes }
    public var hex: String { Hex.encode(raw.bytes) }
    public var description: String { hex }

    public static func < (left: Self, right: Self) -> Bool { left.raw < right.raw }
}

/// An Ed25519 public key: of an author (a person) or of one of its devices.
public struct PublicKey: Bytes32Wrapper {
    public let raw: Bytes32
    @inlinable
    public init(raw: Bytes32) { self.raw = raw }
}

/// A Curve25519 public key of a node's transport. Never published beside an author key.
public struct NodeKey: Bytes32Wrapper {
    public let raw: Bytes32
    @inlinable
    public init(raw: Bytes32) { self.raw = raw }
}

/// BLAKE2b-256 of a record's domain and body; never of its signature.
public struct RecordID: Bytes32Wrapper {
    public static let zero = RecordID(raw: .zero)
    public let raw: Bytes32
    public init(raw: Bytes32) { self.raw = raw }
}

/// An Ed25519 signature, 64 bytes.
public struct Signature: Hashable, Sendable {
    public static let count = 64
    public let bytes: [UInt8]

    /// Nil unless `bytes` holds exactly 64 bytes.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.count else { return nil }
        self.bytes = Array(bytes)
    }
}
