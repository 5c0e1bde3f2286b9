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
        let query = graph.plainQuery
        let file = context.folder.appending(path: "node.graph")
        let output = context.folder.appending(path: "tsalsa.scores")
        try snapshot.write(to: file, ego: query.ego)
        let reference = try ReferenceProcess(executable: context.reference, graph: file)
        let arguments = Self.arguments(query.parameters)

        // Compared where both truncate late: at the default each may be off by epsilon in its own way.
        var exact = query
        exact.parameters.epsilon = 1e-12
        let theirs = try reference.run(
            "tsalsa", Self.arguments(exact.parameters), output: output)
        let result = TrustedSalsa().rank(snapshot, exact)
        guard theirs.count == result.allItems.count else {
            throw BenchFailure("tsalsa: the reference lists \(theirs.count) items")
        }
        try Self.compare(result, ReferenceProcess.numbers(in: output))

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
    static func compare(
        _ result: RankingResult, _ theirs: [Double], tolerance: Double = 1e-9
    ) throws {
        guard theirs.count == result.scores.count else {
            throw BenchFailure("tsalsa: the reference has \(theirs.count) items")
        }
        let largest = theirs.max() ?? 0
        for (ours, theirs) in zip(result.scores, theirs)
        where abs(ours - theirs) > tolerance * largest {
            throw BenchFailure("tsalsa: \(ours) where the reference has \(theirs)")
        }
    }
}
