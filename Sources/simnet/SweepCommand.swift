import ArgumentParser
import Foundation
import Simulator

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Run one scenario with many seeds.",
        discussion: "One line a seed, in the order of the seeds, whatever the number of jobs.")

    @OptionGroup var arguments: ScenarioArguments

    @Option(help: "First and last seed, as in 1..200.")
    var seeds: String

    @Option(help: "Processes that work at once.")
    var jobs: Int = 1

    @Flag(help: .hidden)
    var worker = false

    func validate() throws {
        guard range != nil else {
            throw ValidationError("--seeds \(seeds): not of the form FIRST..LAST")
        }
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs: 1 to 256") }
    }

    func run() throws {
        guard let range else { return }
        let scenario = try arguments.load()
        if worker {
            for seed in range { work(scenario, seed) }
            return
        }
        let start = ContinuousClock.now
        var bar = ProgressBar()
        let total = UInt64(range.count)
        let results = try Worker.results(of: range, jobs: jobs, arguments) { done in
            bar.show(UInt64(done), of: total, "\(done) of \(total) seeds")
        }
        bar.finish()
        for result in results { Console.print(result.line) }
        try sum(results, (ContinuousClock.now - start) / .seconds(1))
    }

    private func work(_ scenario: Scenario, _ seed: UInt64) {
        Console.print("start\t\(seed)")
        let report = Simulation(scenario, seed: seed).run()
        let first = report.violations.first.map { "\($0)" } ?? ""
        Console.print(
            "done\t\(seed)\t\(report.traceHashText)\t\(report.events)\t\(report.checks)\t"
                + "\(report.violationCount)\t\(first)")
    }

    private func sum(_ results: [SeedResult], _ seconds: Double) throws {
        let bad = results.filter { $0.violations > 0 }
        let events = results.reduce(0) { $0 + $1.events }
        let checks = results.reduce(0) { $0 + $1.checks }
        Console.print(
            "\(results.count) seeds, \(bad.count) with violations, \(events) events, "
                + "\(checks) checks, \(String(format: "%.1f", seconds)) s")
        let changes = arguments.changes.map { " --set \($0)" }.joined()
        for result in bad.prefix(5) {
            Console.print(
                "again: simnet run \(arguments.scenario) --seed \(result.seed)\(changes)")
        }
        guard bad.isEmpty else { throw ExitCode(1) }
    }

    private var range: ClosedRange<UInt64>? {
        let parts = seeds.split(separator: ".", omittingEmptySubsequences: true).map { UInt64($0) }
        guard parts.count == 2, let first = parts[0], let last = parts[1], first <= last else {
            return nil
        }
        return first...last
    }
}

/// What one seed came to.
struct SeedResult {
    let seed: UInt64
    let traceHash: String
    let events: UInt64
    let checks: UInt64
    let violations: Int
    let first: String

    var line: String {
        violations == 0
            ? "\(seed)\t\(traceHash)\t\(events)\tok"
            : "\(seed)\t\(traceHash)\t\(events)\t\(violations) violations\t\(first)"
    }

    init(died seed: UInt64) {
        self.seed = seed
        traceHash = String(repeating: "-", count: 16)
        events = 0
        checks = 0
        violations = 1
        first = "the process died: an invariant of the code itself is broken"
    }

    /// Reads a line of a worker.
    init?(_ line: Substring) {
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard parts.count == 7, parts[0] == "done", let seed = UInt64(parts[1]),
            let events = UInt64(parts[3]), let checks = UInt64(parts[4]),
            let violations = Int(parts[5])
        else { return nil }
        self.seed = seed
        traceHash = String(parts[2])
        self.events = events
        self.checks = checks
        self.violations = violations
        first = String(parts[6])
    }
}
