import Testing

@testable import Ranking

@Suite("Dominators and paths")
struct TrustDominatorsTests {
    @Test(
        "9: groups and dominators equal their definition by removal",
        arguments: 0..<400 as Range<UInt64>)
    func removal(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed, users: 3 + Int(seed % 11), degree: 1 + Int(seed % 3))
        let dense = graph.dense(ego: 0)
        let dominators = TrustDominators(graph.snapshot, ego: author(0))
        #expect(
            dominators.groups.map { $0?.position ?? -1 } == dense.groupsByRemoval(), "seed \(seed)")
        let chains = (0..<graph.users).map { user in
            dominators.strictDominators(of: author(user)).map(\.position).sorted()
        }
        #expect(chains == dense.dominatorsByRemoval(), "seed \(seed)")
        // The way for trees that are deep says the same.
        let deep = TrustDominators(graph.snapshot, ego: author(0), stepsPerEdge: 0)
        #expect(deep.groups == dominators.groups, "seed \(seed)")
        #expect(deep.immediate == dominators.immediate, "seed \(seed)")
    }

    @Test("the shallow way gives up where a region is built to be deep, and nowhere else")
    func shallow() {
        let graph = RandomGraph(seed: 5, users: 300, degree: 10)
        let rows = graph.snapshot.trust
        #expect(ShallowDominators(rows, root: 0, stepsPerEdge: 8) != nil)
        #expect(ShallowDominators(rows, root: 0, stepsPerEdge: 1) == nil)
        let count = 2_000
        // A chain whose end leads back to all of it, and a second way to every place.
        var trust = (1..<count).map { edge($0 - 1, $0) }
        trust += (2..<count).map { edge(0, $0) }
        trust += (2..<count).map { edge(count - 1, $0 - 1) }
        trust += stride(from: count - 2, to: 2, by: -1).map { edge($0, $0 / 2) }
        let flat = GraphSnapshot(authorCount: count, itemCount: 0, trust: trust, interactions: [])
        #expect(TrustDominators(flat, ego: author(0)).groupCount(ego: author(0)) == count - 1)
        let chain =
            (1..<count).map { edge($0 - 1, $0) }
            + stride(from: count - 1, to: 2, by: -1).map { edge($0, $0 - 2) }
            + (3..<count).map { edge($0 - 3, $0) }
        let deep = GraphSnapshot(authorCount: count, itemCount: 0, trust: chain, interactions: [])
        let found = TrustDominators(deep, ego: author(0))
        let tarjan = TrustDominators(deep, ego: author(0), stepsPerEdge: 0)
        #expect(found.immediate == tarjan.immediate)
    }

    @Test(
        "a chain, a loop and a ladder of fifty thousand authors need no recursion and no patience")
    func deep() {
        let count = 50_000
        var trust = (1..<count).map { edge($0 - 1, $0) }
        trust += stride(from: 2, to: count, by: 2).map { edge($0, $0 - 2) }
        let snapshot = GraphSnapshot(
            authorCount: count, itemCount: 0, trust: trust, interactions: [])
        let dominators = TrustDominators(snapshot, ego: author(0))
        #expect(dominators.groups[count - 1] == author(1))
        #expect(dominators.groupCount(ego: author(0)) == 1)
        #expect(dominators.strictDominators(of: author(4)) == authors([1, 2, 3]))
    }

    @Test("an ego out of the snapshot reaches nobody")
    func absent() {
        let snapshot = RandomGraph(seed: 1).snapshot
        let dominators = TrustDominators(snapshot, ego: author(99))
        #expect(dominators.groups.allSatisfy { $0 == nil })
        #expect(dominators.groupCount(ego: author(99)) == 0)
    }

    @Test("the best trust path has the largest product", arguments: 0..<100 as Range<UInt64>)
    func bestPath(_ seed: UInt64) throws {
        let graph = RandomGraph(seed: seed)
        let snapshot = graph.snapshot
        var best = [Double](repeating: 0, count: graph.users)
        best[0] = 1
        for _ in 0..<graph.users {
            for user in 0..<graph.users {
                for (other, probability) in snapshot.trusted(by: author(user)) {
                    best[other.position] = max(best[other.position], best[user] * probability)
                }
            }
        }
        for user in 0..<graph.users {
            let path = snapshot.trustPath(from: author(0), to: author(user))
            #expect(abs((path?.product ?? 0) - best[user]) < 1e-12, "seed \(seed) user \(user)")
            guard let path else { continue }
            #expect(path.authors.first == author(0) && path.authors.last == author(user))
            var product = 1.0
            for (from, to) in zip(path.authors, path.authors.dropFirst()) {
                let step = snapshot.trusted(by: from).first { $0.author == to }
                product *= try #require(step).probability
            }
            #expect(abs(product - path.product) < 1e-12)
        }
    }

    @Test("of equal paths the shorter one wins, then the smaller indices")
    func ties() {
        let snapshot = GraphSnapshot(
            authorCount: 5, itemCount: 0,
            trust: [edge(0, 1), edge(0, 2), edge(1, 3), edge(2, 3), edge(3, 4)], interactions: [])
        #expect(
            snapshot.trustPath(from: author(0), to: author(4))?.authors == authors([0, 1, 3, 4]))
        let detour = GraphSnapshot(
            authorCount: 5, itemCount: 0,
            trust: [edge(0, 2), edge(0, 4), edge(2, 3), edge(3, 1), edge(4, 1)], interactions: [])
        #expect(detour.trustPath(from: author(0), to: author(1))?.authors == authors([0, 4, 1]))
        #expect(snapshot.trustPath(from: author(4), to: author(0)) == nil)
        #expect(snapshot.trustPath(from: author(2), to: author(2))?.hops == 0)
        #expect(snapshot.trustPath(from: author(9), to: author(2)) == nil)
    }
}
