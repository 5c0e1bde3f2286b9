import Primitives
import Records

/// What the core knows of one link.
struct LinkState: Sendable {
    let nodeKey: NodeKey
    let direction: LinkDirection
    /// The user named the peer.
    var isAnchor = false
    /// Tells this link from a later one of the same number.
    let session: UInt64
    /// The peer has greeted us.
    private(set) var isReady = false
    var timers: LinkTimers
    /// The peer's clock at its HELLO less our monotonic one: it stays true when our own clock is put right.
    var clockOffsetMilliseconds: Int64 = 0
    var roundTripMilliseconds: UInt64?
    /// Nonce and time of the PING that is on its way.
    var ping: (nonce: UInt64, sentAt: UInt64)?
    var frontierRounds: UInt64 = 0
    /// Whether the peer takes sketches, and the frames of push trees.
    var sketches = false
    var trees = false
    /// The sketch that is under way, and from when the peer may begin another.
    var reconciliation: Reconciliation? {
        didSet { timers.sketch = reconciliation?.deadline ?? .max }
    }
    var nextSketch: UInt64 = 0
    /// Value of the feed table's clock when this link was last told frontiers.
    var toldThrough: UInt64 = 0
    /// By feed index.
    private var reaches: [Reach] = []
    /// Feeds that the peer holds further than we do, and how far.
    var wants: BoundedTable<PublicKey, UInt64>
    /// Where among them the next look begins.
    var scanFrom = 0
    /// Ranges that it owes us.
    private(set) var ranges: BoundedTable<PublicKey, (request: RangeRequest, deadline: UInt64)>
    /// How many it may owe us at a time: few on a new link, one more with each answer. What a link that breaks soon owed
    /// is lost, so it must not be all that there was to ask.
    private(set) var rangeAllowance: Int
    private let firstAllowance: Int
    /// Times in a row that range requests were not answered in time.
    var missedRanges = 0
    /// Until when its claim to hold more of our own feed delays us; set once, renewed by proof.
    var ownClaimUntil: UInt64?
    /// Feeds whose fork proof it was sent.
    var proofsSent: BoundedTable<PublicKey, Bool>
    /// Range reads for it that the store has not answered.
    var readsRunning = 0
    var rejections = 0
    /// Feeds that we got twice in this turn, for one PRUNE.
    var redundant: [FeedTag] = []

    init(
        nodeKey: NodeKey, direction: LinkDirection, session: UInt64, now: UInt64,
        limits: CoreLimits
    ) {
        self.session = session
        self.nodeKey = nodeKey
        self.direction = direction
        timers = LinkTimers(
            hello: now + limits.helloMilliseconds, ping: now + limits.pingMilliseconds)
        wants = BoundedTable(capacity: limits.wantsPerLink)
        ranges = BoundedTable(capacity: limits.rangesPerLink)
        firstAllowance = limits.firstRangesPerLink
        rangeAllowance = firstAllowance
        proofsSent = BoundedTable(capacity: limits.forkProofs)
    }

    /// The peer greeted us, and said what it can.
    mutating func open() {
        isReady = true
        timers.hello = .max
    }

    mutating func owe(_ request: RangeRequest, until deadline: UInt64) {
        ranges.set(request.feed, (request, deadline))
        timers.ranges = min(timers.ranges, deadline)
    }

    /// What the peer was asked of a feed; it owes that no longer.
    mutating func settle(_ feed: PublicKey) -> RangeRequest? {
        guard let settled = ranges.remove(feed) else { return nil }
        rangeAllowance = min(rangeAllowance + 1, ranges.capacity)
        return settled.request
    }

    /// Whether it may be asked for another range.
    var mayOweMore: Bool { ranges.count < min(rangeAllowance, ranges.capacity) }

    /// Takes away what is late and says of which feeds. O(1) when nothing is, O(ranges) otherwise.
    mutating func takeLate(_ time: UInt64) -> [PublicKey] {
        guard timers.ranges <= time else { return [] }
        var late: [PublicKey] = []
        timers.ranges = .max
        for slot in ranges.keys.indices {
            let deadline = ranges[slot: slot].deadline
            if deadline <= time {
                late.append(ranges.keys[slot])
            } else {
                timers.ranges = min(timers.ranges, deadline)
            }
        }
        for feed in late { ranges.remove(feed) }
        rangeAllowance = firstAllowance
        return late
    }

    /// How far the peer has the feed, as far as we know or hope.
    func reach(_ feed: FeedIndex) -> UInt64 {
        guard feed.raw < reaches.count else { return 0 }
        return UInt64(max(reaches[feed.raw].known, reaches[feed.raw].offered))
    }

    /// How far the peer said or showed that it has the feed.
    func known(_ feed: FeedIndex) -> UInt64 {
        feed.raw < reaches.count ? UInt64(reaches[feed.raw].known) : 0
    }

    /// Whether it showed that it does not hold this place of a feed.
    func lacks(_ sequence: UInt64, of feed: FeedIndex) -> Bool {
        feed.raw < reaches.count && sequence < UInt64(reaches[feed.raw].begins)
    }

    mutating func note(begins sequence: UInt64, of feed: FeedIndex) {
        makeRoom(for: feed)
        reaches[feed.raw].begins = UInt32(clamping: sequence)
    }

    /// It may hold more by now. O(feeds).
    mutating func forgetBeginnings() {
        for place in reaches.indices { reaches[place].begins = 0 }
    }

    func isKnown(_ feed: FeedIndex, through sequence: UInt64) -> Bool { known(feed) >= sequence }

    mutating func note(known sequence: UInt64, of feed: FeedIndex) {
        makeRoom(for: feed)
        reaches[feed.raw].known = max(reaches[feed.raw].known, UInt32(clamping: sequence))
    }

    mutating func note(offered sequence: UInt64, of feed: FeedIndex) {
        makeRoom(for: feed)
        reaches[feed.raw].offered = max(reaches[feed.raw].offered, UInt32(clamping: sequence))
    }

    /// The slot will hold another feed.
    mutating func forget(_ feed: FeedIndex) {
        if feed.raw < reaches.count { reaches[feed.raw] = Reach() }
    }

    /// The peer's word for more than `sequence` turned out to be worth nothing.
    mutating func withdraw(_ feed: FeedIndex, to sequence: UInt64) {
        makeRoom(for: feed)
        reaches[feed.raw].known = min(reaches[feed.raw].known, UInt32(clamping: sequence))
    }

    /// Whether the peer asked us to announce the feed and not to push it.
    func isPruned(_ feed: FeedIndex) -> Bool {
        feed.raw < reaches.count && reaches[feed.raw].isPruned
    }

    mutating func setPruned(_ isPruned: Bool, _ feed: FeedIndex) {
        makeRoom(for: feed)
        reaches[feed.raw].isPruned = isPruned
    }

    /// We ask the peer so. False where we had already.
    mutating func prune(_ feed: FeedIndex) -> Bool {
        makeRoom(for: feed)
        defer { reaches[feed.raw].hasPruned = true }
        return !reaches[feed.raw].hasPruned
    }

    mutating func clearPrune(_ feed: FeedIndex) {
        makeRoom(for: feed)
        reaches[feed.raw].hasPruned = false
    }

    private mutating func makeRoom(for feed: FeedIndex) {
        guard feed.raw >= reaches.count else { return }
        let missing = feed.raw + 1 - reaches.count
        reaches.append(contentsOf: repeatElement(Reach(), count: missing))
    }
}
