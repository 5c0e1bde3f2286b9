import Records

/// The caps and deadlines of the core: everything that a peer could otherwise make grow or wait.
public struct CoreLimits: Sendable {
    /// Links at a time (protocol.md: 256 connections).
    public var links = 256
    /// Of these, kept free: with fewer left the worst inbound link goes for each that comes.
    public var spareLinks = 16
    /// Feeds held: 10,000 authors, some with a second device.
    public var feeds = 12_288
    /// Feeds of authors whom no trust path reaches: a fixed pool, replaced by keyed random choice.
    public var strangerFeeds = 1_024
    /// How the store's budget is divided.
    public var storage = StorageLimits()
    /// Records held of one stranger's feed: about what its slot of the pool takes at the default budget.
    public var strangerRecords: UInt64 = 256
    /// A feed has a CHECKPOINT at each multiple of this, and nowhere else.
    public var checkpointSpan = WireLimits.checkpointSpan
    /// Blocks before suffixes that are put together of more than one range; 129 records each.
    public var openBlocks = 32
    /// Records held of one reachable author's feed.
    public var feedRecords: UInt64 = 100_000
    /// Feeds remembered as asked about and not taken in, so that nobody is asked about them again.
    public var declinedFeeds = 65_536
    /// Peers whose score is kept.
    public var scoredPeers = 1_024
    /// Links that may push one feed to us, and of whom the ego trusts itself (protocol.md, section 5).
    /// 0: no trees, everybody pushes to everybody.
    public var upstreams = 1
    public var trustedUpstreams = 2
    /// How long announcements are gathered, and to how many links each goes.
    public var announceMilliseconds: UInt64 = 1_000
    public var announceLinks = 3
    /// How long what was announced may take to come by itself, and how many feeds may be in that state.
    public var graceMilliseconds: UInt64 = 500
    public var awaitedFeeds = 4_096
    /// What each tier of authors may cost.
    public var tiers = TierLimits()
    /// Device feeds that may speak for one author.
    public var devicesPerAuthor = 8
    /// Records ahead of the frontier that may wait for a gap to close (protocol.md section 3).
    public var windowSpan: UInt64 = 64
    /// The same for the feed of an author whom no trust path reaches.
    public var strangerWindow = 4
    /// Waiting records of all feeds together; 4 MiB at 1 KiB each.
    public var windowRecords = 4_096
    /// Verified records that wait for the store, all batches together.
    public var uncommittedRecords = 8_192
    /// Links whose unproven claim to hold more of our own feed may each delay a publication once.
    public var ownClaims = 16
    /// Publications that may wait for the own feed to be confirmed after a restart.
    public var heldPublications = 64
    /// Records in one commit.
    public var commitRecords = 1_000
    /// Commits on their way to the store.
    public var commitsInFlight = 4
    /// Range requests that one link may owe us.
    public var rangesPerLink = 32
    /// The same on a new link; each answer adds one, so that it doubles with each round trip (as TCP begins, RFC 5681).
    public var firstRangesPerLink = 4
    /// Feeds that one link has and we lack, noted for asking.
    public var wantsPerLink = 12_288
    /// The same for all links together.
    public var wants = 65_536
    /// Wants of one link that are looked at for one frame.
    public var scannedWants = 8
    /// How soon a link's wants are looked at again by themselves.
    public var scanMilliseconds: UInt64 = 100
    /// The same when all were looked at and none could be asked for.
    public var stuckScanMilliseconds: UInt64 = 1_000
    /// Sketches under way on all links together; half a MiB each at the most feeds.
    public var sketches = 16
    /// Below this many feeds the whole frontier is shorter than the first symbols.
    public var sketchedFeeds = 16
    /// Symbols that a sketch begins with.
    public var firstSymbols = 32
    /// A sketch that is not done by then gives way to the whole frontier, and how often a link may begin one.
    public var sketchMilliseconds: UInt64 = 10_000
    public var sketchRestMilliseconds: UInt64 = 2_000
    /// Range reads that one link may have running here.
    public var readsPerLink = 64
    /// Fork proofs kept.
    public var forkProofs = 1_024
    /// Rotations remembered, and revocations.
    public var keyChanges = 1_024
    /// Titles kept, and candidates for one item.
    public var titles = 100_000
    public var titlesPerItem = 4
    /// Encoded bytes of one RANGE_RESP.
    public var rangeBytes = 60 * 1024
    /// How far ahead of our clock a record may be (protocol.md section 2).
    public var futureMilliseconds: UInt64 = 10 * 60 * 1000
    public var helloMilliseconds: UInt64 = 5_000
    public var rangeMilliseconds: UInt64 = 3_000
    public var pingMilliseconds: UInt64 = 20_000
    /// Rejected records that a link may send before it is closed.
    public var rejectionsPerLink = 32

    public init() {}
}
