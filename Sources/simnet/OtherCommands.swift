import ArgumentParser
import Foundation
import Simulator

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The scenarios in simnet/scenarios.")

    func run() throws {
        for name in ScenarioFile.names {
            let scenario = try ScenarioFile.load(name)
            Console.print(
                name.padding(toLength: 24, withPad: " ", startingAt: 0) + scenario.summary)
        }
    }
}

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Every key of a scenario, or of the file form.")

    @Argument(help: "A scenario; without one, every key with its meaning.")
    var scenario: String?

    @Option(help: "Resolve a swarm with this seed.")
    var seed: UInt64?

    func run() throws {
        guard let scenario else {
            for field in ScenarioField.all {
                let value = field.toml(in: Scenario())
                Console.print(
                    "\(field.name) = \(value)\n    \(field.summary); \(field.allowed)"
                        + (field.isDrawn ? "; drawn in a swarm" : ""))
            }
            return
        }
        var loaded = try ScenarioFile.load(scenario)
        if let seed { loaded = loaded.resolved(seed: seed) }
        Console.print(loaded.toml)
    }
}

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Repeat a run and compare its trace hash.")

    @Argument(help: "A run directory.")
    var directory: String

    func run() throws {
        let manifest = try RunDirectory.manifest(in: directory)
        guard manifest.traceHash != "-" else {
            throw ScenarioFailure(
                message: "\(directory) is a run of real processes, which nothing can repeat",
                hint: "verify is for simulated runs")
        }
        let file = "\(directory)/\(RunDirectory.scenarioFile)"
        let scenario = try ScenarioFile.load(file)
        try scenario.checkCommunity(
            seed: manifest.seed, at: try ScenarioFile.place(of: "recommendation.attack", in: file))
        var bar = ProgressBar()
        let report = Simulation(scenario, seed: manifest.seed).run { now, end in
            bar.show(now, of: end, "again")
        }
        bar.finish()
        let isSame = report.traceHashText == manifest.traceHash
        Console.print(
            "\(isSame ? "same" : "DIFFERENT"): \(manifest.traceHash) then, "
                + "\(report.traceHashText) now, \(report.events) events")
        guard isSame else { throw ExitCode(1) }
    }
}
