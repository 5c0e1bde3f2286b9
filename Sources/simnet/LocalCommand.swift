import ArgumentParser
import Foundation
import Simulator
import Testbed

struct LocalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "local", abstract: "Run a scenario with real daemons on this machine.",
        discussion: """
            Each node is a `vouchbird` process with a directory of its own, linked over loopback by a \
            relay that delays, stalls, resets and parts; kills are SIGKILL. The plan follows from the \
            seed, what happens does not: real time is in it.
            """)

    @OptionGroup var arguments: ScenarioArguments

    @Option(help: "Starts every random stream of the plan.")
    var seed: UInt64 = 1

    @Option(help: "Write the run directory here; it must not exist.")
    var out: String?

    @Option(help: "The built vouchbird; the one beside this program where absent.")
    var vouchbird: String?

    @Option(
        help: """
            Another build of vouchbird: every second node runs it until it is killed, and one of the others \
            in the end.
            """)
    var older: String?

    private static let linkProgram = "simnet/local/link.py"
    private static let mostNodes = 50

    func run() throws {
        let scenario = try arguments.load(forDaemons: true).resolved(seed: seed)
        let size = try Self.size(scenario)
        if let out { try RunDirectory.requireAbsent(out) }
        let binary = try program()
        let older = try older.map { try BuiltProgram.vouchbird($0) }
        let start = ContinuousClock.now
        let findings: LocalFindings
        var bar = ProgressBar()
        do throws(TestbedFailure) {
            let local = try LocalRun(
                LocalPlan(size, seed: seed), binary: binary,
                linkProgram: URL(fileURLWithPath: Self.linkProgram), older: older)
            defer { local.close() }
            findings = try local.run { now, end in
                bar.show(UInt64(max(0, now)), of: UInt64(end), "\(now / 1000) s")
            }
        } catch {
            bar.finish()
            throw FileFailure(message: error.description)
        }
        bar.finish()
        let run = record(findings, scenario)
        if let out {
            try RunDirectory.write(
                run, to: out, wallSeconds: (ContinuousClock.now - start) / .seconds(1))
        }
        tell(findings, run)
        guard run.violationCount == 0 else { throw ExitCode(1) }
    }

    /// What a scenario means for real daemons; what they cannot do is refused.
    private static func size(_ scenario: Scenario) throws -> LocalPlan.Size {
        guard (2...mostNodes).contains(scenario.honestNodes) else {
            throw ScenarioFailure(
                message: "\(scenario.honestNodes) nodes: local runs have 2 to \(mostNodes)",
                hint: "--set nodes.honest=8")
        }
        let supported: Set<String> = [
            "faults.halves", "faults.isolations", "faults.resets", "faults.crashes",
        ]
        let others = ScenarioField.all.filter { field in
            guard case .integer(let path, _) = field.kind, field.isDrawn else { return false }
            return scenario[keyPath: path] > 0 && !supported.contains(field.name)
        }
        guard others.isEmpty else {
            throw ScenarioFailure(
                message: "\(others.map(\.name).joined(separator: ", ")): not with real daemons",
                hint: "local runs know \(supported.sorted().joined(separator: ", "))")
        }
        var size = LocalPlan.Size()
        size.nodes = scenario.honestNodes
        size.dialledLinks = scenario.dialledLinks
        size.activeSeconds = scenario.activeSeconds
        size.settleSeconds = scenario.settleSeconds
        size.sampleSeconds = scenario.sampleSeconds
        size.actionSeconds = scenario.actionSeconds
        size.delayMilliseconds = scenario.delayMilliseconds
        size.jitterMilliseconds = scenario.jitterMilliseconds
        size.lossPerMillion = scenario.lossPerMillion
        size.kills = scenario.crashes
        size.halves = scenario.halves
        size.isolations = scenario.isolations
        size.partitionSeconds = scenario.partitionSeconds
        size.resets = scenario.resets
        size.descriptors = scenario.descriptors
        size.memoryMebibytes = scenario.memoryMebibytes
        return size
    }

    private func program() throws -> URL {
        let found = try BuiltProgram.vouchbird(vouchbird)
        guard FileManager.default.fileExists(atPath: Self.linkProgram) else {
            throw FileFailure(
                message: "\(Self.linkProgram) is not here: run simnet at the root of its sources")
        }
        return found
    }

    private func record(_ findings: LocalFindings, _ scenario: Scenario) -> RunRecord {
        let rows = findings.rows.map {
            MetricRow(tick: $0.second, metric: $0.metric, group: $0.group, value: $0.value)
        }
        let figures = findings.figures.map {
            MetricRow(
                tick: findings.milliseconds / 1000, metric: $0.name,
                group: MetricRow.figureGroup, value: $0.value)
        }
        return RunRecord(
            scenario: scenario.toml, seed: seed, traceHash: "-", events: findings.events,
            checks: findings.checks, durationMilliseconds: findings.milliseconds,
            violations: findings.breaches.map {
                Violation(
                    invariant: $0.invariant, time: $0.atMilliseconds, host: $0.node,
                    detail: $0.detail)
            },
            violationCount: findings.breaches.count, rows: rows + figures)
    }

    private func tell(_ findings: LocalFindings, _ run: RunRecord) {
        Console.print("seed         \(seed)")
        Console.print(
            "time         \(String(format: "%.1f", Double(findings.milliseconds) / 1000)) s")
        Console.print("checks       \(findings.checks)")
        for (name, value) in findings.figures {
            Console.print("  \(name) \(value == value.rounded() ? "\(Int(value))" : "\(value)")")
        }
        Console.print("violations   \(run.violationCount)")
        for violation in run.violations { Console.print("  \(violation)") }
    }
}
