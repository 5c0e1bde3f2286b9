public import Primitives

/// One signed play, like or rating, as the graph takes it.
public struct Interaction: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Comparable, Sendable {
        /// Plays of one pair add up.
        case play = 0
        /// A newer like replaces an older one.
        case like = 1
        /// A newer rating replaces an older one.
        case rate = 2

        public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    public var author: PublicKey
    public var item: ItemID
    public var kind: Kind
    /// Positive and finite, or the graph refuses it.
    public var weight: Double
    /// What the author says.
    public var time: Instant
    /// When this node first saw the record: an author cannot make an interaction younger than that.
    public var firstSeen: Instant

    public init(
        author: PublicKey, item: ItemID, kind: Kind, weight: Double, time: Instant,
        firstSeen: Instant
    ) {
        self.author = author
        self.item = item
        self.kind = kind
        self.weight = weight
        self.time = time
        self.firstSeen = firstSeen
    }

    /// The instant that its age counts from: the earlier of what is said and what was seen.
    public var effectiveTime: Instant { min(time, firstSeen) }
}

/// What the graph did with an input.
public enum GraphVerdict: Hashable, Sendable {
    case accepted
    case refused(Refusal)

    public enum Refusal: String, Hashable, Sendable {
        case selfLoop = "an author cannot trust itself"
        case badWeight = "the weight is not positive and finite"
        case outranked = "the graph is full and what it holds outranks this"
    }
}
