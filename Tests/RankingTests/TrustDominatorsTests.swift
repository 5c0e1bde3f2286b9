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
