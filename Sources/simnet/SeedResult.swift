import Simulator

/// What one seed gave.
struct SeedResult {
    let seed: UInt64
    let traceHash: String
    let events: UInt64
    let checks: UInt64
    let violations: Int
    /// Virtual milliseconds of the first violation; 0 without any.
    let firstAt: UInt64
    let first: String

    init(_ run: RunRecord) {
        seed = run.seed
        traceHash = run.traceHash
        events = run.events
        checks = run.checks
        violations = run.violationCount
        firstAt = run.violations.first?.time ?? 0
        // One line, one field: details may quote what a peer said.
        first = (run.violations.first.map { "\($0)" } ?? "").split(whereSeparator: \.isNewline)
            .joined(separator: " ").split(separator: "\t").joined(separator: " ")
    }

    init(died seed: UInt64) {
        self.seed = seed
        traceHash = String(repeating: "-", count: 16)
        events = 0
        checks = 0
        violations = 1
        firstAt = UInt64.max
        first = "process-died, an invariant of the code itself is broken"
    }

    /// Reads a line of a worker.
    init?(_ line: Substring) {
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard parts.count == 8, parts[0] == "done", let seed = UInt64(parts[1]),
            let events = UInt64(parts[3]), let checks = UInt64(parts[4]),
            let violations = Int(parts[5]), let firstAt = UInt64(parts[6])
        else { return nil }
        self.seed = seed
        traceHash = String(parts[2])
        self.events = events
        self.checks = checks
        self.violations = violations
        self.firstAt = firstAt
        first = String(parts[7])
    }

    /// For whoever started the worker.
    var workerLine: String {
        "done\t\(seed)\t\(traceHash)\t\(events)\t\(checks)\t\(violations)\t\(firstAt)\t\(first)"
    }

    /// For people: the same whatever the number of jobs.
    var line: String {
        violations == 0
            ? "\(seed)\t\(traceHash)\t\(events)\tok"
            : "\(seed)\t\(traceHash)\t\(events)\t\(violations) violations\t\(first)"
    }
}
