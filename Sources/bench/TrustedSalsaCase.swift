import Foundation
import Ranking

/// A full recompute of `tsalsa` on the bounded graph of a node: trust, groups, walk, concentration,
/// scores, order.
struct TrustedSalsaCase: BenchmarkCase {
    let name = "tsalsa"
    let summary = "tsalsa, full recompute on a node's graph, against C"

    func run(_ context: BenchContext) throws -> [BenchLine] {
        let graph = context.graph(.node)
        let snapshot = graph.snapshot()
        let query = RankingQuery(ego: AuthorIndex(graph.ego))
        let file = context.folder.appending(path: "node.graph")
        let output = context.folder.appending(path: "tsalsa.scores")
        try snapshot.write(to: file, ego: query.ego)
        let reference = try ReferenceProcess(executable: context.reference, graph: file)
        let arguments = Self.arguments(query.parameters)

        let theirs = try reference.run("tsalsa", arguments, output: output)
        let result = TrustedSalsa().rank(snapshot, query)
        try Self.compare(result, ReferenceProcess.numbers(in: output), listed: theirs.count)

        var listed = 0
        let times = try context.alternate {
            BenchContext.time { listed += TrustedSalsa().rank(snapshot, query).items.count }
        } _: {
            try reference.run("tsalsa", arguments).nanoseconds
        }
        guard listed == result.items.count * context.rounds else {
            throw BenchFailure("two runs listed different numbers of items")
        }
        return [
            BenchLine(
                name: "tsalsa, \(snapshot.interactions.entryCount) interactions, full",
                ours: times.ours.text, reference: times.theirs.text + " (C)",
                ratio: times.ours.ratio(to: times.theirs), bar: "<= 1.2")
        ]
    }

    static func arguments(_ parameters: RankingParameters) -> [String] {
        [
            parameters.alphaTrust, parameters.alphaSalsa, parameters.epsilon,
            parameters.popularityExponent, parameters.tau, parameters.floor,
        ].map { "\($0)" }
    }

    /// Scores must agree within 1e-9 of the largest one.
    private static func compare(
        _ result: RankingResult, _ theirs: [Double], listed: Int
    ) throws {
        guard theirs.count == result.scores.count, listed == result.allItems.count else {
            throw BenchFailure(
                "tsalsa: \(result.allItems.count) items, the reference has \(listed)")
        }
        let largest = theirs.max() ?? 0
        for (ours, theirs) in zip(result.scores, theirs) where abs(ours - theirs) > 1e-9 * largest {
            throw BenchFailure("tsalsa: \(ours) where the reference has \(theirs)")
        }
    }
}
