import Primitives

/// A frontier entry in 13 bytes, under a salt that no author knew: what sketches add up.
///
/// 48 bits tell the feed (two of 25,000 feeds share them once in 900,000 sketches), 40 bits the sequence,
/// 16 bits the head: the salt is new each time, so that a fork is missed once in 65,536 and found later.
public struct FrontierMark: Hashable, Sendable {
    public static let bytes = 13

    /// Tag of the feed in the upper 48 bits, mark of the head in the lower 16.
    public internal(set) var identity: UInt64
    /// The lower 40 bits of the sequence.
    public internal(set) var sequence: UInt64

    static let sequenceMask: UInt64 = (1 << 40) - 1

    init(identity: UInt64, sequence: UInt64) {
        self.identity = identity
        self.sequence = sequence
    }

    /// One digest.
    public init(_ entry: Frontier.Entry, salt: UInt64, scheme: any SignatureScheme) {
        var writer = ByteWriter(reserving: Domain.sketch.count + 8 + Bytes32.count)
        writer.raw(Domain.sketch)
        writer.word(salt, bytes: 8)
        writer.wrapped(entry.feed)
        let words = scheme.digest(writer.bytes).words
        let head = SketchHash.mix(words.1 ^ entry.headPrefix) >> 48
        identity = words.0 & ~0xffff | head
        sequence = entry.sequence & Self.sequenceMask
    }

    public var tag: SketchTag { SketchTag(raw: identity >> 16) }
    public var head: UInt16 { UInt16(truncatingIfNeeded: identity) }

    static func ^= (left: inout Self, right: Self) {
        left.identity ^= right.identity
        left.sequence ^= right.sequence
    }
}

/// Which feed a mark is of, for those who know the feed and the salt: 48 bits.
public struct SketchTag: Hashable, Comparable, Sendable {
    public let raw: UInt64
    init(raw: UInt64) { self.raw = raw }
    public static func < (left: Self, right: Self) -> Bool { left.raw < right.raw }
}

/// One coded symbol of a rateless invertible Bloom lookup table (Yang, Gilad & Alizadeh, SIGCOMM 2024).
public struct SketchSymbol: Hashable, Sendable {
    /// XOR of the marks in it.
    var sum = FrontierMark(identity: 0, sequence: 0)
    /// XOR of their check words.
    var check: UInt32 = 0
    /// How many marks; in a difference, theirs less ours.
    var count: Int64 = 0

    var isEmpty: Bool {
        count == 0 && check == 0 && sum.identity == 0 && sum.sequence == 0
    }

    mutating func add(_ mark: FrontierMark, check: UInt32, sign: Int64) {
        sum ^= mark
        self.check ^= check
        count += sign
    }

    mutating func subtract(_ other: SketchSymbol) {
        sum ^= other.sum
        check ^= other.check
        count -= other.count
    }
}

/// Mixing for check words and for the places of a mark: SplitMix64's finaliser. Its input holds a digest
/// under a salt, so nobody aims at it.
enum SketchHash {
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    static func of(_ mark: FrontierMark, salt: UInt64) -> UInt64 {
        mix(mix(mark.identity ^ salt) ^ mark.sequence)
    }
}

/// The symbols that one mark is in: 0, then each next one further by a gap that grows with the index, so that
/// symbol i holds it with probability 1 / (1 + i / 2) (section 4.2 of the paper).
struct SketchPlaces: Sendable {
    private(set) var index: UInt64 = 0
    private var state: UInt64

    init(hash: UInt64) { state = hash }

    mutating func advance() {
        state &+= 0x9E37_79B9_7F4A_7C15
        let draw = Double(SketchHash.mix(state))
        let reach = (Double(index) + 1.5) * (4_294_967_296 / (draw + 1).squareRoot() - 1)
        // Beyond any sketch: the exact number no longer matters.
        index += UInt64(min(max(reach.rounded(.up), 1), 1e12))
    }
}

/// The symbols of one set, as many as are asked for.
public struct SketchEncoder: Sendable {
    public let salt: UInt64
    public let marks: [FrontierMark]
    private var places: [SketchPlaces] = []
    private var checks: [UInt32] = []
    public private(set) var symbols: [SketchSymbol] = []

    public init(_ marks: [FrontierMark], salt: UInt64) {
        self.marks = marks
        self.salt = salt
        places.reserveCapacity(marks.count)
        checks.reserveCapacity(marks.count)
        for mark in marks {
            let hash = SketchHash.of(mark, salt: salt)
            places.append(SketchPlaces(hash: hash))
            checks.append(UInt32(truncatingIfNeeded: hash >> 32))
        }
    }

    /// Makes the symbols up to `count`. O(marks + XORs); about 2 ln(count) XORs a mark in all.
    public mutating func extend(to count: Int) {
        guard count > symbols.count else { return }
        symbols.append(
            contentsOf: repeatElement(SketchSymbol(), count: count - symbols.count))
        for position in marks.indices {
            while places[position].index < UInt64(count) {
                symbols[Int(places[position].index)].add(
                    marks[position], check: checks[position], sign: 1)
                places[position].advance()
            }
        }
    }
}
