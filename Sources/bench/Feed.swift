import Primitives
import Ranking

/// A generated graph as signed records would bring it.
struct Feed {
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

    /// Adds the record of a place: edges first, then trust.
    func add(_ place: Int, to graph: inout InteractionGraph) {
        if place < edges.count {
            graph.add(edges[place].interaction)
        } else {
            let edge = trust[place - edges.count]
            graph.setTrust(from: edge.from, to: edge.to, weight: edge.weight)
        }
    }

    /// Notes the interaction of a place as claimed when it was first seen; trust claims nothing.
    func note(_ place: Int, in ledger: inout EarnedTrustLedger) {
        guard place < edges.count else { return }
        let claim = edges[place].interaction
        ledger.note(claim.author, claim.item, seen: claim.firstSeen)
    }

    func addTrust(to graph: inout InteractionGraph) {
        for edge in trust { graph.setTrust(from: edge.from, to: edge.to, weight: edge.weight) }
    }

    private static func key(_ random: inout SeededRandom) -> PublicKey {
        PublicKey(raw: Bytes32(words: (random.next(), random.next(), random.next(), random.next())))
    }
}
