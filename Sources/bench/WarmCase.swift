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

    private func measure(
        _ change: Change, _ graph: PowerLawGraph, _ base: GraphSnapshot, _ query: RankingQuery,
        _ reference: ReferenceProcess, _ context: BenchContext, _ random: inout SeededRandom
    ) throws -> [BenchLine] {
        var (warm, full, theirs) = (Times(), Times(), Times())
        var largest = 0.0
        for _ in 0..<context.rounds {
            var changed = graph
            let author = change == .theEgo ? Int(graph.ego) : random.below(graph.shape.authors)
            switch change {
            case .anAuthor, .theEgo:
                changed.addInteraction(author, UInt32(random.below(graph.shape.items)))
            case .trust:
                changed.addTrust(author, UInt32(random.below(graph.shape.authors)))
            }
            let snapshot = changed.snapshot()
            var engine = WarmTrustedSalsa()
            guard !engine.rank(base, query).items.isEmpty else {
                throw BenchFailure("warm: nothing is listed")
            }
            var (left, right): (RankingResult?, RankingResult?)
            warm.add(BenchContext.time { left = engine.rank(snapshot, query) })
            full.add(BenchContext.time { right = TrustedSalsa().rank(snapshot, query) })
            theirs.add(
                try reference.run("tsalsa", TrustedSalsaCase.arguments(query.parameters))
                    .nanoseconds)
            guard let left, let right else { continue }
            for (one, other) in zip(left.shares, right.shares) {
                largest = max(largest, abs(one - other))
            }
        }
        guard largest < 1e-9 else { throw BenchFailure("warm: shares differ by \(largest)") }
        return [
            BenchLine(
                name: "tsalsa warm, \(change.rawValue)", ours: warm.text,
                reference: full.text + " (full)", ratio: warm.ratio(to: full), bar: "<= 0.1"),
            BenchLine(
                name: "the same against C's full", ours: warm.text,
                reference: theirs.text + " (C)", ratio: warm.ratio(to: theirs), bar: "<= 0.1"),
        ]
    }
}
