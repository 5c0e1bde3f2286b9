import Primitives
import Testing

@testable import Ranking

@Suite("Trust flow")
struct TrustFlowTests {
    @Test("2: along a chain the visits are 0.85^k, as one can see by hand")
    func chain() {
        let snapshot = GraphSnapshot(
            authorCount: 4, itemCount: 0, trust: [edge(0, 1), edge(1, 2, 7), edge(2, 3, 0.1)],
            interactions: [])
        let flow = TrustFlow(snapshot, ego: author(0), alpha: 0.15, epsilon: 1e-9)
        #expect(distance(flow.visits, [1, 0.85, 0.7225, 0.614125]) < 1e-15)
        #expect(distance(flow.endpoints(snapshot), [0.15, 0.1275, 0.108375, 0.614125]) < 1e-15)
    }

    @Test(
        "visits, endpoints and hit chances equal dense inverses", arguments: 0..<40 as Range<UInt64>
    )
    func naive(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed)
        let snapshot = graph.snapshot
        let dense = graph.dense(ego: 0)
        let flow = TrustFlow(snapshot, ego: author(0), alpha: 0.15, epsilon: 1e-12)
        #expect(distance(flow.visits, dense.green(alpha: 0.15)[0]) < 1e-11, "seed \(seed)")
        #expect(abs(flow.endpoints(snapshot).reduce(0, +) - 1) < 1e-11, "seed \(seed)")
        #expect(abs(flow.trust.reduce(0, +) - 1) < 1e-12, "seed \(seed)")
        let hits = (0..<graph.users).map {
            TrustFlow.entryProbability(
                snapshot, ego: author(0), into: [author($0)], alpha: 0.15, epsilon: 1e-12)
        }
        #expect(distance(hits, dense.hits(alpha: 0.15)[0]) < 1e-11, "seed \(seed)")
    }

    @Test("T1: a region gets at most p_S / alpha visits", arguments: 0..<200 as Range<UInt64>)
    func visitBound(_ seed: UInt64) {
        let snapshot = RandomGraph(seed: seed).snapshot
        var random = SeededRandom(seed: seed, stream: "region")
        let region = (1..<snapshot.authorCount).filter { _ in random.below(3) == 0 }
        let flow = TrustFlow(snapshot, ego: author(0), alpha: 0.15, epsilon: 1e-12)
        let entry = TrustFlow.entryProbability(
            snapshot, ego: author(0), into: authors(region), alpha: 0.15, epsilon: 1e-12)
        let visits = region.reduce(0) { $0 + flow.visits[$1] }
        #expect(visits <= entry / 0.15 + 1e-9, "seed \(seed)")
    }

    /// Eight honest users, an attack edge 2 -> 8 and five Sybils behind the attacker.
    private func attacked(_ inside: [TrustEdge]) -> GraphSnapshot {
        let honest = [
            edge(0, 1), edge(0, 2), edge(0, 3, 2), edge(1, 4), edge(1, 2, 0.5), edge(2, 5),
            edge(2, 1), edge(3, 4), edge(3, 6, 2), edge(4, 7), edge(5, 7), edge(6, 0), edge(7, 3),
        ]
        return GraphSnapshot(
            authorCount: 14, itemCount: 0, trust: honest + [edge(2, 8)] + inside, interactions: [])
    }

    @Test("4: parallel, serial and cyclic regions approach and meet the bound of T1")
    func shapes() {
        let sybils = 9..<14
        let parallel = sybils.map { edge(8, $0) }
        let serial = sybils.map { edge($0 - 1, $0) }
        let cycle = sybils.flatMap { [edge(8, $0, 10), edge($0, 8, 10)] }
        let region = authors(Array(8..<14))
        for (inside, expected) in [
            (parallel, 0.2457979), (serial, 0.5516950), (cycle, 0.8857584),
        ] {
            let snapshot = attacked(inside)
            let flow = TrustFlow(snapshot, ego: author(0), alpha: 0.15, epsilon: 1e-12)
            let visits = region.reduce(0) { $0 + flow.visits[$1.position] }
            #expect(abs(visits - expected) < 5e-8)
            let entry = TrustFlow.entryProbability(
                snapshot, ego: author(0), into: region, alpha: 0.15, epsilon: 1e-12)
            #expect(abs(entry / 0.15 - 0.8857584) < 5e-8)
        }
    }

    @Test("T5: the iteration counts are those of the proof, and early truncation errs within it")
    func truncation() {
        #expect(TrustFlow.iterations(alpha: 0.15, epsilon: 1e-9) == 140)
        let snapshot = RandomGraph(seed: 3, users: 30, degree: 4).snapshot
        let exact = TrustFlow(snapshot, ego: author(0), alpha: 0.15, epsilon: 1e-14)
        for epsilon in [0.1, 1e-2, 1e-3, 1e-5] {
            let flow = TrustFlow(snapshot, ego: author(0), alpha: 0.15, epsilon: epsilon)
            let error = zip(flow.visits, exact.visits).reduce(0) { $0 + abs($1.0 - $1.1) }
            #expect(error <= epsilon)
            #expect(error > 0)
        }
    }

    @Test("an ego that is not there, or trusts nobody, has a defined flow")
    func edges() {
        let snapshot = GraphSnapshot(
            authorCount: 2, itemCount: 0, trust: [edge(0, 1)], interactions: [])
        #expect(
            TrustFlow(snapshot, ego: author(9), alpha: 0.15, epsilon: 1e-9).trust == [0, 0])
        #expect(
            TrustFlow(snapshot, ego: author(1), alpha: 0.15, epsilon: 1e-9).trust == [0, 1])
        #expect(
            TrustFlow.entryProbability(
                snapshot, ego: author(9), into: [author(0)], alpha: 0.15, epsilon: 1e-9) == 0)
        #expect(
            TrustFlow.entryProbability(
                snapshot, ego: author(0), into: [author(0)], alpha: 0.15, epsilon: 1e-9) == 1)
    }
}

