internal import RealModule

/// `tsalsa`: personalised SALSA in which a step back from an item goes to an author in proportion to
/// the ego's trust in that author (sections A to E of `docs/ranking.md`). Exact, bounded by T2.
public struct TrustedSalsa: RankingEngine {
    public init() {}

    public var name: EngineName { .tsalsa }

    public func rank(_ snapshot: GraphSnapshot, _ query: RankingQuery) -> RankingResult {
        query.validate(against: snapshot)
        let view = query.view(of: snapshot)
        var standing = TrustStanding(view, query)
        let found = standing.heedingDislikes(view, query) { mass(view, query, trust: $0) }
        return RankingResult(name, view, query, standing: standing, mass: found, decay: .groups)
    }

    /// Section C: the walk's mass on items for given trust.
    private func mass(
        _ snapshot: GraphSnapshot, _ query: RankingQuery, trust: [Double]
    ) -> WalkMass {
        let alpha = query.parameters.alphaSalsa
        let scales = snapshot.interactions.scales
        let kernel = InteractionKernel(snapshot, mass: trust)
        var back = scales
        for author in 0..<back.count { back[author] *= trust[author] }
        let forth = scales.map { $0 * (1 - alpha) }
        let popularity = kernel.scatter(back)
        let (start, massPerTrust) = start(snapshot, query, trust: trust)
        let visits = kernel.walk(
            from: start, forth: forth, back: back, popularity: popularity,
            iterations: Self.iterations(alpha: alpha, epsilon: query.parameters.epsilon))
        let total = visits.items.reduce(0, +)
        let inverse = total > 0 ? 1 / total : 0
        return WalkMass(
            authorVisits: visits.authors, itemVisits: visits.items, popularity: popularity,
            shares: visits.items.map { $0 * inverse },
            contributions: .rates(zip(visits.authors, forth).map { $0 * $1 * inverse }),
            popularityExponent: query.parameters.popularityExponent, massPerTrust: massPerTrust)
    }

    /// Where walks begin: at the ego or, while it has no items, at the authors it trusts that have
    /// some; and the factor of T2's bound.
    ///
    /// Trusted authors without items are left out of a cold start: walks from them deliver nothing, and
    /// with them in it the bound of T2 would not hold for what is delivered.
    private func start(
        _ snapshot: GraphSnapshot, _ query: RankingQuery, trust: [Double]
    ) -> (start: [Double], massPerTrust: Double) {
        let ego = query.ego.position
        let scales = snapshot.interactions.scales
        var start = [Double](repeating: 0, count: snapshot.authorCount)
        guard snapshot.contains(query.ego) else { return (start, 0) }
        if scales[ego] > 0, trust[ego] > 0 {
            start[ego] = 1
            return (start, (1 - query.parameters.alphaSalsa) / trust[ego])
        }
        var reachable = 0.0
        for author in 0..<start.count where author != ego && scales[author] > 0 {
            reachable += trust[author]
        }
        guard reachable > 0 else { return (start, 0) }
        for author in 0..<start.count where author != ego && scales[author] > 0 {
            start[author] = trust[author] / reachable
        }
        return (start, 1 / reachable)
    }

    /// `ceil(ln(epsilon) / ln(1 - alpha))`: the L1 error of the shares stays below epsilon (T5).
    public static func iterations(alpha: Double, epsilon: Double) -> Int {
        max(1, Int((Double.log(epsilon) / Double.log(1 - alpha)).rounded(.up)))
    }
}
