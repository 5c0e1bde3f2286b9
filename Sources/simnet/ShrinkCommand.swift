import ArgumentParser
import Foundation
import Simulator

struct ShrinkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shrink",
        abstract: "Find a smaller scenario that violates the same invariant.",
        discussion: """
            Faults, adversaries, horizon, nodes and links are reduced one at a time while the same \
            invariant is violated first. The same arguments give the same result.
            """)

    @OptionGroup var arguments: ScenarioArguments

    @Option(help: "The seed that violates.")
    var seed: UInt64

    @Option(help: "Write the smallest scenario here; it must not exist.")
    var out: String?

    @Option(help: "Give up after this many runs and print the smallest so far.")
    var runs = 300

    func run() throws {
        if let out { try RunDirectory.requireAbsent(out) }
        let start = try arguments.load().resolved(seed: seed)
        let trial = try Trial(seed: seed)
        defer { trial.close() }
        guard let finding = try trial.run(start) else {
            throw ScenarioFailure(
                message: "seed \(seed) violates nothing", hint: "simnet sweep finds seeds that do")
        }
        Console.error("\(finding.text)\n")
        var shrinker = Shrinker(start, finding: finding, limit: runs)
        var bar = ProgressBar()
        try shrinker.shrink(
            progress: { now in
                bar.show(
                    UInt64(now.runs), of: UInt64(runs),
                    "run \(now.runs), \(now.scenario.honestNodes) nodes, "
                        + "\(now.scenario.activeSeconds) s")
            }, run: trial.run)
        bar.finish()
        try tell(shrinker)
    }

    private func tell(_ shrinker: Shrinker) throws {
        var scenario = shrinker.scenario
        scenario.summary = "seed \(seed): \(shrinker.finding.invariant)"
        let text = scenario.shortTOML
        Console.print(text)
        let name = out ?? "FILE.toml"
        if let out {
            do {
                try Data(text.utf8).write(to: URL(fileURLWithPath: out))
            } catch {
                throw FileFailure(
                    message: "\(out) cannot be written: \(error.localizedDescription)")
            }
        }
        Console.print("# \(shrinker.finding.text)")
        let end = shrinker.isExhausted ? "stopped after" : "nothing smaller left after"
        Console.print("# \(end) \(shrinker.runs) runs")
        let place = name.contains("/") ? name : "./\(name)"
        Console.print("# again: simnet run \(place) --seed \(seed)")
    }
}

/// Runs candidates in processes of their own: a broken invariant of the code itself ends a process.
private struct Trial {
    let seed: UInt64
    private let file: String

    init(seed: UInt64) throws {
        self.seed = seed
        file =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("simnet-\(UUID().uuidString).toml").path
    }

    func run(_ scenario: Scenario) throws -> Shrinker.Finding? {
        do {
            try Data(scenario.toml.utf8).write(to: URL(fileURLWithPath: file))
        } catch {
            throw FileFailure(message: "\(file) cannot be written: \(error.localizedDescription)")
        }
        let source = WorkSource(scenario: file, changes: [], out: nil)
        guard let result = try Worker.run([seed], source).first, result.violations > 0 else {
            return nil
        }
        return Shrinker.Finding(
            invariant: String(result.first.prefix { $0 != " " && $0 != "," }),
            timeMilliseconds: result.firstAt, text: result.first)
    }

    func close() { try? FileManager.default.removeItem(atPath: file) }
}
