import ArgumentParser
import Foundation
import Simulator

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run one scenario with one seed.")

    @OptionGroup var arguments: ScenarioArguments

    @Option(help: "Starts every random stream.")
    var seed: UInt64 = 1

    @Option(help: "Write the run directory here; it must not exist.")
    var out: String?

    func run() throws {
        let scenario = try arguments.load()
        try arguments.check(scenario, seeds: [seed])
        if let out { try RunDirectory.requireAbsent(out) }
        let start = ContinuousClock.now
        var bar = ProgressBar()
        let simulation = Simulation(scenario, seed: seed)
        let report = simulation.run { now, end in
            bar.show(now, of: end, "\(now / 1000) s of virtual time")
        }
        bar.finish()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        if let out {
            try RunDirectory.write(
                RunRecord(report), graph: simulation.trustGraph, to: out, wallSeconds: seconds)
        }
        Console.print(text(report, seconds))
        guard report.violationCount == 0 else { throw ExitCode(1) }
    }

    private func text(_ report: RunReport, _ seconds: Double) -> String {
        var lines = [
            "seed         \(report.seed)", "trace hash   \(report.traceHashText)",
            "virtual time \(report.duration / 1000) s",
            "events       \(report.events), \(Int(Double(report.events) / seconds)) a second",
            "checks       \(report.checks)",
        ]
        for (name, value) in report.figures where value != 0 {
            let shown = value == value.rounded() ? "\(Int(value))" : "\(value)"
            lines.append("  \(name) \(shown)")
        }
        lines.append("violations   \(report.violationCount)")
        for violation in report.violations { lines.append("  \(violation)") }
        if report.violationCount > 0 {
            lines.append("again:   simnet run \(command)")
            lines.append("smaller: simnet shrink \(command)")
        }
        return lines.joined(separator: "\n")
    }

    private var command: String {
        let changes = arguments.changes.map { " --set \($0)" }.joined()
        return "\(arguments.scenario) --seed \(seed)\(changes)"
    }
}
