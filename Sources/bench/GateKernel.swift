import Primitives
import Ranking

/// The kernels whose instructions `make bench-gate` counts: small fixed graphs, no clock, no files.
enum GateKernel: String, CaseIterable {
    case tsalsa, audit, warm, taste, snapshot, ingest

    /// Runs the kernel `count` times after setting up its graph; two counts differ by whole runs only.
    func run(_ count: Int) throws {
        let graph = PowerLawGraph(.gate, seed: 1)
        let query = graph.plainQuery
        var done = 0
        switch self {
        case .tsalsa:
            let snapshot = graph.snapshot()
            for _ in 0..<count { done += TrustedSalsa().rank(snapshot, query).items.count }
        case .audit:
            let snapshot = graph.snapshot()
            let whole = RankingQuery(ego: query.ego)
            for _ in 0..<count { done += TrustedSalsa().rank(snapshot, whole).items.count }
        case .warm:
            var random = SeededRandom(seed: 1, stream: "warm")
            var snapshot = graph.snapshot()
            var engine = WarmTrustedSalsa()
            _ = engine.rank(snapshot, query)
            for _ in 0...count {
                // The first two also make what the others keep up to date: two runs differ by one.
                snapshot = snapshot.adding(
                    UInt32(random.below(graph.shape.items)), to: random.below(graph.shape.authors))
                done += engine.rank(snapshot, query).items.count
            }
        case .taste:
            let snapshot = graph.snapshot()
            for _ in 0..<count { done += Taste().rank(snapshot, query).items.count }
        case .snapshot:
            let feed = Feed(graph, seed: 1)
            var held = InteractionGraph()
            feed.addTrust(to: &held)
            feed.addKeyed(to: &held)
            let now = Instant(milliseconds: 0)
            for _ in 0..<count { done += held.snapshot(ego: feed.keys[0], at: now).authorCount }
        case .ingest:
            let feed = Feed(graph, seed: 1)
            for _ in 0..<count {
                var held = InteractionGraph()
                for edge in try feed.resolved(in: &held) { held.add(edge) }
                done += held.edgeCount
            }
        }
        guard done > 0 || count == 0 else { throw BenchFailure("\(self) did nothing") }
    }
}
