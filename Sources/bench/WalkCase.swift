import Foundation
import Ranking

/// GraphJet's walk on a public network of ten million edges: steps a second, at several widths.
struct WalkCase: BenchmarkCase {
    let name = "walk"
    let summary = "GraphJet's walk, 10 M edges, interleaved walkers, against C at the same width"

    private static let seed: UInt64 = 20
    private static let widths = [1, 8, 16, 32, 64]
    /// A walk of alpha 0.5 takes two steps on average.
    private static let walks = 2_000_000

    func run(_ context: BenchContext) throws -> [BenchLine] {
        let graph = context.graph(.tenMillion)
        let snapshot = graph.snapshot()
        let ego = AuthorIndex(graph.ego)
        let alpha = RankingParameters().alphaSalsa
        let walks = context.isQuick ? Self.walks / 10 : Self.walks
        let file = context.folder.appending(path: "ten-million.graph")
        let output = context.folder.appending(path: "walk.counts")
        try snapshot.write(to: file, ego: ego)
        let reference = try ReferenceProcess(executable: context.reference, graph: file)
        return try Self.widths.map { width in
            let walk = SalsaWalks(snapshot, from: ego, alpha: alpha, seed: Self.seed, width: width)
            let arguments = ["\(alpha)", "\(walks)", "\(Self.seed)", "\(width)"]
            let theirs = try reference.run("walk", arguments, output: output)
            let ours = walk.arrivals(walks: walks)
            guard try ours.items.map(Double.init) == ReferenceProcess.numbers(in: output),
                ours.steps == theirs.count
            else { throw BenchFailure("walk: the reference counted something else") }

            var steps = 0
            let times = try context.alternate {
                BenchContext.time { steps += walk.arrivals(walks: walks).steps }
            } _: {
                try reference.run("walk", arguments).nanoseconds
            }
            guard steps == ours.steps * context.rounds else {
                throw BenchFailure("two runs of one seed walked differently")
            }
            return line(snapshot, width: width, steps: Double(ours.steps), times)
        }
    }

    private func line(
        _ snapshot: GraphSnapshot, width: Int, steps: Double, _ times: (ours: Times, theirs: Times)
    ) -> BenchLine {
        func speed(_ times: Times) -> String {
            format(steps * 1e3 / times.median) + " / " + format(steps * 1e3 / times.minimum)
                + " M steps/s"
        }
        return BenchLine(
            name: "walk, \(snapshot.interactions.entryCount) edges, width \(width)",
            ours: speed(times.ours), reference: speed(times.theirs) + " (C)",
            ratio: times.theirs.ratio(to: times.ours),
            bar: width >= 16 ? "speed >= 0.8" : "")
    }
}
