import Foundation
import Ranking

/// One figure to be measured. A case stands in a file of its own and is listed in `BenchmarkCases`.
protocol BenchmarkCase: Sendable {
    var name: String { get }
    var summary: String { get }
    func run(_ context: BenchContext) throws -> [BenchLine]
}

/// A line of the table.
struct BenchLine {
    var name: String
    var ours: String
    var reference: String = ""
    /// Ours over the reference, or what the bar is about.
    var ratio: String = ""
    var bar: String = ""
}

/// Where a case finds its graph, its reference and its number of rounds.
struct BenchContext {
    let seed: UInt64
    let rounds: Int
    /// Small graphs: to see that everything runs, not to quote.
    let isQuick: Bool
    let folder: URL
    let reference: URL
    /// Python with numpy and scipy.
    let python: String

    func graph(_ shape: PowerLawGraph.Shape) -> PowerLawGraph {
        PowerLawGraph(isQuick ? shape.shrunk : shape, seed: seed)
    }

    /// Runs ours and theirs in turn, so that a change of the machine's mood meets both.
    func alternate(
        _ ours: () throws -> Double, _ theirs: () throws -> Double
    ) rethrows -> (ours: Times, theirs: Times) {
        var (left, right) = (Times(), Times())
        for _ in 0..<rounds {
            left.add(try ours())
            right.add(try theirs())
        }
        return (left, right)
    }

    /// Nanoseconds that the processor spent on one call, as the reference counts them: what others do
    /// on the machine is left out. In steps of a microsecond.
    static func time(_ body: () throws -> Void) rethrows -> Double {
        let start = clock()
        try body()
        return Double(clock() - start) * (1e9 / Double(CLOCKS_PER_SEC))
    }
}

extension PowerLawGraph {
    /// `tsalsa` by sections A to E, which is what the references compute: without the audit of
    /// independence, which is measured by itself.
    var plainQuery: RankingQuery {
        var query = RankingQuery(ego: AuthorIndex(ego))
        query.parameters.independentVoices = 1
        return query
    }
}

/// Nanoseconds of several runs.
struct Times {
    private(set) var all: [Double] = []

    mutating func add(_ nanoseconds: Double) { all.append(nanoseconds) }

    var median: Double { all.sorted()[all.count / 2] }
    var minimum: Double { all.min() ?? 0 }
    var mean: Double { all.reduce(0, +) / Double(max(1, all.count)) }

    /// Median and minimum in milliseconds.
    var text: String { "\(milliseconds(median)) / \(milliseconds(minimum)) ms" }

    /// Ratio of medians and of minima to another.
    func ratio(to other: Times) -> String {
        format(median / other.median) + " / " + format(minimum / other.minimum)
    }
}

func milliseconds(_ nanoseconds: Double) -> String { format(nanoseconds / 1e6) }

/// Three digits that matter.
func format(_ value: Double) -> String {
    let digits = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : abs(value) >= 1 ? 2 : 3
    return String(format: "%.\(digits)f", value)
}

extension PowerLawGraph.Shape {
    /// A tenth of the authors, items and edges.
    var shrunk: PowerLawGraph.Shape {
        PowerLawGraph.Shape(
            authors: authors / 10, items: items / 10, trustEdges: trustEdges / 10,
            interactions: interactions / 10, interactionCap: interactionCap, trustCap: trustCap)
    }
}
