import ArgumentParser
import Foundation
import Simulator

@main
struct Simnet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simnet",
        abstract: "A whole network of nodes, faults and adversaries from one seed.",
        discussion: """
            The same scenario and seed give the same trace hash on every machine and in every build. \
            Results go to standard output, everything else to standard error.

            Exit codes: 0 nothing was violated, 1 something was, 64 usage, 65 a scenario that \
            cannot be run, 74 files, 130 interrupted.
            """,
        subcommands: [
            RunCommand.self, SweepCommand.self, ReportCommand.self, CompareCommand.self,
            VerifyCommand.self, ShrinkCommand.self, LocalCommand.self, ListCommand.self,
            ShowCommand.self, ReproduceCommand.self, EclipseCommand.self, SoakCommand.self,
        ])

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let failure as ScenarioFailure {
            end(65, failure.message, failure.hint)
        } catch let failure as FileFailure {
            end(74, failure.message, nil)
        } catch let interrupted as Interrupted {
            end(Interrupted.exitCode, interrupted.message, nil)
        } catch let worker as ExitedWorker {
            exit(withError: ExitCode(worker.status))
        } catch {
            exit(withError: error)
        }
    }

    private static func end(_ code: Int32, _ message: String, _ hint: String?) -> Never {
        Console.error("error: \(message)\n" + (hint.map { "  \($0)\n" } ?? ""))
        exit(withError: ExitCode(code))
    }
}

/// A file of a run that cannot be read or written.
struct FileFailure: Error {
    let message: String
}
