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
    public let rows: [MetricRow]

    public var traceHashText: String {
        let digits = String(traceHash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Simulation {
    func report() -> RunReport {
        RunReport(
            seed: seed, scenario: scenario, traceHash: trace.value, events: events,
            checks: oracle.checks, duration: now, violations: oracle.violations,
            violationCount: oracle.violationCount,
            figures: metrics.named + verdicts(), rows: metrics.rows)
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

    func sample() {
        let tick = now / 1000
        for (name, value) in metrics.named where !name.hasPrefix("fault.") {
            metrics.rows.append(MetricRow(tick: tick, metric: name, group: "honest", value: value))
        }
        let up = hosts.filter { $0.isHonest && $0.node != nil }.count
        metrics.rows.append(
            MetricRow(tick: tick, metric: "nodes_up", group: "honest", value: Double(up)))
        schedule(.sample, after: UInt64(scenario.sampleSeconds) * 1000)
    }
}
