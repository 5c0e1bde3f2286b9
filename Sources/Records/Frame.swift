public import Primitives

/// What one node says to another: the unit on a link, one ZeroMQ frame, at most 64 KiB.
public enum Frame: Hashable, Sendable {
    case hello(Hello)
    case ping(nonce: UInt64)
    case pong(nonce: UInt64)
    case goodbye(GoodbyeReason)
    /// New records, each sent once to a link that lacks it.
    case push([EncodedRecord])
    /// Strictly ascending by tag, as in the two below.
    case announce([Announcement])
    /// Push these feeds to me from now on.
    case graft([FeedTag])
    /// Announce these feeds to me, and push them no more: I get them from another.
    case prune([FeedTag])
    case frontier(Frontier)
    case sketch(SketchPart)
    case sketchRequest(SketchRequest)
    case sketchResult(SketchResult)
    case rangeRequest(RangeRequest)
    case rangeResponse(RangeResponse)
    /// Two chains of one feed that make a `ForkProof`.
    case forkProof(Chain, Chain)
    case invitation(InvitationClaim)
    /// PX_REQ: whom do you know? With the asker's own address, where it has one to tell.
    case addressRequest(AddressRecord?)
    /// PX_RESP: the answerer's own address first, where it has one to tell.
    case addressResponse([AddressRecord])
}

/// A record still as bytes: decoded one by one, so that a bad one does not hide its neighbours.
public typealias EncodedRecord = [UInt8]

/// The first frame in each direction.
public struct Hello: Hashable, Sendable {
    /// Bit of `capabilities`: takes SKETCH, and begins one after the greeting if it dialled.
    public static let sketches: UInt64 = 1
    /// Bit of `capabilities`: takes IHAVE, GRAFT and PRUNE.
    public static let trees: UInt64 = 2
    /// Bit of `capabilities`: takes PX_REQ and PX_RESP.
    public static let addresses: UInt64 = 4

    public var minimumVersion: UInt64
    public var maximumVersion: UInt64
    public var network: NetworkID
    /// Bits of optional abilities; unknown bits are ignored.
    public var capabilities: UInt64
    /// The sender's wall clock, to show a skew.
    public var time: Instant
    /// The largest frame that the sender takes, bytes.
    public var maximumFrameBytes: UInt64

    public init(
        minimumVersion: UInt64, maximumVersion: UInt64, network: NetworkID, capabilities: UInt64,
        time: Instant, maximumFrameBytes: UInt64
    ) {
        self.minimumVersion = minimumVersion
        self.maximumVersion = maximumVersion
        self.network = network
        self.capabilities = capabilities
        self.time = time
        self.maximumFrameBytes = maximumFrameBytes
    }
}

public enum GoodbyeReason: UInt8, Hashable, Sendable, CaseIterable {
    case shuttingDown = 1
    case noCommonVersion = 2
    case otherNetwork = 3
    case protocolViolation = 4
    /// The link is to ourselves.
    case selfLink = 5
    case overloaded = 6
    /// The two nodes are linked twice; the dialler of this one gives it up.
    case duplicate = 7
}

/// How far the sender holds each feed. A delta: feeds that it does not name are unchanged.
public struct Frontier: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        public var feed: PublicKey
        /// Highest contiguous sequence held.
        public var sequence: UInt64
        /// First eight bytes of that record's id: unequal at equal sequence means a fork.
        public var headPrefix: UInt64

        public init(feed: PublicKey, sequence: UInt64, headPrefix: UInt64) {
            self.feed = feed
            self.sequence = sequence
            self.headPrefix = headPrefix
        }
    }

    /// Strictly ascending by feed.
    public var entries: [Entry]

    public init(entries: [Entry]) { self.entries = entries }
}

/// Asks for the records `first ... last` of a feed.
public struct RangeRequest: Hashable, Sendable {
    public var feed: PublicKey
    public var first: UInt64
    public var last: UInt64

    public init(feed: PublicKey, first: UInt64, last: UInt64) {
        self.feed = feed
        self.first = first
        self.last = last
    }
}

/// Answers a range request: the held places from `first` on, up to the last at or before `last` that vouches
/// for them, or where there is none, up to the next. Nothing where nothing is held.
public struct RangeResponse: Hashable, Sendable {
    public var feed: PublicKey
    public var chain: Chain?

    /// Requires that the chain is of the feed.
    public init(feed: PublicKey, chain: Chain?) {
        require(chain.map { $0.feed == feed } ?? true, "a chain answers for its own feed")
        self.feed = feed
        self.chain = chain
    }
}

/// The one-time words of an invitation, and who uses it. Sent by the invited node, encrypted by the
/// link like everything else.
public struct InvitationClaim: Hashable, Sendable {
    public static let tokenBytes = 16
    /// 16 bytes, as the invitation carried them.
    public var token: [UInt8]
    public var author: PublicKey
    /// Where the claimant listens; empty when it cannot be dialled.
    public var address: [UInt8]

    public init(token: [UInt8], author: PublicKey, address: [UInt8]) {
        self.token = token
        self.author = author
        self.address = address
    }
}
