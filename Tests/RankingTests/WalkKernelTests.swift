import Primitives
import Testing

@testable import Ranking

@Suite("Interleaved walks")
struct WalkKernelTests {
    private static let widths = [2, 16, 32, 64]

    @Test("the width of the kernel changes no walk along trust", arguments: 0..<30 as Range<UInt64>)
    func trustWidths(_ seed: UInt64) {
        let snapshot = RandomGraph(seed: seed, users: 20, degree: 3).snapshot
        let walks = TrustWalks(snapshot, from: author(0), alpha: 0.15, seed: seed)
        let alone = walks.frequencies(walks: 500, width: 1)
        for width in Self.widths {
            let together = walks.frequencies(walks: 500, width: width)
            #expect(together.visits == alone.visits, "seed \(seed) width \(width)")
            #expect(together.hits == alone.hits, "seed \(seed) width \(width)")
        }
        #expect(walks.paths(0..<9, width: 32).walks == (0..<9).map { walks.path($0) })
    }

    @Test("the width of the kernel changes no count of GraphJet's walk", arguments: [1, 2, 3])
    func salsaWidths(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed, users: 40, items: 30, tastes: 6)
        for stop in RankingParameters.SalsaStop.allCases {
            func counts(width: Int) -> (items: [UInt32], steps: Int) {
                SalsaWalks(
                    graph.snapshot, from: author(graph.collector), alpha: 0.3, stop: stop,
                    seed: seed, width: width
                ).arrivals(walks: 2_000)
            }
            let alone = counts(width: 1)
            #expect(alone.steps > 0, "seed \(seed)")
            for width in Self.widths {
                let together = counts(width: width)
                #expect(together == alone, "seed \(seed) \(stop) width \(width)")
            }
        }
    }

    @Test("walks equal naive ones that add up weights as they go", arguments: [1, 2, 3])
    func naive(_ seed: UInt64) {
        let snapshot = RandomGraph(seed: seed, users: 30, degree: 12).snapshot
        let walks = TrustWalks(snapshot, from: author(0), alpha: 0.1, seed: seed)
        for walk in 0..<200 as Range<UInt64> {
            var random = WalkStreams.independent.generator(seed: seed, walk: walk)
            var path = [author(0)]
            while let last = path.last, random.unit() >= 0.1 {
                let row = snapshot.trust.entries(last.position)
                guard !row.isEmpty else { break }
                let weights = snapshot.trust.weights[row]
                let target = random.unit() * weights.reduce(0, +)
                var sum = 0.0
                let chosen = row.first { entry in
                    sum += weights[entry]
                    return sum > target
                }
                path.append(AuthorIndex(snapshot.trust.columns[chosen ?? row.upperBound - 1]))
            }
            #expect(walks.path(walk) == path, "seed \(seed) walk \(walk)")
        }
    }

    @Test("GraphJet's walks come to items as exact SALSA does where all weights are equal")
    func convergence() {
        var graph = RandomGraph(seed: 6, users: 40, items: 30, tastes: 6)
        for place in graph.listens.indices { graph.listens[place].weight = 2 }
        let ego = graph.collector
        for stop in RankingParameters.SalsaStop.allCases {
            var parameters = RankingParameters()
            parameters.salsaStop = stop
            let exact = graph.snapshot.rank(.salsa, ego: ego, parameters)
            parameters.salsaMethod = .walks
            func error(walks: Int) -> Double {
                parameters.walks = walks
                return distance(
                    graph.snapshot.rank(.salsa, ego: ego, parameters).itemVisits, exact.itemVisits)
            }
            #expect(error(walks: 100_000) < 0.01)
            // The same seed: the longer run holds the shorter one.
            #expect(error(walks: 100) > error(walks: 100_000))
            let sampled = graph.snapshot.rank(.salsa, ego: ego, parameters)
            #expect(distance(sampled.walkVisits, exact.walkVisits) < 0.02)
            #expect(distance(sampled.popularity, exact.popularity.map { $0 / 2 }) < 1e-12)
        }
    }

    @Test("what authors contribute to an item by walks sums to its share")
    func contributions() throws {
        let graph = RandomGraph(seed: 6, users: 40, items: 30, tastes: 6)
        var parameters = RankingParameters()
        parameters.salsaMethod = .walks
        let result = graph.snapshot.rank(.salsa, ego: graph.collector, parameters)
        #expect(result.items.count > 5)
        for ranked in result.items {
            let explained = result.explain(ranked.item, withoutLargest: false)
            let sum = explained.contributions.reduce(0) { $0 + $1.value }
            #expect(abs(sum - ranked.share) < 1e-12)
        }
    }

    @Test("a recorded walk ends at its limit, and fewer walks than walkers are all run")
    func limits() {
        let rows = WalkRows(
            weighted: GraphSnapshot(
                authorCount: 2, itemCount: 0, trust: [edge(0, 1), edge(1, 0)], interactions: []
            ).trust)
        let kernel = WalkKernel(from: 0, forth: rows, alpha: 0.001, seed: 3)
        var recorder = PathRecorder(0..<5, from: 0, limit: 4, slots: kernel.width)
        let steps = kernel.run(0..<5, into: &recorder)
        #expect(steps == 15)
        #expect(
            recorder.paths.walks == [[AuthorIndex]](repeating: authors([0, 1, 0, 1]), count: 5))
    }

    @Test("no walks, a start without items and a start that is not there are counted as nothing")
    func empty() {
        let snapshot = GraphSnapshot(
            authorCount: 2, itemCount: 1, trust: [], interactions: [taste(1, 0)])
        for ego in [0, 7] {
            let walks = SalsaWalks(snapshot, from: author(ego), alpha: 0.5, seed: 1)
            #expect(walks.arrivals(walks: 100) == ([0], 0))
        }
        let walks = SalsaWalks(snapshot, from: author(1), alpha: 0.5, seed: 1)
        #expect(walks.arrivals(walks: 0) == ([0], 0))
        #expect(walks.arrivals(walks: 100).items[0] > 50)
    }
}

extension WalkPaths {
    fileprivate var walks: [[AuthorIndex]] {
        ranges.map { vertices[$0].map { AuthorIndex($0) } }
    }
}

extension RandomGraph {
    /// The user with the most items.
    fileprivate var collector: Int {
        var counts = [Int](repeating: 0, count: users)
        for listen in listens { counts[listen.author.position] += 1 }
        return counts.indices.max { counts[$0] < counts[$1] } ?? 0
    }
}
