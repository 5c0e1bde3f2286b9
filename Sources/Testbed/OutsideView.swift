public import Daemon
public import Primitives
public import Ranking

/// The ranking of one user, computed again from the edges that the user's node gives out.
///
/// Nothing of the node's own ranking is used: what it claims can be recomputed by anybody who has
/// its edges.
public struct OutsideView: Sendable {
    public let result: RankingResult

    /// Ranks `edges` for `ego`. Throws `.answer` for an edge that is none. O(edges) and one ranking.
    public init(
        ego: PublicKey, edges: [EdgesDocument.Edge], engine: EngineName, at now: Instant
    ) throws(TestbedFailure) {
        var graph = InteractionGraph(ego: ego)
        for edge in edges { try graph.take(edge, now: now) }
        // Nodes give out weights as they rank with them.
        var parameters = RankingParameters()
        parameters.weighting = Weighting(transform: .identity)
        let snapshot = graph.snapshot(ego: ego, at: now, parameters: parameters)
        guard let index = snapshot.index(of: ego) else {
            throw TestbedFailure(
                code: .answer, operation: "rank from outside", message: "no such author")
        }
        result = engine.engine.rank(snapshot, RankingQuery(ego: index, parameters: parameters))
    }

    /// T2: the most of all item mass that a region can deliver to this user; nil for the baselines.
    public func bound(of region: [PublicKey]) -> Double? {
        result.massBound(of: indices(region))
    }

    /// The part of all item mass that the region did deliver.
    public func share(of region: [PublicKey]) -> Double {
        result.share(deliveredBy: indices(region))
    }

    public func top(_ count: Int) -> [ItemID] {
        result.items.prefix(count).compactMap { result.snapshot.id(of: $0.item) }
    }

    /// How many of `spam` could stand among the first `count` if the region delivered `mass`.
    ///
    /// An item's score is its share times a factor of its own, so pushing it past the honest item of
    /// rank r takes a share of at least that item's score over the factor. The cheapest k are
    /// admitted while their sum stays within `mass`. What T2 proves is that no more ever are.
    public func admissible(_ spam: [ItemID], top count: Int, mass: Double) -> Int {
        let wanted = Set(spam.compactMap { result.snapshot.index(of: $0) })
        let honest = result.items.filter { !wanted.contains($0.item) }
        let factors = result.items.filter { wanted.contains($0.item) && $0.share > 0 }
            .map { $0.score / $0.share }
            .sorted(by: >)
        var admitted = 0
        for number in 1...max(1, min(count, factors.count)) where number <= factors.count {
            let place = count - number
            let threshold = place < honest.count ? honest[place].score : 0
            let needed = factors.prefix(number).reduce(0) { $0 + threshold / $1 }
            if needed <= mass { admitted = number }
        }
        return admitted
    }

    private func indices(_ authors: [PublicKey]) -> [AuthorIndex] {
        authors.compactMap { result.snapshot.index(of: $0) }
    }
}

extension InteractionGraph {
    fileprivate mutating func take(_ edge: EdgesDocument.Edge, now: Instant) throws(TestbedFailure)
    {
        let failure = TestbedFailure(
            code: .answer, operation: "read an edge",
            message: "\(edge.author) \(edge.kind) \(edge.target) is no edge")
        guard let author = PublicKey(text: edge.author) else { throw failure }
        if edge.kind == "trust" {
            guard let target = PublicKey(text: edge.target) else { throw failure }
            setTrust(from: author, to: target, weight: edge.weight)
            return
        }
        guard let item = ItemID(edge.target) else { throw failure }
        add(
            Interaction(
                author: author, item: item, kind: .like, weight: edge.weight, time: now,
                firstSeen: now))
    }
}
