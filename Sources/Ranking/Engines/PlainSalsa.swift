/// `salsa`: personalised SALSA as GraphJet runs it (Sharma et al., VLDB 2016): from the ego to an item,
/// back to any author that has it. The undefended baseline: trust plays no part.
///
/// Exact by power iteration with steps by weight, or by random walks with uniform steps, as GraphJet
/// has no weights. An ego without items gets an empty list. A dislike only drops the item.
public struct PlainSalsa: RankingEngine {
    public init() {}

    public var name: EngineName { .salsa }

    public func rank(_ snapshot: GraphSnapshot, _ query: RankingQuery) -> RankingResult {
        query.validate(against: snapshot)
        let view = query.view(of: snapshot)
        let mass =
            switch query.parameters.salsaMethod {
            case .exact: exactMass(view, query)
            case .walks: sampledMass(view, query)
            }
        return RankingResult(
            name, view, query, standing: TrustStanding(view, query), mass: mass, decay: .none)
    }

    private func exactMass(_ snapshot: GraphSnapshot, _ query: RankingQuery) -> WalkMass {
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

    private func sampledMass(_ snapshot: GraphSnapshot, _ query: RankingQuery) -> WalkMass {
        let parameters = query.parameters
        let counts = SalsaWalks(
            snapshot, from: query.ego, alpha: parameters.alphaSalsa, stop: parameters.salsaStop,
            seed: parameters.seed
        ).edges(walks: parameters.walks)
        let walks = Double(parameters.walks)
        let total = counts.arrivals.reduce(0) { $0 + Int($1) }
        let inverse = total > 0 ? 1 / Double(total) : 0
        let holders = snapshot.holders.offsets
        return WalkMass(
            authorVisits: counts.sources.map { Double($0) / walks },
            itemVisits: counts.arrivals.map { Double($0) / walks },
            popularity: (0..<snapshot.itemCount).map { Double(holders[$0 + 1] - holders[$0]) },
            shares: counts.arrivals.map { Double($0) * inverse },
            contributions: .edges(counts.edges.map { Double($0) * inverse }),
            popularityExponent: 0, massPerTrust: nil)
    }
}
