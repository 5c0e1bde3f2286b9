public import Primitives
public import Records

/// Everything that can happen to a node. One entry: `Node.handle`.
public enum Input: Sendable {
    case linkUp(LinkID, NodeKey, LinkDirection)
    case linkDown(LinkID)
    /// Where a link leads; follows `linkUp` at once.
    case linkOrigin(LinkID, LinkOrigin)
    /// A dial that the overlay asked for came to nothing.
    case dialFailed(NodeKey)
    /// Where this node says that it can be reached; nil: it does not say.
    case announce(AddressRecord?)
    /// A node of the local net said where it is, in a datagram that came from the host.
    case heard(AddressRecord, from: NetworkAddress)
    /// One frame as it came over an authenticated link.
    case frame(LinkID, [UInt8])
    /// Own statements to sign, in order. Answered by `Effect.published`.
    case publish(EffectID, [OwnDraft])
    /// A private entry was written to, or removed from, the store: the ranking takes notice.
    case privateAdded(PrivateEntry)
    case privateRemoved(PrivateEntry)
    /// An invitation was accepted: tell its node so as soon as a link to it is ready.
    case redeem(NodeKey, InvitationClaim)
    case authorBlocked(PublicKey, isBlocked: Bool)
    /// Answers `commit` and `commitOwn`.
    case stored(EffectID, StoreFailure?)
    /// Answers `readRange`; empty when the store could not read.
    case rangeRead(EffectID, [StoredEntry])
    /// Answers `readFeeds`: every entry of each feed asked for.
    case feedsRead(EffectID, [StoredEntry], StoreFailure?)
    /// Somebody asks for a ranking: if the graph has changed, rank it at the end of this turn.
    case rankingWanted
    /// Answers `rank`: trust of every reachable author, ascending by key.
    case ranked(EffectID, [AuthorTrust])
    /// The inputs of one turn of the driver's loop are in: commit what was gathered, run due timers.
    case endOfTurn
}

/// An own statement before it has a place in the feed.
public struct OwnDraft: Hashable, Sendable {
    public var payload: Payload
    /// When it happened; now when nil. Moved into the order of the feed: never before the record before
    /// it, never after now.
    public var time: Instant?

    public init(payload: Payload, time: Instant? = nil) {
        self.payload = payload
        self.time = time
    }
}

/// Something that only this node knows: it moves the own ranking and is never signed.
public struct PrivateEntry: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case play, like, rate
        /// Drops the item and halves the trust in those who brought it, for the ego alone.
        case dislike
        /// Drops the item.
        case hide
    }

    public var kind: Kind
    public var item: ItemID
    public var weight: Weight
    public var time: Instant

    public init(kind: Kind, item: ItemID, weight: Weight, time: Instant) {
        self.kind = kind
        self.item = item
        self.weight = weight
        self.time = time
    }
}

/// How much of the ego's trust flow reaches an author.
public struct AuthorTrust: Hashable, Sendable {
    public var author: PublicKey
    /// 0 ... 1; all of them with the ego's own sum to 1.
    public var trust: Double

    public init(author: PublicKey, trust: Double) {
        self.author = author
        self.trust = trust
    }
}
