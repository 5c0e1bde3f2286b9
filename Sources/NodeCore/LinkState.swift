import Primitives
import Records

/// What the core knows of one link.
struct LinkState: Sendable {
    enum Phase: Sendable {
        case awaitingHello(deadline: UInt64)
        case ready(version: UInt64)
    }

    let nodeKey: NodeKey
    let direction: LinkDirection
    /// Tells this link from a later one of the same number.
    let session: UInt64
    var phase: Phase
    /// The peer's clock less ours at its HELLO.
    var skewMilliseconds: Int64 = 0
    var roundTripMilliseconds: UInt64?
    /// Nonce and time of the PING that is on its way.
    var ping: (nonce: UInt64, sentAt: UInt64)?
    var nextPing: UInt64
    var nextFrontier: UInt64
    var frontierRounds: UInt64 = 0
    /// Whether the peer takes sketches.
    var sketches = false
    /// The sketch that is under way, and from when the peer may begin another.
    var reconciliation: Reconciliation?
    var nextSketch: UInt64 = 0
    /// Value of the feed table's clock when this link was last told frontiers.
    var toldThrough: UInt64 = 0
    /// By feed index: how far the peer said or showed that it holds the feed.
    var known: [UInt64] = []
    /// By feed index: how far we pushed the feed to it.
    var offered: [UInt64] = []
    /// Feeds that the peer holds further than we do, and how far.
    var wants: BoundedTable<PublicKey, UInt64>
    /// Ranges that it owes us.
    var ranges: BoundedTable<PublicKey, (request: RangeRequest, deadline: UInt64)>
    /// Times in a row that range requests were not answered in time, and when it may be asked again.
    var missedRanges = 0
    var askAgainAt: UInt64?
    /// Until when its claim to hold more of our own feed delays us; set once, renewed by proof.
    var ownClaimUntil: UInt64?
    /// Feeds whose fork proof it was sent.
    var proofsSent: BoundedTable<PublicKey, Bool>
    /// Range reads for it that the store has not answered.
    var readsRunning = 0
    var rejections = 0

    init(
        nodeKey: NodeKey, direction: LinkDirection, session: UInt64, now: UInt64,
        limits: CoreLimits
    ) {
        self.session = session
        self.nodeKey = nodeKey
        self.direction = direction
        phase = .awaitingHello(deadline: now + limits.helloMilliseconds)
        nextPing = now + limits.pingMilliseconds
        nextFrontier = .max
        wants = BoundedTable(capacity: limits.wantsPerLink)
        ranges = BoundedTable(capacity: limits.rangesPerLink)
        proofsSent = BoundedTable(capacity: limits.forkProofs)
    }

    var isReady: Bool {
        if case .ready = phase { true } else { false }
    }

    /// How far the peer has the feed, as far as we know or hope.
    func reach(_ feed: FeedIndex) -> UInt64 {
        max(Self.value(known, feed), Self.value(offered, feed))
    }

    /// How far the peer said or showed that it has the feed.
    func known(_ feed: FeedIndex) -> UInt64 { Self.value(known, feed) }

    func isKnown(_ feed: FeedIndex, through sequence: UInt64) -> Bool { known(feed) >= sequence }

    mutating func note(known sequence: UInt64, of feed: FeedIndex) {
        Self.raise(&known, feed, to: sequence)
    }

    mutating func note(offered sequence: UInt64, of feed: FeedIndex) {
        Self.raise(&offered, feed, to: sequence)
    }

    /// The slot will hold another feed.
    mutating func forget(_ feed: FeedIndex) {
        if feed.raw < known.count { known[feed.raw] = 0 }
        if feed.raw < offered.count { offered[feed.raw] = 0 }
    }

    private static func value(_ array: [UInt64], _ feed: FeedIndex) -> UInt64 {
        feed.raw < array.count ? array[feed.raw] : 0
    }

    private static func raise(_ array: inout [UInt64], _ feed: FeedIndex, to sequence: UInt64) {
        if feed.raw >= array.count {
            array.append(contentsOf: repeatElement(0, count: feed.raw + 1 - array.count))
        }
        array[feed.raw] = max(array[feed.raw], sequence)
    }
}
