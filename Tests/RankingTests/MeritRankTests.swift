import Primitives
import Testing

@testable import Ranking

@Suite("MeritRank")
struct MeritRankTests {
    private func standing(
        _ snapshot: GraphSnapshot, walks: Int = 20_000, seed: UInt64 = 1,
        _ change: (inout RankingParameters) -> Void = { _ in }
    ) -> MeritStanding {
        var parameters = RankingParameters()
        (parameters.walks, parameters.seed) = (walks, seed)
        change(&parameters)
        return MeritStanding(snapshot, ego: author(0), parameters)
    }

    @Test(
        "visits, hits and bottlenecks converge to the exact ones within T6's bound",
        arguments: 0..<12 as Range<UInt64>)
    func exact(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed, users: 12, degree: 4)
        let dense = graph.dense(ego: 0)
        let merit = standing(graph.snapshot, seed: seed)
        // 2 n exp(-2 N e^2) = 1e-8 for n = 12, N = 20,000, e = 0.0232.
        #expect(distance(merit.hits, dense.hits(alpha: 0.15)[0]) < 0.0232, "seed \(seed)")
        #expect(distance(merit.visits, dense.green(alpha: 0.15)[0]) < 0.05, "seed \(seed)")
        let exact = dense.trustBottleneck(alpha: 0.15)
        for user in 1..<12 where merit.hits[user] > 0.05 {
            #expect(abs(merit.ratios[user] - exact.ratio[user]) < 0.07, "seed \(seed)")
            if exact.ratio[user] > 0.999 { #expect(merit.ratios[user] == 1, "seed \(seed)") }
        }
    }

