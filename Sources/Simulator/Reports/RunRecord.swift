/// One run as its directory states it: everything that a report may say.
public struct RunRecord: Sendable {
    /// The scenario file of the run, as the seed resolved it.
    public var scenario: String
    public var seed: UInt64
    /// Sixteen hexadecimal digits; `-` for a run of real processes, which nothing can repeat.
    public var traceHash: String
    public var events: UInt64
    public var checks: UInt64
    /// Virtual milliseconds; of the wall in a run of real processes.
    public var durationMilliseconds: UInt64
    public var violations: [Violation]
    /// Every violation, the kept ones included.
    public var violationCount: Int
    public var rows: [MetricRow]

    public init(
        scenario: String, seed: UInt64, traceHash: String, events: UInt64, checks: UInt64,
        durationMilliseconds: UInt64, violations: [Violation], violationCount: Int,
        rows: [MetricRow]
    ) {
        self.scenario = scenario
        self.seed = seed
        self.traceHash = traceHash
        self.events = events
        self.checks = checks
        self.durationMilliseconds = durationMilliseconds
        self.violations = violations
        self.violationCount = violationCount
        self.rows = rows
    }

    public init(_ report: RunReport) {
        self.init(
            scenario: report.scenario.toml, seed: report.seed, traceHash: report.traceHashText,
            events: report.events, checks: report.checks, durationMilliseconds: report.duration,
            violations: report.violations, violationCount: report.violationCount,
            rows: report.rows)
    }

    /// `run.summary` of the scenario; empty when it has none.
    public var summary: String { (try? Scenario(toml: scenario, path: ""))?.summary ?? "" }
}

/// Runs that differ in nothing but their seeds: one line with a band in a chart.
public struct RunSeries: Sendable {
    public var name: String
    public var runs: [RunRecord]

    /// Requires at least one run.
    public init(name: String, runs: [RunRecord]) {
        self.name = name
        self.runs = runs
    }

    /// Names of the figures at the end of the runs, in the order in which the runs state them.
    public var figureNames: [String] {
        var names: [String] = []
        var seen: Set<String> = []
        for run in runs {
            for row in run.rows where row.group == MetricRow.figureGroup {
                if seen.insert(row.metric).inserted { names.append(row.metric) }
            }
        }
        return names
    }

    /// One figure by seed; runs that do not state it are left out.
    public func figures(_ name: String) -> [UInt64: Double] {
        var values: [UInt64: Double] = [:]
        for run in runs {
            for row in run.rows where row.group == MetricRow.figureGroup && row.metric == name {
                values[run.seed] = row.value
            }
        }
        return values
    }

    /// One figure over the seeds; nil when no run states it.
    public func estimate(_ name: String) -> Estimate? {
        Estimate(figures(name).sorted { $0.key < $1.key }.map(\.value))
    }
}

extension MetricRow {
    /// The group of a figure that was taken once, at the end of a run.
    public static let figureGroup = "end"
    static let header = "run\tseed\ttick\tmetric\tgroup\tvalue"

    /// The file form of rows: tidy, one value a line.
    public static func tsv(_ rows: [MetricRow], run: String, seed: UInt64) -> String {
        var text = header + "\n"
        for row in rows {
            text += "\(run)\t\(seed)\t\(row.tick)\t\(row.metric)\t\(row.group)\t\(row.value)\n"
        }
        return text
    }

    /// Reads the file form. `path` stands in messages only.
    public static func rows(tsv text: String, path: String) throws(ScenarioFailure) -> [MetricRow] {
        var rows: [MetricRow] = []
        for (number, line) in text.split(separator: "\n").enumerated() {
            if number == 0, line == header { continue }
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard number > 0, fields.count == 6, let tick = UInt64(fields[2]),
                let value = Double(fields[5])
            else {
                throw ScenarioFailure(
                    message: "\(path), line \(number + 1): no row of metrics.tsv", hint: nil)
            }
            rows.append(
                MetricRow(
                    tick: tick, metric: String(fields[3]), group: String(fields[4]), value: value))
        }
        return rows
    }
}
