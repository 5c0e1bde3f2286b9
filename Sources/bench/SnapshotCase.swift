import Primitives
import Ranking

/// What a reader costs: taking the graph's content, making a snapshot of it, and the writer's first
/// writes while the reader holds it.
struct SnapshotCase: BenchmarkCase {
    let name = "snapshot"
    let summary = "a snapshot of the bounded graph, and what the writer feels of it"

    func run(_ context: BenchContext) throws -> [BenchLine] {
        let feed = Feed(context.graph(.node), seed: context.seed)
        var graph = InteractionGraph()
        feed.addTrust(to: &graph)
        feed.addKeyed(to: &graph)
        var (freezing, writing, making) = (Times(), Times(), Times())
        let now = Instant(milliseconds: 0)
        for round in 0..<context.rounds {
            var held: FrozenGraph?
            freezing.add(BenchContext.time { held = graph.frozen() })
            guard let held else { continue }
            var event = feed.edges[round].interaction
            event.time = now
            event.firstSeen = now
            // A second event of an edge, then the edge as it was: nothing grows from round to round.
            writing.add(BenchContext.time { graph.add(event) })
            graph.retract(event)
            var snapshot: GraphSnapshot?
            making.add(BenchContext.time { snapshot = held.snapshot(ego: feed.keys[0], at: now) })
            guard snapshot?.interactions.entryCount == feed.edges.count else {
                throw BenchFailure("snapshot: edges are missing")
            }
        }
        return [
            BenchLine(name: "freeze the graph for a reader", ours: microseconds(freezing)),
            BenchLine(name: "first write while a reader holds it", ours: microseconds(writing)),
            BenchLine(name: "snapshot for engines, on the reader's thread", ours: making.text),
        ]
    }

    private func microseconds(_ times: Times) -> String {
        "\(format(times.median / 1e3)) / \(format(times.minimum / 1e3)) us"
    }
}
