import Testing

@testable import Ranking

@Suite("Results and explanations")
struct RankingResultTests {
    /// The ego (0) trusts 1, 2 and 3, who share item 0 with it; 4 hangs behind 3; nobody trusts 5.
    private let snapshot = GraphSnapshot(
        authorCount: 6, itemCount: 9,
        trust: [edge(0, 1, 2), edge(0, 2), edge(0, 3), edge(3, 4), edge(2, 1)],
        interactions: [
            taste(0, 0), taste(0, 1), taste(1, 0), taste(1, 2), taste(1, 3), taste(2, 0),
            taste(2, 2), taste(2, 4), taste(3, 1), taste(3, 2), taste(3, 5), taste(4, 0),
            taste(4, 6), taste(5, 0), taste(5, 7),
        ])

    private func rank(
        _ engine: EngineName = .tsalsa, _ change: (inout RankingQuery) -> Void = { _ in }
    ) -> RankingResult {
        var query = RankingQuery(ego: author(0), parameters: exactParameters())
        change(&query)
        return engine.engine.rank(snapshot, query)
    }

    @Test("known, excluded and disliked items are not recommended, but stay in the whole order")
    func leftOut() {
        for engine in EngineName.allCases {
            let whole = rank(engine)
            #expect(whole.items.allSatisfy { $0.item.position > 1 }, "\(engine)")
            let result = rank(engine) { ($0.excluded, $0.disliked) = ([item(2)], [item(3)]) }
            #expect(result.position(of: item(2)) == nil && result.position(of: item(3)) == nil)
            #expect(result.allItems.contains(item(2)) && result.allItems.contains(item(3)))
            #expect(result.explain(item(2)).standing == .excluded, "\(engine)")
            #expect(result.explain(item(3)).standing == .disliked, "\(engine)")
        }
    }

    @Test("a dislike halves the trust of the three largest contributors, for this ego alone")
    func dislike() {
        let before = rank()
        let after = rank { $0.disliked = [item(2)] }
        #expect(after.trust[0] == before.trust[0] && after.trust[4] == before.trust[4])
        for contributor in 1...3 {
            #expect(after.trust[contributor] == before.trust[contributor] / 2)
        }
        #expect(after.share(ofItems: [item(6)]) > before.share(ofItems: [item(6)]))
        let twice = rank { $0.disliked = [item(3), item(3)] }
        #expect(twice.trust[1] == before.trust[1] / 2, "a dislike counts once")
        let both = rank { $0.disliked = [item(2), item(3)] }
        #expect(both.trust[1] == before.trust[1] / 4)
    }

    @Test("a blocked author counts as if nobody had ever heard of it")
    func block() {
        let result = rank { $0.blockedAuthors = [author(3), author(0)] }
        #expect(result.trust[3] == 0 && result.trust[4] == 0)
        #expect(result.position(of: item(5)) == nil && result.position(of: item(6)) == nil)
        #expect(result.explain(item(5)).standing == .unknownItem)
        #expect(result.trust[0] > 0, "the ego cannot block itself")
    }

    @Test("contributions are complete: they sum to the share, for every engine")
    func contributions() {
        for engine in EngineName.allCases {
            // At 0.5, the default, all item visits happen to sum to 1.
            let result = rank(engine) { $0.parameters.alphaSalsa = 0.25 }
            for place in 0..<snapshot.itemCount {
                let explanation = result.explain(item(place), withoutLargest: false)
                let sum = explanation.contributions.reduce(0) { $0 + $1.value }
                #expect(abs(sum - result.shares[place]) < 1e-12, "\(engine) item \(place)")
                let fractions = explanation.contributions.reduce(0) { $0 + $1.fraction }
                #expect(explanation.contributions.isEmpty || abs(fractions - 1) < 1e-9)
                let values = explanation.contributions.map(\.value)
                #expect(values.map(sortKey) == values.map(sortKey).sorted(by: >))
            }
        }
    }

