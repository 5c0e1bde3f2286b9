import NodeCore
import Primitives

/// Fidelity `model`: dissemination, sampling and ranking only, for networks that no computer runs node by node.
///
/// Flat arrays of numbers instead of nodes. What it says is counted in the network that it builds, or taken from the
/// real codec; docs/research/scaling.md compares it with `protocol`.
struct ModelRun {
    private let scenario: Scenario
    private let seed: UInt64
    private var metrics = Metrics()
    private var total = SpreadCost()

    init(_ scenario: Scenario, seed: UInt64) {
        self.scenario = scenario
        self.seed = seed
    }

    /// `progress` hears of records that were followed to their end.
    mutating func run(progress: (_ done: UInt64, _ end: UInt64) -> Void) -> RunReport {
        let links = ModelLinks(scenario, seed: seed)
        let trust = ModelTrust(scenario, seed: seed)
        let interest = ModelInterest(scenario, seed: seed, links, trust)
        var spread = ModelSpread(scenario, seed: seed, links, interest, trust)
        var workload = SeededRandom(seed: seed, stream: "workload")
        let records = scenario.modelRecords
        let holders = interest.holderCounts(links.nodeCount)
        var wanted = 0.0
        var longest: UInt64 = 0
        for number in 0..<records {
            let author = workload.below(scenario.honestNodes)
            let cost = spread.spread(from: author) { delay in
                metrics.delivered(after: delay)
                longest = max(longest, delay)
            }
            total.add(cost)
            metrics.published += 1
            wanted += Double(holders[author] - 1)
            progress(UInt64(number + 1), UInt64(records))
        }
        var figures =
            [
                ("published", Double(records)), ("deliveries", Double(total.deliveries)),
                ("records_received", Double(total.copies)),
                (
                    "copies_per_delivery",
                    Double(total.copies) / Double(max(1, total.deliveries))
                ),
                ("coverage", Double(total.deliveries) / max(1, wanted)),
                ("sampling_rounds", Double(interest.rounds)),
            ] + metrics.delays
        // No node holds more feeds than this, so there is no such day.
        if interest.limit <= CoreLimits().feeds {
            let day = NodeDay(scenario, seed: seed, links, interest, total, records: records)
            figures += [("bytes_per_delivery", day.bytesPerDelivery)] + day.named
        }
        return RunReport(
            seed: seed, scenario: scenario, traceHash: spread.trace.value,
            events: spread.events, checks: 0, duration: longest, violations: [],
            violationCount: 0, figures: figures,
            rows: metrics.delayDistribution(tick: 0)
                + figures.map {
                    MetricRow(
                        tick: 0, metric: $0.0, group: MetricRow.figureGroup, value: $0.1)
                })
    }
}
