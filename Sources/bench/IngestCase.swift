import Primitives
import Ranking

/// Edges into the bounded graph of a node, in an order without any favour: shuffled.
///
/// With authors and items resolved to their dense numbers beforehand, which is what GraphJet's
/// interface and most published figures count, and with 32-byte keys and textual identifiers looked up
/// for each edge, which is what a node does; each as a list and one by one. A store gives its list feed
/// by feed.
struct IngestCase: BenchmarkCase {
    let name = "ingest"
    let summary = "edges a second into the bounded graph, and bytes an edge"

    func run(_ context: BenchContext) throws -> [BenchLine] {
        let feed = Feed(context.graph(.node), seed: context.seed)
        var (batched, dense, trusting) = (Times(), Times(), Times())
        var (listed, stored, keyed) = (Times(), Times(), Times())
        let interactions = feed.edges.map(\.interaction)
        let byFeed = feed.edges.sorted { ($0.author, $0.item) < ($1.author, $1.item) }
            .map(\.interaction)
        var graph = InteractionGraph()
        for _ in 0..<context.rounds {
            graph = InteractionGraph()
            let resolved = try feed.resolved(in: &graph)
            dense.add(BenchContext.time { for edge in resolved { graph.add(edge) } })
            graph = InteractionGraph()
            let batches = Self.batches(of: try feed.resolved(in: &graph))
            batched.add(BenchContext.time { for batch in batches { graph.add(batch) } })
            graph = InteractionGraph()
            listed.add(BenchContext.time { graph.add(interactions) })
            graph = InteractionGraph()
            stored.add(BenchContext.time { graph.add(byFeed) })
            var other = InteractionGraph()
            trusting.add(BenchContext.time { feed.addTrust(to: &other) })
            keyed.add(BenchContext.time { feed.addKeyed(to: &other) })
            guard other.edgeCount == graph.edgeCount, graph.edgeCount == feed.edges.count else {
                throw BenchFailure("ingest: \(graph.edgeCount) and \(other.edgeCount) edges held")
            }
        }
        let snapshot = graph.snapshot(ego: feed.keys[0], at: Instant(milliseconds: 0))
        return [
            line(
                "ingest, dense ids, batches of 65,536", batched, feed.edges.count, bar: ">= 5 M/s"),
            line("ingest, dense ids, one by one", dense, feed.edges.count, bar: ""),
            line("ingest, 32-byte keys and text, a list", listed, feed.edges.count, bar: ""),
            line("ingest, the same feed by feed", stored, feed.edges.count, bar: ""),
            line("ingest, 32-byte keys and text, one by one", keyed, feed.edges.count, bar: ""),
            line("ingest, trust by keys", trusting, feed.trust.count, bar: ""),
        ] + memory(graph, snapshot, edges: feed.edges.count)
    }

    private static func batches(
        of edges: [InteractionGraph.ResolvedInteraction]
    ) -> [[InteractionGraph.ResolvedInteraction]] {
        stride(from: 0, to: edges.count, by: 65_536).map {
            Array(edges[$0..<min(edges.count, $0 + 65_536)])
        }
    }

    private func line(_ name: String, _ times: Times, _ count: Int, bar: String) -> BenchLine {
        let rate = { (nanoseconds: Double) in format(Double(count) / nanoseconds * 1e3) }
        return BenchLine(
            name: name, ours: "\(rate(times.median)) / \(rate(times.minimum)) M/s",
            reference: "GraphJet 0.84 M/s", bar: bar)
    }

    /// Bytes of heap an edge in both directions, room for growth included.
    private func memory(
        _ graph: InteractionGraph, _ snapshot: GraphSnapshot, edges: Int
    ) -> [BenchLine] {
        let forward = Double(graph.edgeByteCount) / Double(edges)
        let columns = Double(snapshot.interactions.structureByteCount) / Double(edges)
        let backward = Double(snapshot.holders.byteCount) / Double(edges)
        return [
            BenchLine(
                name: "bytes an edge, both directions, time and weight",
                ours: "\(format(forward)) + \(format(backward)) = \(format(forward + backward))",
                reference: "GraphJet 15-22", bar: "<= 16"),
            BenchLine(
                name: "bytes an edge, both directions, without",
                ours: "\(format(columns)) + \(format(backward)) = \(format(columns + backward))",
                bar: "<= 9"),
        ]
    }
}
