import Primitives
import Ranking

/// Edges into the bounded graph of a node, one by one, in an order without any favour: shuffled.
///
/// Twice: with authors and items resolved to their dense numbers beforehand, which is what GraphJet's
/// interface and most published figures count, and with 32-byte keys and textual identifiers looked up
/// for each edge, which is what a node does.
struct IngestCase: BenchmarkCase {
    let name = "ingest"
    let summary = "edges a second into the bounded graph, and bytes an edge"

    func run(_ context: BenchContext) throws -> [BenchLine] {
        let feed = Feed(context.graph(.node), seed: context.seed)
        var (dense, keyed, trusting) = (Times(), Times(), Times())
        var graph = InteractionGraph()
        for _ in 0..<context.rounds {
            graph = InteractionGraph()
            let resolved = try feed.resolved(in: &graph)
            dense.add(BenchContext.time { for edge in resolved { graph.add(edge) } })
            var other = InteractionGraph()
            trusting.add(BenchContext.time { feed.addTrust(to: &other) })
            keyed.add(BenchContext.time { feed.addKeyed(to: &other) })
            guard other.edgeCount == graph.edgeCount, graph.edgeCount == feed.edges.count else {
                throw BenchFailure("ingest: \(graph.edgeCount) and \(other.edgeCount) edges held")
            }
        }
        let snapshot = graph.snapshot(ego: feed.keys[0], at: Instant(milliseconds: 0))
        return [
            line("ingest, dense ids, edges", dense, feed.edges.count, bar: ">= 5 M/s"),
            line("ingest, 32-byte keys and text", keyed, feed.edges.count, bar: ""),
            line("ingest, trust by keys", trusting, feed.trust.count, bar: ""),
        ] + memory(graph, snapshot, edges: feed.edges.count)
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

/// A generated graph as signed records would bring it.
private struct Feed {
    var keys: [PublicKey] = []
    var items: [ItemID] = []
    var edges: [(author: Int, item: Int, interaction: Interaction)] = []
    var trust: [(from: PublicKey, to: PublicKey, weight: Double)] = []

    init(_ graph: PowerLawGraph, seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "feed")
        keys = (0..<graph.shape.authors).map { _ in Self.key(&random) }
        items = (0..<graph.shape.items).compactMap { ItemID("song:\($0)") }
        for author in keys.indices {
            for edge in graph.itemOffsets[author]..<graph.itemOffsets[author + 1] {
                let item = Int(graph.items[edge])
                let time = Instant(milliseconds: graph.times[edge])
                let interaction = Interaction(
                    author: keys[author], item: items[item], kind: .play,
                    weight: graph.plays[edge], time: time, firstSeen: time)
                edges.append((author, item, interaction))
            }
            for edge in graph.trustOffsets[author]..<graph.trustOffsets[author + 1] {
                let to = keys[Int(graph.trusted[edge])]
                trust.append((keys[author], to, graph.trustWeights[edge]))
            }
        }
        random.shuffle(&edges)
        random.shuffle(&trust)
    }

    func resolved(
        in graph: inout InteractionGraph
    ) throws -> [InteractionGraph.ResolvedInteraction] {
        let slots = keys.compactMap { graph.resolve(author: $0) }
        guard slots.count == keys.count else { throw BenchFailure("ingest: authors are too many") }
        let numbers = items.map { graph.resolve(item: $0) }
        return edges.map {
            InteractionGraph.ResolvedInteraction(
                author: slots[$0.author], item: numbers[$0.item], $0.interaction)
        }
    }

    func addKeyed(to graph: inout InteractionGraph) {
        for edge in edges { graph.add(edge.interaction) }
    }

    func addTrust(to graph: inout InteractionGraph) {
        for edge in trust { graph.setTrust(from: edge.from, to: edge.to, weight: edge.weight) }
    }

    private static func key(_ random: inout SeededRandom) -> PublicKey {
        let bytes = (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        guard let key = PublicKey(bytes) else { fatalError("32 bytes are a key") }
        return key
    }
}
