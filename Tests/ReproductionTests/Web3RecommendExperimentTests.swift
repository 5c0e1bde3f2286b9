import Evaluation
import Testing

@testable import Reproduction

@Suite("Web3Recommend's experiments")
struct Web3RecommendExperimentTests {
    private static func run() throws -> [ExperimentRow] {
        var settings = Web3RecommendExperiment.Settings()
        (settings.users, settings.egos, settings.walks) = (12, 6, 500)
        (settings.alphas, settings.betas) = ([0.1, 0.5], [0, 1])
        (settings.sybils, settings.singleSybils) = ([10], [1, 20])
        (settings.fractions, settings.singleAttackers) = ([0, 0.3], 2)
        let community = try GeneratedCommunity("users=120,items=300,circles=4,seed=3")
        return try Web3RecommendExperiment(
            network: "small", community.interactions, settings
        ).run()
    }

    private static let rows = Result { try run() }

    private func mean(
        _ experiment: ExperimentRow.Experiment, _ method: String, _ metric: ExperimentRow.Metric,
        _ value: Double
    ) throws -> Double {
        let found = try Self.rows.get().filter {
            $0.experiment == experiment && $0.method == method && $0.metric == metric
                && $0.value == value
        }
        #expect(found.count == 1)
        return try #require(found.first).sample.mean
    }

    @Test("colluders gain from the walk without its decay, nothing at beta 1, and little from ours")
    func colluders() throws {
        #expect(try mean(.beta, "web3recommend", .gain, 0) > 0)
        #expect(try mean(.beta, "web3recommend", .gain, 1) == 0)
        let undefended = try mean(.fraction, "web3recommend, beta 0", .gain, 0.3)
        #expect(try mean(.fraction, "tsalsa", .gain, 0.3) < undefended)
        for method in ["salsa", "web3recommend, beta 0", "tsalsa", "taste"] {
            #expect(try mean(.fraction, method, .gain, 0) == 0)
            #expect(try mean(.fraction, method, .top1000, 0.3) > 0)
        }
    }

    @Test("a chain pays one attacker more with every Sybil, a star does not")
    func single() throws {
        let walk = "web3recommend, beta 0"
        let one = try mean(.singleChain, walk, .gain, 1)
        #expect(one > 0)
        #expect(try mean(.singleChain, walk, .gain, 20) > 1.3 * one)
        let star = try mean(.singleStar, walk, .gain, 20)
        #expect(abs(star / one - 1) < 0.2)
    }

    @Test("held-out items come back more often the longer the list, and a list is like itself")
    func lists() throws {
        var before = 0.0
        for length in Web3RecommendExperiment.hitLengths {
            let hits = try mean(.hitRate, "web3recommend, alpha 0.1", .hit, Double(length))
            #expect(hits >= before)
            before = hits
        }
        #expect(before > 0.3)
        #expect(try mean(.overlap, "web3recommend", .overlap, 0.1) == 1)
        let far = try mean(.overlap, "web3recommend", .overlap, 0.5)
        #expect(far > 0 && far < 1)
    }

    @Test("the strongest item is held out, of so many users, and trust does not know it")
    func heldOut() throws {
        var settings = Web3RecommendExperiment.Settings()
        settings.users = 2
        let table = InteractionTable(
            ["a", "b", "c"].flatMap { user in
                [("x", 1.0), ("y", 3.0), ("z", 3.0)].map {
                    InteractionTable.Row(user: user, item: $0.0, weight: $0.1)
                }
            })
        let data = try Web3RecommendExperiment(network: "three", table, settings).data
        #expect(data.scoredUsers.count == 2)
        for user in data.scoredUsers {
            // The first by name of two equal ones.
            #expect(data.test.row(user).map { data.items[Int($0)] } == ["y"])
            #expect(!data.train.row(user).contains(data.test.row(user).first ?? 0))
            #expect(data.trust.row(user).count == 2)
        }
        #expect(throws: EvaluationFailure.self) {
            try Web3RecommendExperiment(
                network: "none", InteractionTable([.init(user: "a", item: "x")]), settings)
        }
    }

    @Test("rank-biased overlap: equal 1, disjoint 0, the top weighs more")
    func overlap() {
        let list = Array(1...10)
        #expect(RankBiasedOverlap.of(list, list, persistence: 0.9) == 1)
        #expect(RankBiasedOverlap.of(list, Array(11...20), persistence: 0.9) == 0)
        #expect(RankBiasedOverlap.of([Int](), [], persistence: 0.9) == 1)
        // Depth 1: 0 of 1; depth 2: 2 of 2. (0 + 0.5) / 1.5.
        #expect(abs(RankBiasedOverlap.of([1, 2], [2, 1], persistence: 0.5) - 1.0 / 3) < 1e-12)
        let top = RankBiasedOverlap.of([9] + list.dropFirst(), list, persistence: 0.9)
        let bottom = RankBiasedOverlap.of(list.dropLast() + [99], list, persistence: 0.9)
        #expect(top < bottom)
    }

    @Test("the tables hold every row, and every experiment")
    func tables() throws {
        let rows = try Self.rows.get()
        let tables = ExperimentTables(rows)
        #expect(tables.tsv.split(separator: "\n").count == rows.count + 1)
        #expect(Set(rows.map(\.experiment)) == Set(ExperimentRow.Experiment.allCases))
        #expect(tables.markdown.contains("| small | web3recommend | gain |"))
        #expect(tables.markdown.contains("| data | method | metric | top 100 | top 500 |"))
    }
}
