/// Everything that a run is made of except its seed. See docs/simulator.md for the file form.
///
/// With `isSwarm` the counts of faults and adversaries are the most that a seed may draw; `resolved(seed:)` draws.
public struct Scenario: Hashable, Sendable {
    public var summary = ""
    public var fidelity = "protocol"
    public var checks = "full"
    /// Who must agree at the end: everybody on every feed, or those who hold a feed on that feed.
    public var agreement = "all"
    public var isSwarm = false
    /// Virtual seconds with workload and faults, then without.
    public var activeSeconds = 120
    public var settleSeconds = 300
    public var sampleSeconds = 30
    /// Virtual seconds after which the figures of traffic begin anew.
    public var warmUpSeconds = 0

    public var honestNodes = 8
    /// Of them, from the first: speak without push trees, as an earlier version.
    public var oldNodes = 0
    /// Honest nodes that dial and cannot be dialled.
    public var behindNAT = 0
    /// Prefixes that hosts' addresses are drawn from.
    public var netgroups = 4
    /// Nodes exchange addresses and dial whom their overlay wants, beside `anchors` that their users named.
    public var hasDiscovery = false
    public var anchors = 2
    /// Without it each key of an eclipser has a prefix of its own: the defence is taken away, not the attacker moved.
    public var countsPrefixes = true
    public var probeRestSeconds = 3_600
    /// Links that each node dials.
    public var dialledLinks = 3
    /// Share of links that both ends dial.
    public var dialledTwice = 0.1
    public var trustNeighbours = 4
    public var rewiring = 0.1
    /// Honest users, counted from the last, whom nobody trusts.
    public var freeRiders = 0

    /// Records that fidelity `model` follows; their cost stands for all.
    public var modelRecords = 20
    public var actionSeconds = 5.0
    /// Honest users, from the first, who say anything; the others listen. 0: all.
    public var authors = 0
    public var items = 200
    public var retractions = 0.02

    public var rankingAnswer = "flow"
    public var rankingDebounceSeconds = 1.0
    public var antiEntropySeconds = 10
    /// Links that push one feed to a node, and of whom its user trusts; 0: everybody pushes to everybody.
    public var upstreams = 1
    public var trustedUpstreams = 2

    public var delayMilliseconds = 40
    public var jitterMilliseconds = 20
    /// Chance that a frame is lost, and with it its connection.
    public var lossPerMillion = 0
    /// Frames that wait once more for a lost packet, and what is behind them on their connection too.
    public var resentPerMillion = 0
    /// What one direction of a connection carries; 0: no bound.
    public var bytesPerSecond = 0

    public var ownCommitMilliseconds = 5
    public var netCommitMilliseconds = 1
    public var answerMilliseconds = 1

    public var feedLimit = 0
    public var strangerLimit = 0
    public var proofLimit = 0
    public var feedRecordLimit = 0
    public var strangerRecordLimit = 0
    public var checkpointSpan = 0
    /// Budget of net.db in KiB; 0: as in the daemon.
    public var storeKibibytes = 0
    /// What each real daemon may have of the machine; 0: as much as this process.
    public var descriptors = 0
    public var memoryMebibytes = 0

    public var halves = 0
    public var isolations = 0
    public var oneWayCuts = 0
    public var partitionSeconds = 30
    public var resets = 0
    public var delaySpikes = 0
    public var crashes = 0
    public var powerCuts = 0
    public var oldCopies = 0
    public var clockJumps = 0
    public var fullDisks = 0
    public var brokenDisks = 0
    public var stalls = 0
    public var halfOpens = 0
    public var storms = 0
    public var prefixes = 0
    public var pauses = 0

    public var silent = 0
    public var censors = 0
    public var frontierLiars = 0
    public var duplicateFlooders = 0
    public var signatureFlooders = 0
    public var replayers = 0
    public var halvesForkers = 0
    public var victimForkers = 0
    public var lateForkers = 0
    public var gapMakers = 0
    public var futureDaters = 0
    public var elementBombers = 0
    public var keySpinners = 0
    public var authorFlooders = 0
    public var droppers = 0
    public var scoreGamers = 0
    public var slowReaders = 0
    public var addressPoisoners = 0
    public var adaptiveEclipsers = 0
    /// Node keys of an eclipser, all in its prefix.
    public var eclipserKeys = 4
    /// Hostile peers that each honest user named beside its anchors.
    public var poisonedAnchors = 0
    /// Links that a hostile peer dials; 0: one more than honest nodes.
    public var hostileLinks = 0
    /// When hostile programs come.
    public var hostileFromSeconds = 0
    /// New keys that a spinner makes each second.
    public var spinnerKeys = 4
    /// Honest users that trust a Byzantine author.
    public var attackEdges = 0

    /// Nodes whose users' lists are judged; 0: nobody's, and users say what they happen to say.
    public var egos = 0
    public var attack = RecommendationAttack.none.rawValue
    /// Share of users who turn attacker, keeping the trust that they have.
    public var colluders = 0.1
    public var sybilsPerHead = 10
    public var teamSize = 2
    public var spamItems = 3
    public var regionSybils = 100
    public var regionEdges = 5
    /// Of the community: items and friends of a user, on average, and circles of shared taste.
    public var likes = 24
    public var friends = 6
    public var circles = 4
    /// Share of each user's items that is not said, and asked for.
    public var heldOut = 0.2
    public var judgedWalks = 2_000
    /// Whether the same network without attackers is run and judged too.
    public var hasTwin = true
    /// Whether lists are judged along the restart too, at the end.
    public var hasFront = false

    /// The disk of honest nodes.
    public var store = "memory"
    /// Of a swarm's seeds, how many have what `store` says; the others have memory.
    public var fileSeedPercent = 100
    public var bitFlips = 0

    public init() {}

    /// Fidelity `full`: the real signatures.
    var usesRealSignatures: Bool { fidelity == "full" }
    var agreesOnHeldOnly: Bool { agreement == "held" }
    /// Honest hosts have the real files.
    var hasFiles: Bool { store == "sqlite" }
    var isModel: Bool { fidelity == "model" }
    var isFullyChecked: Bool { checks == "full" }
    var hasPowerCuts: Bool { powerCuts > 0 }

    var byzantineCount: Int {
        ByzantineKind.allCases.reduce(0) { $0 + self[keyPath: $1.count] }
    }
}
