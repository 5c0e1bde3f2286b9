import Evaluation
import Primitives
import Ranking
import Testing

@testable import Reproduction

@Suite("MeritRank's experiments")
struct MeritRankExperimentTests {
    private static func settings() -> MeritRankExperiment.Settings {
        var settings = MeritRankExperiment.Settings()
        (settings.attacks, settings.walks, settings.epochs) = (3, 4_000, 8)
        (settings.attackEpoch, settings.fixedSybils) = (5, 10)
        (settings.alphas, settings.sybils, settings.gammas) = ([0.05, 0.5], [1, 20], [0, 0.5])
        return settings
    }

    private static let rows = MeritRankExperiment(
        TrustNetwork(userCount: 200, seed: 3), settings()
    ).run()

    private func mean(
        _ sweep: GainRow.Sweep, _ shape: SybilShape, _ measure: GainRow.Measure,
        where holds: (GainRow) -> Bool
    ) throws -> Double {
        let found = Self.rows.filter {
            $0.sweep == sweep && $0.shape == shape && $0.measure == measure && holds($0)
        }
        #expect(found.count == 1)
        return try #require(found.first).gains.mean
    }

    @Test("the gain falls with alpha and with beta, and beta = 1 leaves none")
    func decays() throws {
        for shape in SybilShape.allCases {
            for measure in [GainRow.Measure.hits, .visits] {
                let low = try mean(.alpha, shape, measure) { $0.alpha == 0.05 }
                #expect(try mean(.alpha, shape, measure) { $0.alpha == 0.5 } < low)
                let half = try mean(.beta, shape, measure) { $0.beta == 0.5 }
                let none = try mean(.beta, shape, measure) { $0.beta == 0 }
                // What the Sybils lose also lifts the attacker.
                #expect(half < none / 2)
                #expect(half > 0)
                #expect(try mean(.beta, shape, measure) { $0.beta == 1 } == 0)
            }
        }
    }

    @Test("more Sybils pay in a chain, up to T1's bound, and not in a star")
    func numbers() throws {
        for shape in [SybilShape.star, .chain] {
            let one = try mean(.sybils, shape, .exactVisits) { $0.sybils == 1 }
            let many = try mean(.sybils, shape, .exactVisits) { $0.sybils == 20 }
            let bound = try mean(.sybils, shape, .bound) { $0.sybils == 20 }
            #expect(many <= bound + 1e-9)
            #expect(shape == .chain ? many > 2 * one : abs(many - one) < 0.02)
            let sampled = try mean(.sybils, shape, .visits) { $0.sybils == 20 }
            #expect(abs(sampled / many - 1) < 0.15)
        }
    }

    @Test("forgetting old epochs raises what Sybils gain")
    func epochs() throws {
        let kept = try mean(.gamma, .chain, .hits) { $0.gamma == 0 }
        #expect(try mean(.gamma, .chain, .hits) { $0.gamma == 0.5 } > 1.3 * kept)
    }

    @Test("an attacker gives its Sybils the share that was asked for, whatever the shape")
    func shares() {
        let network = TrustNetwork(userCount: 50, seed: 1)
        let attacker = AuthorIndex(7)
        for shape in SybilShape.allCases {
            let attacked = network.attacked(by: attacker, sybils: 6, shape: shape, share: 0.75)
            #expect(attacked.userCount == 56)
            let given = attacked.snapshot.trusted(by: attacker).reduce(0.0) {
                $1.author.position >= 50 ? $0 + $1.probability : $0
            }
            #expect(abs(given - 0.75) < 1e-12)
            let inside = attacked.edges.filter { $0.from.position >= 50 }
            let counts: [SybilShape: Int] = [.star: 0, .chain: 5, .cycle: 6, .both: 11]
            #expect(inside.count == counts[shape])
        }
    }

    @Test("attackers are reached by more than one way, and the same seed chooses the same")
    func pairs() {
        let network = TrustNetwork(userCount: 200, seed: 3)
        let first = MeritRankExperiment(network, Self.settings())
        #expect(first.pairs.count == 3)
        #expect(
            first.pairs.map(\.attacker)
                == MeritRankExperiment(network, Self.settings()).pairs.map(\.attacker))
        for (ego, attacker) in first.pairs {
            let dominators = TrustDominators(network.snapshot, ego: ego)
            #expect(dominators.strictDominators(of: attacker).isEmpty)
        }
    }

    @Test("a network from pairs numbers users as they come, and repeats its edges")
    func named() {
        let network = TrustNetwork(
            name: "three",
            pairs: [
                TrustPair(source: "b", target: "a", weight: 2), TrustPair(source: "a", target: "c"),
            ])
        #expect(network.userCount == 3)
        #expect(network.edges.map { [$0.from.value, $0.to.value] } == [[0, 1], [1, 2]])
        #expect(network.edges.map(\.weight) == [2, 1])
        #expect(TrustNetwork(seed: 1).edges == TrustNetwork(seed: 1).edges)
        #expect(TrustNetwork(seed: 1).edges != TrustNetwork(seed: 2).edges)
    }

    @Test("the tables hold every row, and the paper's figures beside ours")
    func tables() {
        let tables = GainTables(Self.rows)
        #expect(tables.tsv.split(separator: "\n").count == Self.rows.count + 1)
        #expect(tables.markdown.contains("| 0.9 | hits | 0.55 |"))
        #expect(tables.markdown.contains("| 0.5 | visits | 0.65 |"))
        #expect(tables.markdown.contains("attacks: 3 on generated"))
        let row = GainRow(
            network: "n", sweep: .alpha, shape: .star, measure: .hits, alpha: 0.1, beta: 0,
            gamma: nil, sybils: 1, gains: Sample([1, 3]))
        #expect(row.gains.mean == 2)
        #expect(abs(row.gains.margin - 1.96) < 1e-12)
    }
}
