import ArgumentParser
import Foundation
import Simulator

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Run one scenario with many seeds.",
        discussion: """
            One line a seed, in the order of the seeds, whatever the number of jobs. With --out each \
            seed has its run directory there, and an interrupted sweep goes on where it stopped when \
            the same command is given again.
            """)

    @OptionGroup var arguments: ScenarioArguments

    @Option(help: "First and last seed, as in 1..200.")
    var seeds: String

    @Option(help: "Processes that work at once.")
    var jobs: Int = 1

    @Option(help: "Keep the run directory of each seed in this folder.")
    var out: String?

    @Option(help: "Work on the Dask scheduler at this address, as in tcp://HOST:8786.")
    var cluster: String?

    @Option(help: "The simnet program on the machines of the cluster; this one where absent.")
    var clusterSimnet: String?

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
            for seed in range { try work(scenario, seed) }
            return
        }
        try arguments.check(scenario, seeds: range)
        let start = ContinuousClock.now
        let kept = try keptResults(range, scenario)
        let known = Set(kept.map(\.seed))
        let waiting = range.filter { !known.contains($0) }
        if !kept.isEmpty { Console.error("\(kept.count) seeds were done before\n") }
        var bar = ProgressBar()
        let total = UInt64(range.count)
        let interruption = Interruption()
        let progress = { (done: Int) in
            try interruption.check(
                "interrupted after \(done + kept.count) of \(total) seeds; "
                    + (out == nil
                        ? "with --out FOLDER the same command would go on from there"
                        : "the same command goes on from there"))
            bar.show(UInt64(done + kept.count), of: total, "\(done + kept.count) of \(total) seeds")
        }
        let results = (kept + (try results(of: waiting, scenario, progress)))
            .sorted { $0.seed < $1.seed }
        bar.finish()
        for result in results { Console.print(result.line) }
        try sum(results, (ContinuousClock.now - start) / .seconds(1))
    }

    private func results(
        of seeds: [UInt64], _ scenario: Scenario, _ progress: (Int) throws -> Void
    ) throws -> [SeedResult] {
        guard !seeds.isEmpty else { return [] }
        if let cluster {
            return try Cluster(address: cluster, simnet: clusterSimnet, jobs: jobs)
                .results(of: seeds, scenario, out: out, progress: progress)
        }
        let source = WorkSource(
            scenario: arguments.scenario, changes: arguments.changes, out: out)
        return try Worker.results(of: seeds, jobs: jobs, source, progress: progress)
    }

    /// What an interrupted sweep left. Another scenario in the same folder is an error, not a result.
    private func keptResults(_ range: ClosedRange<UInt64>, _ scenario: Scenario) throws
        -> [SeedResult]
    {
        guard let out else { return [] }
        return try range.compactMap { seed in
            let path = Self.directory(of: seed, in: out)
            guard RunDirectory.isComplete(path) else { return nil }
            let manifest = try RunDirectory.manifest(in: path)
            let digest = RunDirectory.digest(of: scenario.resolved(seed: seed).toml)
            guard manifest.seed == seed, manifest.scenarioDigest == digest else {
                throw FileFailure(
                    message: "\(path) is a run of another scenario; choose another --out")
            }
            return SeedResult(try RunDirectory.read(path))
        }
    }

    static func directory(of seed: UInt64, in out: String) -> String { "\(out)/seed-\(seed)" }

    private func work(_ scenario: Scenario, _ seed: UInt64) throws {
        let start = ContinuousClock.now
        let simulation = Simulation(scenario, seed: seed)
        let run = RunRecord(simulation.run())
        if let out {
            try RunDirectory.write(
                run, graph: simulation.trustGraph, to: Self.directory(of: seed, in: out),
                wallSeconds: (ContinuousClock.now - start) / .seconds(1))
        }
        Console.print(SeedResult(run).workerLine)
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
        if let out { Console.print("report: simnet report \(out) --out report.html") }
        guard bad.isEmpty else { throw ExitCode(1) }
    }

    private var range: ClosedRange<UInt64>? {
        let parts = seeds.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].isEmpty, let first = UInt64(parts[0]),
            let last = UInt64(parts[2]), first <= last, last - first < 10_000_000
        else { return nil }
        return first...last
    }
}
