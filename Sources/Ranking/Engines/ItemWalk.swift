/// The item walk of `tsalsa` for given trust (section C of `docs/ranking.md`): what its engine and the
/// warm start share.
struct ItemWalk {
    private let kernel: InteractionKernel
    private let holders: TransposedRows
    private let trust: [Double]
    private let forth: [Double]
    private let back: [Double]
    let popularity: [Double]
    let start: [Double]
    let massPerTrust: Double

    init(_ snapshot: GraphSnapshot, _ query: RankingQuery, trust: [Double]) {
        let scales = snapshot.interactions.scales
        kernel = InteractionKernel(snapshot, mass: trust)
        holders = snapshot.holders
        self.trust = trust
        var back = scales
        for author in 0..<back.count { back[author] *= trust[author] }
        self.back = back
        forth = scales.map { $0 * (1 - query.parameters.alphaSalsa) }
        popularity = kernel.scatter(back)
        (start, massPerTrust) = Self.start(snapshot, query, trust: trust)
    }

    /// The mass in the limit.
    func mass(_ query: RankingQuery) -> WalkMass { mass(solution(query), query) }

    /// What is visited in the limit; `known` densities of authors (visits over trust), when they are
    /// nearly right, save iterations.
    func solution(_ query: RankingQuery, near known: [Double]? = nil) -> WalkSolution {
        let parameters = query.parameters
        var visits: [Double]?
        if let known {
            var scaled = [Double](repeating: 0, count: known.count)
            for author in kernel.authors {
                scaled[Int(author)] = known[Int(author)] * trust[Int(author)]
            }
            visits = scaled
        } else if start.indices.contains(query.ego.position), start[query.ego.position] > 0 {
            visits = startWithReturns(query.ego.position)
        }
        return kernel.solve(
            from: start, forth: forth, back: back, trust: trust, popularity: popularity,
            known: visits, level: level(visits ?? start, alpha: parameters.alphaSalsa),
            iterations: TrustedSalsa.iterations(
                alpha: parameters.alphaSalsa, epsilon: parameters.epsilon),
            tolerance: Self.residualPart * parameters.epsilon)
    }

    /// Where walks begin, with the visits that come of returning to the ego at once: it is its own best
    /// listener, and what is missing there one iteration would go to.
    private func startWithReturns(_ ego: Int) -> [Double] {
        var returning = 0.0
        for entry in kernel.entries(ego) {
            let item = Int(kernel.columns[entry])
            guard popularity[item] >= .leastNormalMagnitude else { continue }
            let weight = kernel.weights[entry]
            returning += forth[ego] * weight * (back[ego] * weight / popularity[item])
        }
        var visits = start
        visits[ego] /= max(1 - returning, .ulpOfOne)
        return visits
    }

    /// What visits lack of the sum that they have in the limit, as a `Level`: a walk loses alpha of its mass at
    /// each author, and nothing else. Only where walks come to everybody: else it is missing in some part of
    /// the graph alone, and nobody knows in which.
    private func level(_ visits: [Double], alpha: Double) -> InteractionKernel.Level? {
        var (mass, all) = (0.0, 0.0)
        for author in kernel.authors {
            mass += trust[Int(author)]
            all += visits[Int(author)]
        }
        guard reachesAll(), (1 / mass).isFinite else { return nil }
        let visits = (1 / alpha - all) / mass
        return InteractionKernel.Level(visits: visits, density: visits * (1 - alpha))
    }

    /// Whether walks come to every author that takes part; also false where two steps do not show it, or
    /// it would take longer than a tenth of a look at every edge.
    private func reachesAll() -> Bool {
        guard popularity.allSatisfy({ $0 == 0 || $0 >= .leastNormalMagnitude }) else {
            return false
        }
        var takesPart = [Bool](repeating: false, count: start.count)
        for author in kernel.authors { takesPart[Int(author)] = true }
        var isReached = start.map { $0 > 0 }
        var left = kernel.columns.count / 10 + 64
        for author in kernel.authors where start[Int(author)] > 0 {
            for entry in kernel.entries(Int(author)) where left > 0 {
                let places = holders.places(Int(kernel.columns[entry]))
                left -= places.count
                for place in places {
                    let other = Int(holders.row(at: place))
                    isReached[other] = takesPart[other]
                }
            }
        }
        // Most of the others share their first items with somebody.
        return kernel.authors.allSatisfy { author in
            isReached[Int(author)]
                || kernel.entries(Int(author)).contains { entry in
                    holders.places(Int(kernel.columns[entry])).contains { place in
                        left -= 1
                        return left > 0 && isReached[Int(holders.row(at: place))]
                    }
                }
        }
    }

    /// What is lacking at the end may sum to this part of epsilon.
    private static let residualPart = 0.5

    /// The mass of a solution.
    func mass(_ solution: WalkSolution, _ query: RankingQuery) -> WalkMass {
        Self.mass(solution, query, forth: forth, popularity: popularity, massPerTrust: massPerTrust)
    }

    static func mass(
        _ solution: WalkSolution, _ query: RankingQuery, forth: [Double], popularity: [Double],
        massPerTrust: Double
    ) -> WalkMass {
        let visits = solution.visits(popularity: popularity)
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
    private static func start(
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
}
