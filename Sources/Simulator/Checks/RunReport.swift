import NodeCore

/// What one run did.
public struct RunReport: Sendable {
    public let seed: UInt64
    /// As the seed resolved it.
    public let scenario: Scenario
    public let traceHash: UInt64
    public let events: UInt64
    public let checks: UInt64
    /// Virtual milliseconds.
    public let duration: UInt64
    public let violations: [Violation]
    /// Every violation, the kept ones included.
    public let violationCount: Int
    /// Every figure with its name, in one order.
    public let figures: [(name: String, value: Double)]
    /// Samples over time, then the distribution of delays and every figure.
    public let rows: [MetricRow]

    public var traceHashText: String {
        let digits = String(traceHash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Simulation {
    func report() -> RunReport {
        let figures = metrics.named + overlayFigures + verdicts() + (study?.figures ?? [])
        let tick = now / 1000
        let closing = figures.map {
            MetricRow(
                tick: tick, metric: $0.name, group: MetricRow.figureGroup, value: $0.value)
        }
        return RunReport(
            seed: seed, scenario: scenario, traceHash: trace.value, events: events,
            checks: oracle.checks, duration: now, violations: oracle.violations,
            violationCount: oracle.violationCount, figures: figures,
            rows: metrics.rows + metrics.delayDistribution(tick: tick) + closing)
    }

    /// Sums over the honest nodes that are up, by verdict.
    private func verdicts() -> [(name: String, value: Double)] {
        var sums: [(name: String, value: Double)] = []
        for host in hosts where host.isHonest {
            guard let node = host.node else { continue }
            for (position, verdict) in node.counts.named.enumerated() {
                if position == sums.count { sums.append(("verdict.\(verdict.name)", 0)) }
                sums[position].value += Double(verdict.count)
            }
        }
        return sums
    }
}
