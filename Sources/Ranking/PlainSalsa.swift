/// `salsa`: personalised SALSA as GraphJet runs it (Sharma et al., VLDB 2016), exact by power
/// iteration: from the ego to an item by weight, back to any author by weight. The undefended
/// baseline: trust plays no part.
///
/// An ego without items gets an empty list. A dislike only drops the item.
public struct PlainSalsa: RankingEngine {
    public init() {}

    public var name: EngineName { .salsa }

    public func rank(_ snapshot: GraphSnapshot, _ query: RankingQuery) -> RankingResult {
        query.validate(against: snapshot)
        let view = query.view(of: snapshot)
        return RankingResult(
            name, view, query, standing: TrustStanding(view, query), mass: mass(view, query),
            decay: .none)
    }

    private func mass(_ snapshot: GraphSnapshot, _ query: RankingQuery) -> WalkMass {
        let alpha = query.parameters.alphaSalsa
        let all = [Double](repeating: 1, count: snapshot.authorCount)
        let kernel = InteractionKernel(snapshot, mass: all)
        let forth = snapshot.interactions.scales.map { $0 * (1 - alpha) }
        let popularity = kernel.scatter(all)
        var start = [Double](repeating: 0, count: snapshot.authorCount)
        if snapshot.contains(query.ego) { start[query.ego.position] = 1 }
        let survival = query.parameters.salsaStop == .users ? 1 : 1 - alpha
        let visits = kernel.walk(
            from: start, forth: forth, back: all.map { $0 * survival }, popularity: popularity,
            iterations: TrustedSalsa.iterations(alpha: alpha, epsilon: query.parameters.epsilon))
        let total = visits.items.reduce(0, +)
        let inverse = total > 0 ? 1 / total : 0
        return WalkMass(
            authorVisits: visits.authors, itemVisits: visits.items, popularity: popularity,
            shares: visits.items.map { $0 * inverse },
            contributions: .rates(zip(visits.authors, forth).map { $0 * $1 * inverse }),
            popularityExponent: 0, massPerTrust: nil)
    }
}