    @Test(
        "an explanation names the paths of the first contributors and the rank without the largest")
    func explanation() throws {
        let result = rank()
        let explanation = result.explain(item(2), maximumContributors: 2)
        #expect(explanation.standing == .recommended(rank: try #require(explanation.rank)))
        let others = explanation.contributions.filter { $0.author != author(0) }
        #expect(others.map(\.author).contains(author(1)))
        #expect(others.filter { $0.path != nil }.count == 2)
        let largest = try #require(others.first)
        #expect(largest.path?.authors == authors([0, largest.author.position]))
        let without = rank { $0.blockedAuthors = [largest.author] }
        #expect(explanation.rankWithoutLargest == without.position(of: item(2)))
        #expect(explanation.rankWithoutLargest != nil)
        // Item 3 is author 1's alone.
        #expect(result.explain(item(3)).rankWithoutLargest == nil)
        #expect(explanation.concentration == result.concentration[2])
    }

    @Test("why not: every standing has its case")
    func standings() throws {
        let result = rank()
        #expect(result.explain(item(0)).standing == .alreadyKnown)
        #expect(
            result.explain(item(7)).standing
                == .noOneInReach(interactions: 1, unreachableAuthors: 1))
        #expect(result.explain(item(8)).standing == .unknownItem)
        #expect(result.explain(item(99)).standing == .unknownItem)
        let last = try #require(result.items.last)
        #expect(
            result.explain(last.item, cut: 1).standing == .singleVoice(rank: result.items.count))
        let second = rank { $0.parameters.tauHard = 1 }.items[1]
        #expect(result.explain(second.item, cut: 5).standing == .recommended(rank: 2))
    }

    @Test("an item of reachable authors that the walk never meets says so, and a low rank is a cut")
    func notVisited() {
        let apart = GraphSnapshot(
            authorCount: 5, itemCount: 4,
            trust: [edge(0, 1), edge(0, 2), edge(0, 3), edge(0, 4)],
            interactions: [
                taste(0, 0), taste(1, 0), taste(1, 2), taste(3, 0), taste(3, 2), taste(4, 0),
                taste(4, 2), taste(4, 3), taste(1, 3, 0.1), taste(2, 1),
            ])
        let result = apart.rank()
        #expect(result.explain(item(1)).standing == .notVisited(authorsInReach: 1))
        #expect(result.items.map(\.item) == [item(2), item(3)])
        #expect(result.concentration[3] < 0.99)
        #expect(result.explain(item(3), cut: 1).standing == .belowCut(rank: 2))
    }

    @Test("in a young network single voices form a labelled second tier; in a grown one they sink")
    func tiers() {
        let young = GraphSnapshot(
            authorCount: 3, itemCount: 4, trust: [edge(0, 1, 9), edge(0, 2)],
            interactions: [
                taste(0, 0), taste(1, 0), taste(1, 1, 50), taste(2, 0, 50), taste(1, 2, 0.001),
                taste(2, 2, 0.001), taste(2, 3),
            ])
        let result = young.rank()
        #expect(result.isYoungNetwork)
        #expect(result.items.map(\.tier) == [.supported, .singleVoice, .singleVoice])
        #expect(result.items.first?.item == item(2))
        #expect(result.scores[1] > result.scores[2], "the tier comes before the score")
        let label = result.explain(result.items[1].item).standing
        #expect(label == .singleVoice(rank: 2))
        #expect(!rank().isYoungNetwork)
        #expect(rank().items.allSatisfy { $0.tier == .supported })
    }

    @Test("12: items whose decayed weights are equal score equal")
    func decayedWeights() {
        func build(shift: Int) -> GraphSnapshot {
            func aged(_ user: Int, _ place: Int, _ weight: Double, _ age: Int) -> InteractionEdge {
                var aged = weight
                for _ in 0..<(age + shift) / 4 { aged /= 2 }
                return taste(user, place, aged)
            }
            return GraphSnapshot(
                authorCount: 3, itemCount: 4, trust: [edge(0, 1), edge(0, 2)],
                interactions: [
                    aged(0, 0, 1, 0), aged(1, 0, 1, 0), aged(1, 1, 4, 8), aged(1, 2, 1, 0),
                    aged(2, 0, 1, 4), aged(2, 3, 1, 0),
                ])
        }
        for engine in [EngineName.tsalsa, .taste, .salsa] {
            let result = build(shift: 0).rank(engine)
            #expect(result.scores[1] == result.scores[2])
            #expect(result.scores[1] > 0)
            let later = build(shift: 40).rank(engine)
            #expect(distance(result.scores, later.scores) < 1e-12, "\(engine)")
        }
    }

    @Test("an empty graph, one item, an absent ego: a defined answer from every engine")
    func degenerate() {
        let empty = GraphSnapshot(authorCount: 0, itemCount: 0, trust: [], interactions: [])
        let single = GraphSnapshot(
            authorCount: 1, itemCount: 1, trust: [], interactions: [taste(0, 0)])
        for engine in EngineName.allCases {
            let none = empty.rank(engine)
            #expect(none.items.isEmpty && none.allItems.isEmpty)
            #expect(none.explain(item(0)).standing == .unknownItem)
            let one = single.rank(engine)
            #expect(one.items.isEmpty)
            #expect(one.shares.allSatisfy { $0.isFinite })
            #expect(one.explain(item(0)).standing == .alreadyKnown)
            #expect(snapshot.rank(engine, ego: 50).items.isEmpty)
        }
    }

    @Test("weights at the limits of Double give finite scores and the same order as moderate ones")
    func extremes() {
        let huge = Double.greatestFiniteMagnitude
        let tiny = Double.leastNonzeroMagnitude
        for (trustWeight, weight) in [(huge, huge), (tiny, tiny), (huge, tiny), (tiny, huge)] {
            let built = GraphSnapshot(
                authorCount: 4, itemCount: 4,
                trust: [
                    edge(0, 1, trustWeight), edge(0, 2, trustWeight), edge(0, 3, trustWeight),
                    edge(1, 2, trustWeight),
                ],
                interactions: (0..<4).flatMap { user in
                    (0..<3).map { taste(user, ($0 + user) % 4, weight) }
                })
            let plain = GraphSnapshot(
                authorCount: 4, itemCount: 4,
                trust: [edge(0, 1), edge(0, 2), edge(0, 3), edge(1, 2)],
                interactions: (0..<4).flatMap { user in
                    (0..<3).map { taste(user, ($0 + user) % 4) }
                })
            for engine in [EngineName.tsalsa, .taste, .salsa] {
                let (extreme, moderate) = (built.rank(engine), plain.rank(engine))
                #expect(distance(extreme.scores, moderate.scores) < 1e-12, "\(engine)")
            }
            var parameters = RankingParameters()
            parameters.walks = 100
            let walked = built.rank(.web3recommend, ego: 0, parameters)
            #expect(walked.scores.allSatisfy { $0.isFinite })
            #expect(!walked.allItems.isEmpty)
        }
    }

    @Test("huge and tiny weights beside each other neither overflow nor lose what the ego has")
    func mixed() {
        let built = GraphSnapshot(
            authorCount: 3, itemCount: 3, trust: [edge(0, 1, 1e308), edge(0, 2, 1e-308)],
            interactions: [
                taste(0, 0, .greatestFiniteMagnitude), taste(0, 1, .leastNonzeroMagnitude),
                taste(1, 0, 1), taste(1, 2, 1e300), taste(2, 1, 1e-300), taste(2, 2, 1),
            ])
        for engine in EngineName.allCases {
            let result = built.rank(engine, ego: 0, RankingParameters())
            #expect(result.scores.allSatisfy { $0.isFinite && $0 >= 0 }, "\(engine)")
            #expect(result.shares.allSatisfy { $0.isFinite }, "\(engine)")
            #expect(result.explain(item(1)).standing == .alreadyKnown, "\(engine)")
        }
    }

    @Test("parameters out of range are named")
    func parameters() {
        #expect(RankingParameters().problem == nil)
        var parameters = RankingParameters()
        parameters.alphaSalsa = .nan
        #expect(parameters.problem?.parameter == "alphaSalsa")
        parameters = RankingParameters()
        (parameters.walks, parameters.walkLength) = (10_000_000, 1_000)
        #expect(parameters.problem?.parameter == "walks * walkLength")
        parameters = RankingParameters()
        parameters.taste.c = 2
        #expect(parameters.problem?.description == "taste.c is 2.0, expected 0 ... 1")
    }
}
