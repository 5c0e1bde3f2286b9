import Primitives
import Testing

@testable import Ranking

@Suite("Independence of support")
struct IndependenceTests {
    /// The ego (0) and `friends` friends who like what all like; the first `heads` of them are a team
    /// with `sybils` Sybils each, every head trusting every Sybil and trusted back. Item 0 is
    /// everybody's, 1 is liked by twenty honest friends, items from 2 are the team's.
    private static func team(heads: Int, friends: Int = 60, sybils: Int = 20, spam: Int = 1)
        -> GraphSnapshot
    {
        var trust = (1...friends).map { edge(0, $0) }
        var likes = (0...friends).map { taste($0, 0) }
        likes += (heads + 1...heads + 20).map { taste($0, 1) }
        let last = friends + heads * sybils
        for sybil in stride(from: friends + 1, through: last, by: 1) {
            for head in 1...heads { trust += [edge(head, sybil), edge(sybil, head)] }
            trust.append(edge(sybil, sybil == last ? friends + 1 : sybil + 1))
            likes.append(taste(sybil, 0))
        }
        for member in Array(1...heads) + Array(friends + 1...last) {
            likes += (0..<spam).map { taste(member, 2 + $0, 3) }
        }
        return GraphSnapshot(
            authorCount: last + 1, itemCount: 2 + spam, trust: trust, interactions: likes)
    }

    @Test("no vertex dominates a cross-linked team, so only the audit sees it: it sinks")
    func crossLinked() throws {
        for engine in [EngineName.tsalsa, .taste] {
            let snapshot = Self.team(heads: 2)
            let unasked = snapshot.rank(engine)
            #expect(unasked.concentration[2] < 0.5 && unasked.factors[2] == 1, "T7 is silent")
            #expect(unasked.independence.allSatisfy { $0 == nil })
            let asked = snapshot.rank(engine, ego: 0, RankingParameters())
            #expect(asked.items.first?.item == item(1), "\(engine)")
            #expect(asked.factors[2] < 0.2 && asked.factors[1] == 1, "\(engine)")
            #expect(abs(asked.scores[2] / unasked.scores[2] - asked.factors[2]) < 1e-9)
            let why = asked.explain(item(2))
            #expect(why.independence == asked.independence[2] && why.factor == asked.factors[2])
            #expect(try #require(why.independence) < 0.4)
        }
    }

