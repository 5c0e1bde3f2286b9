import Foundation
import Primitives
import Ranking

/// `tsalsa` after one change of a node's graph, from the last solution, against both full recomputes.
struct WarmCase: BenchmarkCase {
    let name = "warm"
    let summary = "tsalsa after one new interaction or trust edge, from the last solution"

    func run(_ context: BenchContext) throws -> [BenchLine] {
        let graph = context.graph(.node)
        let base = graph.snapshot()
        let query = graph.plainQuery
        let file = context.folder.appending(path: "warm.graph")
        try base.write(to: file, ego: query.ego)
        let reference = try ReferenceProcess(executable: context.reference, graph: file)
        var random = SeededRandom(seed: context.seed, stream: "warm")
        return try [Change.anAuthor, .theEgo, .trust].flatMap { change in
            try measure(change, graph, base, query, reference, context, &random)
        }
    }

    private enum Change: String {
        case anAuthor = "one interaction of an author"
        case theEgo = "one interaction of the ego"
        case trust = "one trust edge of an author"
    }

    /// Each round makes one change more and ranks three times: warm, in full, and in C. As at a reader's,
    /// the last result and snapshot live until the next are there.
    private func measure(
        _ change: Change, _ graph: PowerLawGraph, _ base: GraphSnapshot, _ query: RankingQuery,
        _ reference: ReferenceProcess, _ context: BenchContext, _ random: inout SeededRandom
    ) throws -> [BenchLine] {
        var (warm, full, theirs) = (Times(), Times(), Times())
        var largest = 0.0
        var (changed, snapshot, engine) = (graph, base, WarmTrustedSalsa())
        guard !engine.rank(base, query).items.isEmpty else {
            throw BenchFailure("warm: nothing is listed")
        }
        // The first round makes what the others keep up to date: it is not timed.
        var held: (RankingResult?, GraphSnapshot) = (nil, base)
        for round in 0...context.rounds {
            let author = change == .theEgo ? Int(graph.ego) : random.below(graph.shape.authors)
            switch change {
            case .anAuthor, .theEgo:
                let item = UInt32(random.below(graph.shape.items))
                snapshot = snapshot.adding(item, to: author)
            case .trust:
                changed.addTrust(author, UInt32(random.below(graph.shape.authors)))
                snapshot = changed.snapshot()
            }
            var (left, right): (RankingResult?, RankingResult?)
            let time = BenchContext.time { left = engine.rank(snapshot, query) }
            if round > 0 {
                warm.add(time)
                full.add(BenchContext.time { right = TrustedSalsa().rank(snapshot, query) })
                theirs.add(
                    try reference.run("tsalsa", TrustedSalsaCase.arguments(query.parameters))
                        .nanoseconds)
            }
            held = (left, snapshot)
            guard let left, let right else { continue }
            for (one, other) in zip(left.shares, right.shares) {
                largest = max(largest, abs(one - other))
            }
            // Of what others than the ego say, what the largest group says.
            for item in left.shares.indices {
                let gap = abs(left.concentration[item] - right.concentration[item])
                let own = right.contribution(of: query.ego, to: ItemIndex(UInt32(item)))
                largest = max(largest, gap * (right.shares[item] - own))
            }
        }
        guard largest < 1e-9 else {
            throw BenchFailure("warm: shares or concentrations differ by \(largest)")
        }
        guard held.0 != nil else { throw BenchFailure("warm: nothing was ranked") }
        return [
            BenchLine(
                name: "tsalsa warm, \(change.rawValue)", ours: warm.text,
                reference: full.text + " (full)", ratio: warm.ratio(to: full), bar: "<= 0.1"),
            // Now and then what changes leave makes a look at every edge necessary: it is in the mean.
            BenchLine(
                name: "the same, mean of \(context.rounds)", ours: milliseconds(warm.mean) + " ms",
                reference: milliseconds(full.mean) + " ms (full)",
                ratio: format(warm.mean / full.mean), bar: "<= 0.1"),
            BenchLine(
                name: "the same against C's full", ours: warm.text,
                reference: theirs.text + " (C)", ratio: warm.ratio(to: theirs), bar: "<= 0.1"),
        ]
    }
}

extension GraphSnapshot {
    /// One play more of an item by an author.
    func adding(_ item: UInt32, to author: Int) -> GraphSnapshot {
        var items = interactions.entries(author).map {
            (item: ItemIndex(interactions.columns[$0]), weight: interactions.weights[$0])
        }
        items.append((ItemIndex(item), log1p(1)))
        return replacing([InteractionRow(author: AuthorIndex(UInt32(author)), items: items)])
    }
}