@Suite("Trust walks")
struct TrustWalkTests {
    @Test("10: walks converge to the exact visits and hit chances like 1/sqrt(N)")
    func convergence() {
        let snapshot = RandomGraph(seed: 11, users: 12, degree: 4).snapshot
        let flow = TrustFlow(snapshot, ego: author(0), alpha: 0.15, epsilon: 1e-12)
        func error(walks: Int) -> Double {
            let errors = (0..<8 as Range<UInt64>).map { seed in
                let walks = TrustWalks(snapshot, from: author(0), alpha: 0.15, seed: seed)
                    .frequencies(walks: walks)
                return zip(walks.visits, flow.visits).reduce(0) {
                    $0 + ($1.0 - $1.1) * ($1.0 - $1.1)
                }
            }
            return (errors.reduce(0, +) / 8).squareRoot()
        }
        let ratio = error(walks: 250) / error(walks: 4_000)
        // sqrt(16) = 4.
        #expect(ratio > 2.4 && ratio < 7)
    }

    @Test("T6: the largest error of the hit estimator stays inside Hoeffding's bound")
    func hits() {
        let snapshot = RandomGraph(seed: 11, users: 12, degree: 4).snapshot
        let exact = (0..<12).map {
            TrustFlow.entryProbability(
                snapshot, ego: author(0), into: [author($0)], alpha: 0.15, epsilon: 1e-12)
        }
        let count = 10_000
        let hits = TrustWalks(snapshot, from: author(0), alpha: 0.15, seed: 5)
            .frequencies(walks: count).hits
        // 2 n exp(-2 N e^2) = 5e-7 for n = 12, N = 10,000, e = 0.03.
        #expect(distance(hits, exact) < 0.03)
        #expect(distance(hits, exact) > 0)
    }

    @Test("overlapping streams repeat each other's words, independent ones do not")
    func streams() {
        func words(_ streams: WalkStreams, _ walk: UInt64) -> [UInt64] {
            var random = streams.generator(seed: 9, walk: walk)
            return (0..<4).map { _ in random.next() }
        }
        #expect(words(.overlapping, 0)[1...] == words(.overlapping, 1)[..<3])
        #expect(Set(words(.independent, 0)).isDisjoint(with: words(.independent, 1)))
    }

    @Test("a start that is not there walks nowhere, one without trust stays")
    func edges() {
        let snapshot = GraphSnapshot(authorCount: 1, itemCount: 0, trust: [], interactions: [])
        #expect(TrustWalks(snapshot, from: author(4), alpha: 0.15, seed: 1).path(0).isEmpty)
        #expect(TrustWalks(snapshot, from: author(0), alpha: 0.15, seed: 1).path(3) == authors([0]))
    }
}