    @Test(
        "T8: q authors who meet every way carry at most q voices",
        arguments: 0..<300 as Range<UInt64>)
    func bound(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed, users: 12, degree: 3)
        let snapshot = graph.snapshot
        var random = SeededRandom(seed: seed, stream: "independence")
        let cut = Set((1..<graph.users).filter { _ in random.below(4) == 0 })
        let support = (0..<graph.users).map { user in
            SupportRouting.Support(author: UInt32(user), amount: random.unit())
        }
        var query = RankingQuery(ego: author(0))
        query.parameters.independentVoices = 1 + random.below(6)
        let flow = TrustFlow(snapshot, ego: author(0), alpha: 0.15, epsilon: 1e-12)
        var routing = SupportRouting(snapshot, query, visits: flow.visits)
        let carried = routing.carried(support)
        let reached = (1..<graph.users).filter { flow.trust[$0] > 0 }
        let whole = snapshot.removing(authors(cut.sorted()))
        let free = TrustFlow(whole, ego: author(0), alpha: 0.15, epsilon: 1e-12).trust
        let total = reached.reduce(0) { $0 + support[$1].amount }
        let outside = reached.filter { free[$0] > 0 && !cut.contains($0) }
            .reduce(0) { $0 + support[$1].amount }
        let voice = 1 / Double(query.parameters.independentVoices)
        let friends = Dictionary(
            uniqueKeysWithValues: snapshot.trusted(by: author(0)).map {
                ($0.author.position, $0.probability)
            })
        let capacity = cut.sorted().reduce(0) { $0 + max(voice, friends[$1] ?? 0) }
        #expect(carried >= 0 && carried <= 1)
        if total > 0 {
            #expect(carried <= capacity + outside / total + 1e-9, "seed \(seed)")
            #expect(carried > 0, "somebody always gets through: seed \(seed)")
        } else {
            #expect(carried == 1)
        }
        #expect(routing.carried(support) == carried, "asking leaves nothing behind")
    }

    @Test("what finds one way full takes another: two friends carry half of a stranger each")
    func rerouting() {
        // 3 is trusted by 1 and 2, far more by 1; 4 only by 1.
        let snapshot = GraphSnapshot(
            authorCount: 5, itemCount: 0,
            trust: [edge(0, 1), edge(0, 2), edge(1, 3, 9), edge(2, 3, 1), edge(1, 4, 9)],
            interactions: [])
        var query = RankingQuery(ego: author(0))
        query.parameters.independentVoices = 2
        let visits = TrustFlow(snapshot, ego: author(0), alpha: 0.15, epsilon: 1e-12).visits
        var routing = SupportRouting(snapshot, query, visits: visits)
        let both = routing.carried([.init(author: 3, amount: 1), .init(author: 4, amount: 1)])
        #expect(both > 0.85, "3 gives way to 4, which has no other; all would fit: \(both)")
        #expect(abs(routing.carried([.init(author: 4, amount: 7)]) - 0.5) < 1e-12)
        #expect(routing.carried([.init(author: 0, amount: 1)]) == 1, "the ego is no support")
    }

    @Test("asked about friends alone, a team of strangers passes and one friend's crowd does not")
    func friendsAlone() {
        var query = RankingQuery(ego: author(0))
        query.parameters.independentVoices = 8
        let snapshot = GraphSnapshot(
            authorCount: 8, itemCount: 0,
            trust: (1...6).map { edge(0, $0) } + (1...6).map { edge($0, 7) }, interactions: [])
        let visits = TrustFlow(snapshot, ego: author(0), alpha: 0.15, epsilon: 1e-12).visits
        var everyone = SupportRouting(snapshot, query, visits: visits)
        #expect(abs(everyone.carried([.init(author: 7, amount: 1)]) - 1.0 / 8) < 1e-9)
        query.parameters.independenceScope = .friends
        var friends = SupportRouting(snapshot, query, visits: visits)
        #expect(abs(friends.carried([.init(author: 7, amount: 1)]) - 1) < 1e-9)
        #expect(abs(friends.carried([.init(author: 1, amount: 1)]) - 1.0 / 6) < 1e-9)
    }

    @Test("the audited places are certain: asking about everything changes none of them")
    func certainty() {
        let snapshot = Self.team(heads: 3, spam: 40)
        var parameters = RankingParameters()
        parameters.auditedPlaces = 1
        let first = snapshot.rank(.tsalsa, ego: 0, parameters)
        parameters.auditedPlaces = 1_000
        let all = snapshot.rank(.tsalsa, ego: 0, parameters)
        #expect(first.items.first == all.items.first)
        #expect(all.items.allSatisfy { all.independence[$0.item.position] != nil })
        #expect(all.items.first?.item == item(1), "forty spam items do not outlast the audit")
        for seed in 0..<60 as Range<UInt64> {
            let graph = RandomGraph(seed: seed, users: 14, items: 30, tastes: 12).snapshot
            parameters.auditedPlaces = 3
            let some = graph.rank(.taste, ego: 0, parameters)
            parameters.auditedPlaces = 1_000
            let whole = graph.rank(.taste, ego: 0, parameters)
            #expect(!some.isYoungNetwork || some.items.count == whole.items.count)
            guard !some.isYoungNetwork else { continue }
            #expect(
                some.items.prefix(3).map(\.item) == whole.items.prefix(3).map(\.item),
                "seed \(seed)")
        }
    }

    @Test(
        "T3, T4 and relabelling hold with the audit as without", arguments: 0..<60 as Range<UInt64>)
    func invariance(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed, users: 14, items: 20, tastes: 8)
        let plain = graph.snapshot.rank(.tsalsa, ego: 0, RankingParameters())
        var ridden = graph
        ridden.users += 5
        for rider in graph.users..<graph.users + 5 {
            ridden.trust += (0..<graph.users).map { edge(rider, $0) }
            ridden.listens += (0..<graph.items).map { taste(rider, $0, 100) }
        }
        let free = ridden.snapshot.rank(.tsalsa, ego: 0, RankingParameters())
        #expect(free.scores == plain.scores && free.independence == plain.independence)
        var scaled = graph
        for place in scaled.trust.indices where scaled.trust[place].from == author(1) {
            scaled.trust[place].weight *= 1_000
        }
        for place in scaled.listens.indices where scaled.listens[place].author == author(2) {
            scaled.listens[place].weight *= 1_000
        }
        let inflated = scaled.snapshot.rank(.tsalsa, ego: 0, RankingParameters())
        #expect(distance(inflated.scores, plain.scores) < 1e-12, "seed \(seed)")
        func moved(_ place: AuthorIndex) -> Int { graph.users - 1 - place.position }
        var turned = graph
        turned.trust = graph.trust.map { edge(moved($0.from), moved($0.to), $0.weight) }
        turned.listens = graph.listens.map { taste(moved($0.author), $0.item.position, $0.weight) }
        let other = turned.snapshot.rank(.tsalsa, ego: graph.users - 1, RankingParameters())
        #expect(distance(other.scores, plain.scores) < 1e-9, "seed \(seed)")
    }

    @Test("a chain of ten thousand authors and a crowd of ten thousand Sybils are no trouble")
    func large() {
        let count = 10_000
        let chain = GraphSnapshot(
            authorCount: count, itemCount: 2, trust: (1..<count).map { edge($0 - 1, $0) },
            interactions: (0..<count).map { taste($0, 0) } + [taste(count - 1, 1)])
        let deep = chain.rank(.tsalsa, ego: 0, RankingParameters())
        #expect(deep.scores.allSatisfy { $0.isFinite })
        let crowd = Self.team(heads: 2, sybils: 5_000).rank(.tsalsa, ego: 0, RankingParameters())
        #expect(crowd.items.first?.item == item(1))
    }
}
