public import Ranking

/// An engine of `Ranking` on the same data: every scored user as the ego, one snapshot for all.
///
/// Authors are the users and items the items of the data set, in the same order. A node would see a
/// bounded part of this graph; here the whole of it is one snapshot, without caps.
public struct EngineMethod: Recommender {
    private let snapshot: GraphSnapshot
    private let engine: EngineName
    private let parameters: RankingParameters

    /// Whose voices the engine hears.
    public enum Trust: String, Hashable, Sendable, CaseIterable {
        /// The trust edges of the data set.
        case explicit
        /// Everybody's, alike: one more author without items whom everybody trusts and who trusts
        /// everybody. Shows what an engine's walk is worth without trust; defends against nothing.
        case everyone
    }

    /// Requires parameters without a `problem`. O(edges log edges).
    public init(
        _ engine: EngineName, _ data: EvaluationData, parameters: RankingParameters,
        transform: WeightTransform, trust: Trust
    ) {
        self.engine = engine
        var parameters = parameters
        if trust == .everyone {
            // The hub hands on the same small trust to all; far past saturation every voice is 1, and
            // no more of the walk is needed than its two steps.
            parameters.alphaTrust = 0.5
            parameters.epsilon = max(parameters.epsilon, 1e-3)
            parameters.taste.theta = 1e-6
        }
        self.parameters = parameters
        snapshot = Self.snapshot(data, transform: transform, trust: trust)
    }

    /// Everybody's interactions and trust, authors and items numbered as in the data.
    public static func snapshot(
        _ data: EvaluationData, transform: WeightTransform, trust: Trust
    ) -> GraphSnapshot {
        let rows = transform.apply(data.train)
        var interactions: [InteractionEdge] = []
        interactions.reserveCapacity(rows.entryCount)
        for user in 0..<rows.rowCount {
            for entry in rows.entries(user) {
                interactions.append(
                    InteractionEdge(
                        author: AuthorIndex(UInt32(user)), item: ItemIndex(rows.columns[entry]),
                        weight: rows.values[entry]))
            }
        }
        return GraphSnapshot(
            authorCount: data.users.count + (trust == .everyone ? 1 : 0),
            itemCount: data.items.count, trust: edges(data, trust), interactions: interactions)
    }

    public func recommend(_ user: Int, count: Int) -> [UInt32] {
        let query = RankingQuery(ego: AuthorIndex(UInt32(user)), parameters: parameters)
        return engine.engine.rank(snapshot, query).items.prefix(count).map(\.item.value)
    }

    private static func edges(_ data: EvaluationData, _ trust: Trust) -> [TrustEdge] {
        switch trust {
        case .explicit:
            (0..<data.trust.rowCount).flatMap { source in
                data.trust.entries(source).map { entry in
                    TrustEdge(
                        from: AuthorIndex(UInt32(source)),
                        to: AuthorIndex(data.trust.columns[entry]),
                        weight: data.trust.values[entry])
                }
            }
        case .everyone:
            (0..<UInt32(data.users.count)).flatMap { user in
                let hub = AuthorIndex(UInt32(data.users.count))
                return [
                    TrustEdge(from: AuthorIndex(user), to: hub, weight: 1),
                    TrustEdge(from: hub, to: AuthorIndex(user), weight: 1),
                ]
            }
        }
    }
}