    @Test("without connectivity decay the scores are the estimates, normalised without the ego")
    func estimators() {
        let snapshot = RandomGraph(seed: 3, users: 12, degree: 4).snapshot
        for estimator in RankingParameters.MeritEstimator.allCases {
            let merit = standing(snapshot) { ($0.beta, $0.meritEstimator) = (0, estimator) }
            let estimate = estimator == .hits ? merit.hits : merit.visits
            let rest = estimate.dropFirst().reduce(0, +)
            #expect(merit.scores[0] == 0)
            #expect(
                distance(merit.scores.dropFirst().map { $0 * rest }, Array(estimate.dropFirst()))
                    < 1e-12)
            #expect(abs(merit.scores.reduce(0, +) - 1) < 1e-12)
        }
        #expect(
            standing(snapshot) { $0.meritEstimator = .visits }.scores != standing(snapshot).scores)
    }

    @Test(
        "beta = 1 removes all behind a cut vertex and nobody else",
        arguments: 0..<20 as Range<UInt64>)
    func cuts(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed, users: 14, degree: 3)
        let snapshot = graph.snapshot
        let merit = standing(snapshot, seed: seed) { $0.beta = 1 }
        let dominators = TrustDominators(snapshot, ego: author(0))
        let exact = graph.dense(ego: 0).trustBottleneck(alpha: 0.15).ratio
        for user in 1..<graph.users where merit.hits[user] > 0.02 {
            let isCut = dominators.immediate[user] != author(0)
            if isCut { #expect(merit.scores[user] == 0, "seed \(seed) user \(user)") }
            if exact[user] < 0.9 { #expect(merit.scores[user] > 0, "seed \(seed) user \(user)") }
            if isCut {
                let cut = merit.bottlenecks[user]
                #expect(
                    cut.map { dominators.strictDominators(of: author(user)).contains($0) } == true)
            }
        }
    }

    @Test(
        "a star gains alike with any number of Sybils, a chain ever more up to T1, beta = 1 ends it"
    )
    func gains() {
        // The ego trusts honest 1 and attacker 2; without edges back all of a walk stays inside.
        func gain(
            _ shape: Attack.Shape, sybils: Int, _ estimator: RankingParameters.MeritEstimator,
            beta: Double = 0
        ) -> Double {
            let inside = (1...sybils).map { 2 + $0 }
            let trust =
                switch shape {
                case .star: inside.map { edge(2, $0) }
                case .chain: inside.map { edge($0 - 1, $0) }
                case .cycle: inside.flatMap { [edge(2, $0), edge($0, 2)] }
                }
            let snapshot = GraphSnapshot(
                authorCount: 3 + sybils, itemCount: 0, trust: [edge(0, 1), edge(0, 2)] + trust,
                interactions: [])
            let merit = standing(snapshot, walks: 8_000) {
                ($0.beta, $0.meritEstimator) = (beta, estimator)
            }
            return inside.reduce(0) { $0 + merit.scores[$1] } / merit.scores[2]
        }
        for estimator in RankingParameters.MeritEstimator.allCases {
            for sybils in [1, 5, 40] {
                let chain = (1...sybils).reduce(0.0) { $0 + power(0.85, $1) }
                #expect(abs(gain(.star, sybils: sybils, estimator) - 0.85) < 0.02)
                #expect(abs(gain(.chain, sybils: sybils, estimator) - chain) < 0.35)
                #expect(chain < 0.85 / 0.15)
                for shape in [Attack.Shape.star, .chain, .cycle] {
                    #expect(gain(shape, sybils: sybils, estimator, beta: 1) == 0)
                }
                let half = gain(.chain, sybils: sybils, estimator, beta: 0.5)
                #expect(abs(half / gain(.chain, sybils: sybils, estimator) - 0.5) < 1e-12)
            }
        }
        // In a cycle the attacker is visited again after each Sybil, and both grow together.
        for sybils in [1, 5, 40] {
            #expect(abs(gain(.cycle, sybils: sybils, .visits) - 0.85) < 0.02)
        }
        #expect(gain(.cycle, sybils: 40, .hits) > 1.5)
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { value, _ in value * base }
    }

    @Test("authors are listed by score with what made it, the ego and strangers are not")
    func listing() {
        let snapshot = GraphSnapshot(
            authorCount: 5, itemCount: 0,
            trust: [edge(0, 1, 3), edge(0, 2), edge(1, 3), edge(4, 0)],
            interactions: [])
        let ranked = standing(snapshot).ranked
        #expect(ranked.map(\.author) == authors([1, 2, 3]))
        #expect(ranked.map(\.rank) == [1, 2, 3])
        #expect(ranked[2].bottleneck == author(1) && ranked[2].ratio == 1)
        #expect(abs(ranked[2].factor - 0.2) < 1e-12)
        #expect(ranked[0].bottleneck == nil && ranked[0].factor == 1)
    }

    @Test(
        "items gain in proportion to the score of those that have them, by contributions that sum up"
    )
    func items() throws {
        let snapshot = GraphSnapshot(
            authorCount: 4, itemCount: 4, trust: [edge(0, 1, 3), edge(0, 2), edge(3, 0)],
            interactions: [
                taste(0, 0), taste(1, 0, 2), taste(1, 1, 2), taste(2, 2), taste(3, 3, 100),
            ])
        let result = snapshot.rank(.meritrank)
        let merit = MeritStanding(snapshot, ego: author(0), result.query.parameters)
        #expect(result.trust == merit.scores)
        #expect(result.items.map(\.item) == [item(1), item(2)])
        #expect(
            distance(
                result.shares,
                [
                    merit.scores[1] / 2, merit.scores[1] / 2, merit.scores[2], 0,
                ]) < 1e-12)
        let explained = result.explain(item(1))
        #expect(explained.contributions.map(\.author) == [author(1)])
        #expect(abs((explained.contributions.first?.value ?? 0) - result.shares[1]) < 1e-12)
        var query = result.query
        query.disliked = [item(1)]
        let after = MeritRank().rank(snapshot, query)
        #expect(abs(after.trust[1] / result.trust[1] - 0.5) < 1e-12)
        query.blockedAuthors = [author(1)]
        #expect(MeritRank().rank(snapshot, query).items.map(\.item) == [item(2)])
        query.trustFactors = [1, 1, 0, 1]
        #expect(MeritRank().rank(snapshot, query).items.isEmpty)
    }

    @Test("an ego without trust, or that is not there, trusts nobody and gets nothing")
    func nobody() {
        let snapshot = GraphSnapshot(
            authorCount: 2, itemCount: 1, trust: [edge(1, 0)], interactions: [taste(1, 0)])
        for ego in [0, 9] {
            let merit = MeritStanding(snapshot, ego: author(ego), RankingParameters())
            #expect(merit.ranked.isEmpty)
            #expect(merit.scores == [0, 0])
            #expect(snapshot.rank(.meritrank, ego: ego).items.isEmpty)
        }
    }

    @Test("earlier epochs fade by gamma")
    func epochs() {
        var reputation = EpochReputation(authorCount: 2, gamma: 0.25)
        reputation.close([1, 0])
        reputation.close([0, 2])
        reputation.close([1, 0])
        #expect(reputation.scores == [1 + 0.75 * 0.75, 1.5])
        var present = EpochReputation(authorCount: 1, gamma: 1)
        present.close([5])
        present.close([3])
        #expect(present.scores == [3])
    }
}
