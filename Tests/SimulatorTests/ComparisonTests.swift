import Simulator
import Testing

@Suite("Estimates and comparisons") struct ComparisonTests {
    private static func series(_ name: String, _ values: [UInt64: Double], figure: String = "cost")
        -> RunSeries
    {
        RunSeries(
            name: name,
            runs: values.sorted { $0.key < $1.key }.map { seed, value in
                RunRecord(
                    scenario: "", seed: seed, traceHash: "0", events: 0, checks: 0,
                    durationMilliseconds: 0, violations: [], violationCount: 0,
                    rows: [
                        MetricRow(
                            tick: 1, metric: figure, group: MetricRow.figureGroup, value: value)
                    ])
            })
    }

    /// By hand: 5 -+ 2.7764 * sqrt(7 / 5), the 0.975 quantile for 4 degrees from a printed table.
    @Test("the interval of a mean is Student's")
    func interval() throws {
        let estimate = try #require(Estimate([2, 4, 4, 6, 9]))
        #expect(estimate.mean == 5)
        #expect(abs(estimate.low - 1.7149) < 0.001 && abs(estimate.high - 8.2851) < 0.001)
        #expect(Estimate([3])?.halfWidth == nil)
        #expect(Estimate([]) == nil)
    }

    @Test("with the same seeds a small steady difference is seen through a large spread")
    func paired() throws {
        let before: [UInt64: Double] = [1: 10, 2: 200, 3: 3000, 4: 40]
        let after = before.mapValues { $0 + 5 }
        let comparison = Comparison(Self.series("a", before), Self.series("b", after))
        let line = try #require(comparison.lines.first)
        #expect(comparison.isPaired)
        #expect(line.difference.mean == 5 && line.isClear == true)
    }

    @Test("with other seeds the same difference drowns in the spread")
    func independent() throws {
        let before: [UInt64: Double] = [1: 10, 2: 200, 3: 3000, 4: 40]
        let after: [UInt64: Double] = [5: 15, 6: 205, 7: 3005, 8: 45]
        let comparison = Comparison(Self.series("a", before), Self.series("b", after))
        let line = try #require(comparison.lines.first)
        #expect(!comparison.isPaired)
        #expect(abs(line.difference.mean - 5) < 1e-9 && line.isClear == false)
    }

    @Test("one seed on each side says nothing about clearness, and a figure of one side is named")
    func fewSeeds() {
        let one = Self.series("a", [1: 10])
        #expect(Comparison(one, Self.series("b", [2: 12])).lines.first?.isClear == nil)
        let other = Comparison(one, Self.series("b", [1: 10], figure: "other"))
        #expect(other.lines.isEmpty && other.missing == ["cost", "other"])
    }
}
