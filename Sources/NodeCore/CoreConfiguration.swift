public import Primitives
public import Ranking
public import Records

/// What a core is told once.
public struct CoreConfiguration: Sendable {
    /// The person whose node this is: the ego of every ranking.
    public var author: PublicKey
    /// The key of this device's own feed.
    public var feed: PublicKey
    public var nodeKey: NodeKey
    public var network: NetworkID
    /// Versions of the protocol that this node speaks. Nobody is spoken to below the lower bound.
    public var versions = Node.protocolVersion...Node.protocolVersion
    public var limits = CoreLimits()
    public var graphLimits = GraphLimits()
    public var ledgerLimits = EarnedTrustLedger.Limits()
    public var ranking = RankingParameters()
    /// After a restart with an own feed that may be an old copy, which would fork: nothing is published until
    /// `ownHeadSettleMilliseconds` after `ownHeadAnchors` anchors have said what they hold of it (threats.md, T5).
    /// Publications are held this long and refused from then on, until the anchors have answered. 0: never asks,
    /// because the data is known to be what was written last, or because its user says so.
    public var ownHeadWaitMilliseconds: UInt64 = 0
    /// The store held more of the own feed once: then an empty one is asked for too.
    public var hasLostOwnRecords = false
    /// Three, or as many as the user named where these are fewer; never 0, for then nobody would be asked.
    public var ownHeadAnchors = 3
    public var ownHeadSettleMilliseconds: UInt64 = 5_000
    /// How long, on average, own records stay with one friend before others are told. 0: everybody at once.
    public var stemMilliseconds: UInt64 = 0
    /// How often changed frontiers go to every link.
    public var antiEntropyMilliseconds: UInt64 = 60_000
    /// Every so many rounds the whole frontier goes, so that whatever was lost is found.
    public var fullFrontierRounds: UInt64 = 10
    /// Quiet time after a change before ranking, and the longest that a ranking is put off.
    public var rankDebounceMilliseconds: UInt64 = 250
    public var rankDelayMilliseconds: UInt64 = 2_000
    /// The exchange of addresses; nil: links are those that the driver makes, and no others.
    public var overlay: OverlaySettings?
    /// Starts every random stream of the core; secret, so that nobody aims at its choices.
    public var seed: UInt64

    public init(
        author: PublicKey, feed: PublicKey, nodeKey: NodeKey, network: NetworkID, seed: UInt64
    ) {
        self.author = author
        self.feed = feed
        self.nodeKey = nodeKey
        self.network = network
        self.seed = seed
    }
}
