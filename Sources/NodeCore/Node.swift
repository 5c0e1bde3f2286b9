public import Primitives
public import Ranking
public import Records

/// The node as one deterministic state machine: inputs in, effects out.
///
/// No I/O, no clock, no ambient randomness: the same inputs at the same moments give the same effects, under
/// the daemon and under a simulator. Not thread-safe: one driver owns it. Each effect that carries an
/// `EffectID` is answered by exactly one later input with that id; late replies are harmless.
public struct Node: Sendable {
    public let configuration: CoreConfiguration
    let scheme: any SignatureScheme
    let signer: any Signer
    let fingerprint: IDFingerprint

    var feeds: FeedTable
    /// Where the own feed lies; it is never evicted.
    let ownFeed: FeedIndex
    var links: BoundedTable<LinkID, LinkState>
    /// What peers were worth so far, by their key.
    var scores: BoundedTable<NodeKey, PeerScore>
    var wantsTotal = 0
    var windowTotal = 0
    /// Which link a feed is being fetched from, and until when nobody else is asked.
    var fetching: BoundedTable<PublicKey, (link: LinkID, deadline: UInt64)>
    var proofs: BoundedTable<PublicKey, ForkProof>
    /// The beginnings of blocks that go before a suffix and did not fit one range.
    var blocks: BoundedTable<PublicKey, [ChainPlace]>
    /// Announced and not here yet.
    var awaited: BoundedTable<PublicKey, Awaited>
    /// Feeds that moved and are to be announced, and when.
    var unannounced: BoundedTable<FeedIndex, Bool>
    var announceAt: UInt64?
    var accounts: BoundedTable<PublicKey, AuthorAccount>
    /// Authors whose key gave way to another.
    var succession: Succession
    /// Devices that speak no longer, and the last place of each that counts.
    var revocations: BoundedTable<RevokedDevice, UInt64>
    /// Signatures checked out of an author's own part of the flow.
    var signatures: BoundedTable<PublicKey, TokenBucket>
    /// The others, by tier.
    var verified = [TokenBucket](repeating: TokenBucket(), count: Tier.allCases.count)
    /// All of these of authors whom the ego does not name.
    var verifiedTogether = TokenBucket()
    /// Those of the time after the start that did not count in it.
    var verifiedSinceStart = 0
    /// When the node had read its store, in monotonic milliseconds.
    var startedAt: UInt64 = 0
    /// Whose a feed is that was asked about and not taken in.
    var declined: BoundedTable<PublicKey, PublicKey>
    /// Feeds that no author's own share holds.
    var pool: FeedPool
    /// Whether `trust` says anything yet.
    var hasRanked = false
    /// While this lasts, commits carry one feed each, to find the one that contradicts the store.
    var isolatesUntil: UInt64 = 0

    /// Verified, not yet handed to the store.
    var gathered = Gathered()
    /// Handed to the store, in order, not yet answered.
    var commits: [InFlightCommit] = []
    var own = OwnState()
    /// Where own records are while nobody else is told.
    var stem: Stem?
    var reads: [EffectID: RangeRead] = [:]

    public internal(set) var graph: InteractionGraph
    /// Who had what first, as this node saw it.
    public internal(set) var ledger: EarnedTrustLedger
    var titles: TitleBook
    var trust: BoundedTable<PublicKey, Double>
    var blocked: BoundedTable<PublicKey, Bool>
    var ranking = RankSchedule()
    var rebuilds = RebuildQueue()

    public internal(set) var counts = VerdictCounts()
    /// Why the store last refused; nil while it works.
    public internal(set) var storeFailure: StoreFailure?
    /// Until when the store, having refused, is given nothing.
    var storeRestsUntil: UInt64?
    private var lastEffect: UInt64 = 0
    /// Invitations that the user accepted, by the inviting node.
    var claims = BoundedTable<NodeKey, InvitationClaim>(capacity: 64)
    /// The exchange of addresses; nil without one.
    var addresses: AddressBook?
    var random: SeededRandom
    /// Where a digest's input is put together; empty of meaning between two of them.
    var scratch: [UInt8] = []

