import Primitives
public import Ranking

/// The graph at one moment and what to rank on it, as keys and identifiers.
///
/// Taking it costs the core a reference a segment; what is expensive, the snapshot that engines read, is made
/// where the ranking runs.
public struct RankingJob: Sendable {
    private let graph: FrozenGraph
    private let ego: PublicKey
    private let parameters: RankingParameters
    private let hidden: [ItemID]
    private let disliked: [ItemID]
    private let blocked: [PublicKey]
    private let ledger: EarnedTrustLedger
    private let now: Instant

    init(
        graph: FrozenGraph, ego: PublicKey, parameters: RankingParameters, hidden: [ItemID],
        disliked: [ItemID], blocked: [PublicKey], ledger: EarnedTrustLedger, now: Instant
    ) {
        self.graph = graph
        self.ego = ego
        self.parameters = parameters
        self.hidden = hidden
        self.disliked = disliked
        self.blocked = blocked
        self.ledger = ledger
        self.now = now
    }

    /// The snapshot and the query on it. Whoever keeps them lets go of the job: the core's next writes copy
    /// the segments that it holds. O(edges log authors + items log items).
    public func prepared() -> PreparedRanking {
        let snapshot = graph.snapshot(ego: ego, at: now, parameters: parameters)
        guard let index = snapshot.ego else { broken("a snapshot has its ego") }
        let query = RankingQuery(
            ego: index, parameters: parameters,
            excluded: hidden.compactMap { snapshot.index(of: $0) }.sorted(),
            disliked: disliked.compactMap { snapshot.index(of: $0) }.sorted(),
            blockedAuthors: blocked.compactMap { snapshot.index(of: $0) }.sorted())
        return PreparedRanking(snapshot: snapshot, query: query, ledger: ledger, now: now)
    }
}

/// A snapshot of the graph and what to rank on it.
public struct PreparedRanking: Sendable {
    public let snapshot: GraphSnapshot
    public let query: RankingQuery
    /// Who had what first, for what authors have earned.
    private let ledger: EarnedTrustLedger
    /// When the graph was frozen.
    private let now: Instant

    fileprivate init(
        snapshot: GraphSnapshot, query: RankingQuery, ledger: EarnedTrustLedger, now: Instant
    ) {
        self.snapshot = snapshot
        self.query = query
        self.ledger = ledger
        self.now = now
    }

    /// The query for an engine: `discover` is told what authors have earned.
    public func query(for engine: EngineName) -> RankingQuery {
        guard engine == .discover else { return query }
        var query = query
        query.earned = ledger.earned(
            in: snapshot, ego: query.ego, now: now, parameters: query.parameters.earned)
        return query
    }
}
