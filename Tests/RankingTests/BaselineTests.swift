import Testing

@testable import Ranking

@Suite("Baselines")
struct BaselineTests {
    @Test("11: walk frequencies converge to the exact chain", arguments: 0..<12 as Range<UInt64>)
    func chain(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed, users: 8, items: 8)
        let dense = graph.dense(ego: 0)
        let normalised = seed % 2 == 0
        var parameters = RankingParameters()
        (parameters.coldStartItems, parameters.walks, parameters.seed) = (0, 20_000, seed)
        parameters.normalisesAffinity = normalised
        parameters.walkLength = 1_000
        let result = graph.snapshot.rank(.web3recommend, ego: 0, parameters)
        let chain = TasteChain(dense, alpha: 0.1, normalised: normalised)
        let visits = chain.itemVisits()
        let gap = distance(result.itemVisits, visits)
        #expect(gap < 0.05, "seed \(seed)")
        let ratios = chain.bottlenecks().ratio
        for place in 0..<graph.items where visits[place] > 0.05 {
            #expect(abs(result.concentration[place] - ratios[place]) < 0.06, "seed \(seed)")
        }
        let sum = result.shares.reduce(0, +)
        #expect(result.allItems.isEmpty || abs(sum - 1) < 1e-12)
    }

    @Test("the decay strikes items that one vertex delivers, hard or by a ramp, or not at all")
    func decay() {
        // Items 1 and 2 are reached through author 1 alone, item 0 is the ego's.
        let snapshot = GraphSnapshot(
            authorCount: 2, itemCount: 3, trust: [edge(0, 1)],
            interactions: [taste(0, 0), taste(1, 0), taste(1, 1), taste(1, 2)])
        var parameters = RankingParameters()
        (parameters.coldStartItems, parameters.walks) = (0, 2_000)
        for (decay, factor) in [(ConnectivityDecay.hard, 0.2), (.ramp, 0.2), (.none, 1.0)] {
            parameters.connectivityDecay = decay
            let result = snapshot.rank(.web3recommend, ego: 0, parameters)
            #expect(result.concentration[1] == 1)
            #expect(abs(result.factors[1] - factor) < 1e-12)
            #expect(abs(result.scores[1] - factor * result.shares[1]) < 1e-12)
        }
        let half = ConnectivityDecay.ramp.factor(ratio: 0.75, parameters: parameters)
        #expect(abs(half - 0.6) < 1e-12)
        #expect(ConnectivityDecay.hard.factor(ratio: 0.99, parameters: parameters) == 1)
    }

    @Test("the same seed gives the same walks, another seed others")
    func seeds() {
        let snapshot = RandomGraph(seed: 4).snapshot
        var parameters = RankingParameters()
        parameters.walks = 500
        let first = snapshot.rank(.web3recommend, ego: 0, parameters)
        #expect(snapshot.rank(.web3recommend, ego: 0, parameters).scores == first.scores)
        parameters.seed += 1
        #expect(snapshot.rank(.web3recommend, ego: 0, parameters).scores != first.scores)
    }

    @Test("an ego with few items starts some walks at friends, in proportion to what it lacks")
    func coldStart() {
        let snapshot = GraphSnapshot(
            authorCount: 3, itemCount: 3, trust: [edge(0, 1, 3), edge(0, 2)],
            interactions: [taste(1, 0), taste(1, 1), taste(2, 2)])
        var parameters = RankingParameters()
        let result = snapshot.rank(.web3recommend, ego: 0, parameters)
        #expect(result.items.count == 3)
        // Walks start at author 1 three times as often as at author 2, and stop there by 0.1.
        let ratio = result.itemVisits[2] / (result.itemVisits[0] + result.itemVisits[1])
        #expect(abs(ratio - 1.0 / 3) < 0.03)
        parameters.coldStartItems = 0
        #expect(snapshot.rank(.web3recommend, ego: 0, parameters).allItems.isEmpty)
        // With one item of five, four walks of five start at the friend; nobody leads back to the ego.
        let partly = GraphSnapshot(
            authorCount: 2, itemCount: 2, trust: [edge(0, 1)],
            interactions: [taste(0, 0), taste(1, 1)])
        let started = partly.rank(.web3recommend, ego: 0, RankingParameters()).walkVisits[0]
        #expect(abs(started - 0.2) < 0.02)
    }

    @Test("a walk never has more vertices than its length")
    func length() {
        let snapshot = GraphSnapshot(
            authorCount: 2, itemCount: 2, trust: [edge(0, 1), edge(1, 0)],
            interactions: [taste(0, 0), taste(1, 0), taste(0, 1), taste(1, 1)])
        var parameters = RankingParameters()
        (parameters.alphaWalk, parameters.coldStartItems) = (0.001, 0)
        (parameters.walks, parameters.walkLength) = (100, 7)
        let result = snapshot.rank(.web3recommend, ego: 0, parameters)
        let vertices = (result.itemVisits + result.walkVisits).reduce(0, +)
        #expect(vertices <= 7 && vertices > 6.8)
    }

    @Test(
        "plain SALSA equals dense matrices in both stop modes", arguments: 0..<40 as Range<UInt64>)
    func salsa(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed)
        let dense = graph.dense(ego: 0)
        for stop in RankingParameters.SalsaStop.allCases {
            var parameters = exactParameters()
            parameters.salsaStop = stop
            let result = graph.snapshot.rank(.salsa, ego: 0, parameters)
            var mass = [Double](repeating: 0, count: graph.users)
            mass[0] = 1
            var visits = [Double](repeating: 0, count: graph.items)
            for _ in 0..<120 {
                var next = [Double](repeating: 0, count: graph.users)
                for place in 0..<graph.items {
                    let column = dense.listens.map { $0[place] }
                    let total = column.reduce(0, +)
                    guard total > 0 else { continue }
                    let arrived = (0..<graph.users).reduce(0.0) { sum, user in
                        let row = dense.listens[user].reduce(0, +)
                        return row > 0 ? sum + 0.5 * mass[user] * column[user] / row : sum
                    }
                    visits[place] += arrived
                    let going = stop == .users ? arrived : arrived / 2
                    for user in 0..<graph.users { next[user] += going * column[user] / total }
                }
                mass = next
            }
            #expect(distance(result.itemVisits, visits) < 1e-12, "seed \(seed) \(stop)")
        }
    }

    @Test("plain SALSA is captured by free riders, which is why it is a baseline only")
    func captured() {
        var graph = RandomGraph(seed: 2)
        graph.listens.append(taste(0, 0))
        graph.users += 50
        graph.items += 1
        for rider in graph.users - 50..<graph.users {
            for target in 0..<graph.items { graph.listens.append(taste(rider, target, 1)) }
        }
        let after = graph.snapshot.rank(.salsa)
        let spam = item(graph.items - 1)
        #expect(after.share(ofItems: [spam]) > 0.03)
        #expect(after.massBound(of: authors([1])) == nil)
        #expect(graph.snapshot.rank().position(of: spam) == nil)
    }
}