    /// An empty node. `restore` what the store holds before the first input.
    public init(
        configuration: CoreConfiguration, scheme: any SignatureScheme, signer: any Signer
    ) {
        require(signer.publicKey == configuration.feed, "the signer owns the own feed")
        let limits = configuration.limits
        self.configuration = configuration
        self.scheme = scheme
        self.signer = signer
        fingerprint = IDFingerprint(seed: configuration.seed)
        feeds = FeedTable(capacity: limits.feeds, mixer: fingerprint)
        ownFeed = feeds.add(configuration.feed)
        links = BoundedTable(capacity: limits.links)
        fetching = BoundedTable(capacity: limits.links * limits.rangesPerLink)
        proofs = BoundedTable(capacity: limits.forkProofs)
        scores = BoundedTable(capacity: limits.scoredPeers)
        succession = Succession(capacity: limits.keyChanges)
        revocations = BoundedTable(capacity: limits.keyChanges)
        blocks = BoundedTable(capacity: limits.openBlocks)
        awaited = BoundedTable(capacity: limits.awaitedFeeds)
        accounts = BoundedTable(capacity: limits.feeds)
        declined = BoundedTable(capacity: limits.declinedFeeds)
        signatures = BoundedTable(capacity: limits.feeds)
        unannounced = BoundedTable(capacity: limits.feeds)
        graph = InteractionGraph(
            ego: configuration.author, limits: configuration.graphLimits,
            weighting: configuration.ranking.weighting)
        ledger = EarnedTrustLedger(ego: configuration.author, limits: configuration.ledgerLimits)
        titles = TitleBook(limits: limits)
        trust = BoundedTable(capacity: limits.feeds + configuration.graphLimits.authors)
        blocked = BoundedTable(capacity: 65_536)
        random = SeededRandom(seed: configuration.seed, stream: "core")
        var pools = SeededRandom(seed: configuration.seed, stream: "pool")
        pool = FeedPool(key: pools.next())
        addresses = configuration.overlay.map { AddressBook($0, links: limits.links) }
        feeds[ownFeed].open(for: configuration.author)
    }

    /// Takes one input and appends what follows from it to `effects`.
    public mutating func handle(_ input: Input, at now: Moment, effects: inout [Effect]) {
        switch input {
        case .linkUp(let link, let key, let direction):
            linkUp(link, key, direction, now, &effects)
        case .linkDown(let link): linkDown(link, now, &effects)
        case .linkOrigin(let link, let origin): noteOrigin(origin, of: link)
        case .dialFailed(let key): dialEnded(key, now)
        case .announce(let record): addresses?.own = record
        case .heard(let record, let source): heard(record, from: source, now)
        case .frame(let link, let bytes): frame(bytes, from: link, now, &effects)
        case .publish(let id, let drafts): publish(drafts, answering: id, now, &effects)
        case .privateAdded(let entry): addPrivate(entry, now)
        case .privateRemoved(let entry): removePrivate(entry, now, &effects)
        case .redeem(let key, let claim): redeem(claim, at: key, &effects)
        case .authorBlocked(let author, let isBlocked): block(author, isBlocked, now)
        case .stored(let id, let failure): stored(id, failure, now, &effects)
        case .rangeRead(let id, let entries): rangeRead(id, entries, &effects)
        case .feedsRead(let id, let entries, let failure):
            feedsRead(id, entries, failure, now, &effects)
        case .rankingWanted: ranking.hurry()
        case .ranked(let id, let trust): ranked(id, trust, now, &effects)
        case .endOfTurn: endOfTurn(now, &effects)
        }
    }

    mutating func nextEffect() -> EffectID {
        lastEffect += 1
        return EffectID(raw: lastEffect)
    }

    var limits: CoreLimits { configuration.limits }

    private mutating func endOfTurn(_ now: Moment, _ effects: inout [Effect]) {
        wakeStore(now)
        rotatePool(now)
        graftOverdue(now, &effects)
        runLinkTimers(now, &effects)
        announceDue(now, &effects)
        turnOverlay(now, &effects)
        endStem(now, &effects)
        releaseHeld(now, &effects)
        flush(now, &effects)
        startRebuild(now, &effects)
        startRanking(now, &effects)
    }
}

/// A range read in the store, and what it is for.
enum RangeRead: Sendable {
    /// `session` tells a link from a later one of the same number.
    case answer(LinkID, session: UInt64, RangeRequest)
    /// Verified places of which the first differs from the one that we hold: prove the fork.
    case fork([ChainPlace])
}
