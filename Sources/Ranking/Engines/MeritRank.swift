/// `meritrank`: authors ranked by `MeritStanding`, and items in proportion to the score of the authors
/// that have them.
///
/// An item gains `sum over authors u of score(u) a(u, i)`, a normalised per author: trust-weighted
/// popularity, without taste. The connectivity decay is that of authors, none is added on items. A
/// dislike halves the item's three largest contributors, as in `tsalsa`.
public struct MeritRank: RankingEngine {
    public init() {}

    public var name: EngineName { .meritrank }

    public func rank(_ snapshot: GraphSnapshot, _ query: RankingQuery) -> RankingResult {
        query.validate(against: snapshot)
        let view = query.view(of: snapshot)
        let merit = MeritStanding(view, ego: query.ego, query.parameters)
        var standing = TrustStanding(view, query)
        standing.trust = merit.scores
        for (author, factor) in query.trustFactors.enumerated() {
            standing.trust[author] *= min(1, max(0, factor))
        }
        let found = standing.heedingDislikes(view, query) { trust in
            mass(view, trust: trust, visits: merit.visits)
        }
        return RankingResult(name, view, query, standing: standing, mass: found, decay: .none)
    }

    private func mass(
        _ snapshot: GraphSnapshot, trust: [Double], visits: [Double]
    ) -> WalkMass {
        let kernel = InteractionKernel(snapshot, mass: trust)
        let rates = zip(trust, snapshot.interactions.scales).map { $0 * $1 }
        let items = kernel.scatter(rates)
        let total = items.reduce(0, +)
        let inverse = total > 0 ? 1 / total : 0
        return WalkMass(
            authorVisits: visits, itemVisits: items, popularity: items,
            shares: items.map { $0 * inverse },
            contributions: .rates(rates.map { $0 * inverse }), popularityExponent: 0,
            massPerTrust: nil)
    }
}
