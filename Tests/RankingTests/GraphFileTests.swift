import Foundation
import Testing

@testable import Ranking

@Suite("Graph files")
struct GraphFileTests {
    private func file(_ json: String) throws -> GraphFile {
        try JSONDecoder().decode(GraphFile.self, from: Data(json.utf8))
    }

    private func graph(
        users: Int = 3, items: Int = 2, seed: Int = 0, trust: String = "[[0,1,1.0]]",
        listens: String = "[[1,0,2.0]]", params: String = "{}"
    ) throws -> GraphFile {
        try file(
            """
            {"name": "ignored", "expected": {"tsalsa": null}, "params": \(params),
             "graph": {"users": \(users), "items": \(items), "seed": \(seed),
                       "trust": \(trust), "listens": \(listens)}}
            """)
    }

    @Test("only graph and params are read, and params win over the defaults")
    func parameters() throws {
        let content = try graph(
            params: """
                {"alpha_trust": 0.2, "alpha_salsa": 0.25, "beta": 0.7, "tau_hard": 0.9,
                 "tau_ramp": 0.4, "popularity_exponent": 0.5, "half_life_epochs": null,
                 "floor": 0.1, "epsilon": 1e-6, "taste_b": 0.1, "taste_c": 0.2, "taste_p": 0.4,
                 "taste_lambda": 7, "taste_theta": 2, "taste_witnesses": 4, "walks": 50, "walk_length": 20,
                 "random_seed": 18446744073709551615, "cold_start_items": 3, "other": 1}
                """
        ).content().get()
        let read = content.parameters
        #expect((read.alphaTrust, read.alphaSalsa, read.alphaWalk) == (0.2, 0.25, 0.25))
        #expect((read.beta, read.tauHard, read.tau) == (0.7, 0.9, 0.4))
        #expect((read.popularityExponent, read.floor, read.epsilon) == (0.5, 0.1, 1e-6))
        #expect((read.taste.b, read.taste.c, read.taste.p) == (0.1, 0.2, 0.4))
        #expect((read.taste.lambda, read.taste.theta, read.taste.witnesses) == (7, 2, 4))
        #expect((read.walks, read.walkLength, read.coldStartItems) == (50, 20, 3))
        #expect(read.seed == .max)
        #expect(content.ego == author(0) && content.snapshot.ego == author(0))
    }

    @Test("without params the defaults hold, weights are affinities and walks start at the ego")
    func defaults() throws {
        let content = try file(
            #"{"graph": {"users": 2, "items": 1, "seed": 1, "trust": [], "listens": [[0,0,3]]}}"#
        ).content().get()
        var expected = RankingParameters()
        expected.coldStartItems = 0
        expected.normalisesAffinity = false
        expected.independentVoices = 1
        expected.weighting = Weighting(transform: .identity)
        #expect(content.parameters == expected)
        #expect(content.snapshot.interactions.weights == [3])
    }

    @Test("a half-life in epochs decays weights by their age, and never to nothing")
    func halfLife() throws {
        let content = try graph(
            listens: "[[0,0,4,8],[0,1,1,0],[1,0,1,1e9]]", params: #"{"half_life_epochs": 4}"#
        ).content().get()
        #expect(Array(content.snapshot.interactions.weights.prefix(2)) == [1, 1])
        #expect(content.snapshot.has(author(1), item(0)))
    }

    @Test("weights of zero are no edges, repeated edges add up")
    func edges() throws {
        let content = try graph(
            trust: "[[0,1,0],[0,2,1],[0,2,2]]", listens: "[[1,0,0],[1,1,1],[1,1,1.5]]"
        ).content().get()
        #expect(content.snapshot.trust.columns == [2] && content.snapshot.trust.weights == [3])
        #expect(content.snapshot.interactions.weights == [2.5])
    }

    @Test(
        "what is wrong is a value that names the field",
        arguments: [
            ("trust", "[[0,3,1]]", "graph.trust[0]: user 3.0 is not an index below 3"),
            ("trust", "[[0,1,1],[0.5,1,1]]", "graph.trust[1]: user 0.5 is not an index below 3"),
            ("trust", "[[-1,1,1]]", "graph.trust[0]: user -1.0 is not an index below 3"),
            ("trust", "[[0,1,-2]]", "graph.trust[0]: weight -2.0 is negative or not finite"),
            ("trust", "[[1,1,1]]", "graph.trust[0]: user 1 trusts itself"),
            ("trust", "[[0,1]]", "graph.trust[0]: is not [from, to, weight]"),
            ("listens", "[[0,2,1]]", "graph.listens[0]: item 2.0 is not an index below 2"),
            ("listens", "[[0,1e300,1]]", "graph.listens[0]: item 1e+300 is not an index below 2"),
            ("listens", "[[]]", "graph.listens[0]: is not [user, item, weight] or with an age"),
            (
                "params", #"{"alpha_trust": 0}"#,
                "params: alphaTrust is 0.0, expected 0.001 ... 0.999"
            ),
            (
                "params", #"{"half_life_epochs": 0}"#,
                "params.half_life_epochs: 0.0 is not positive and finite"
            ),
        ])
    func problems(_ field: String, _ json: String, _ message: String) throws {
        let broken =
            switch field {
            case "trust": try graph(trust: json)
            case "listens": try graph(listens: json)
            default: try graph(params: json)
            }
        let problem = #expect(throws: GraphFileProblem.self) { try broken.content().get() }
        #expect(problem?.description == message)
    }

    @Test("counts and the ego are checked before anything is allocated")
    func counts() throws {
        for (broken, field) in [
            (try graph(users: -1), "graph.users"), (try graph(users: 1 << 40), "graph.users"),
            (try graph(items: -5), "graph.items"), (try graph(seed: 3), "graph.seed"),
            (try graph(users: 0, trust: "[]", listens: "[]"), "graph.seed"),
        ] {
            let problem = #expect(throws: GraphFileProblem.self) { try broken.content().get() }
            #expect(problem?.field == field)
        }
        var infinite = try graph()
        infinite.graph.listens = [[0, 0, .infinity]]
        let problem = #expect(throws: GraphFileProblem.self) { try infinite.content().get() }
        #expect(problem?.field == "graph.listens[0]")
    }

    @Test("a file that is written reads back the same")
    func roundTrip() throws {
        let original = try graph(params: #"{"alpha_salsa": 0.3, "walks": 9}"#)
        let copy = try JSONDecoder().decode(
            GraphFile.self, from: try JSONEncoder().encode(original))
        #expect(copy == original)
    }
}
