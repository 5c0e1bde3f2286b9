import ArgumentParser
import Daemon
import Foundation

@main
struct Vouchbird: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vouchbird",
        abstract:
            "A recommender of your own: what people whom you trust like, signed and gossiped.",
        discussion: "Results go to standard output, everything else to standard error.",
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Node",
                subcommands: [
                    InitCommand.self, DaemonCommand.self, StatusCommand.self, StopCommand.self,
                    DoctorCommand.self, PathsCommand.self, VersionCommand.self,
                ]),
            CommandGroup(
                name: "Everyday",
                subcommands: [
                    RecommendCommand.self, WhyCommand.self, PlayCommand.self, LikeCommand.self,
                    DislikeCommand.self, UnlikeCommand.self, HideCommand.self, TitleCommand.self,
                    HistoryCommand.self,
                ]),
            CommandGroup(
                name: "People",
                subcommands: [TrustCommand.self, PeersCommand.self, InviteCommand.self]),
            CommandGroup(
                name: "Data and keys",
                subcommands: [
                    ImportCommand.self, ExportCommand.self, IdentityCommand.self,
                    DeviceCommand.self,
                ]),
            CommandGroup(
                name: "Research",
                subcommands: [
                    RankCommand.self, EvaluateCommand.self, DemoCommand.self, VerdictsCommand.self,
                ]),
        ])

    static func main() async {
        do {
            var command = try parseAsRoot(
                GlobalOptions.moved(Array(CommandLine.arguments.dropFirst())))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
    }

    /// Prints why the command ended, in the form that was asked for, and ends the process.
    private static func end(with error: any Error) -> Never {
        let isJSON = CommandLine.arguments.prefix { $0 != "--" }.contains("--json")
        if let failure = CommandFailure(error) {
            report(failure, isJSON: isJSON)
            exit(withError: ExitCode(failure.status))
        }
        let status = exitCode(for: error)
        guard isJSON, status == .validationFailure else { exit(withError: error) }
        report(.usage(message(for: error)), isJSON: true)
        exit(withError: status)
    }

    private static func report(_ failure: CommandFailure, isJSON: Bool) {
        var text = "error: \(TerminalText.safe(failure.message))\n"
        let mark = failure.hints.count == 1 ? "next: " : ""
        for hint in failure.hints { text += "  \(mark)\(TerminalText.safe(hint))\n" }
        if isJSON {
            let document = ErrorDocument(
                code: failure.code, exitCode: failure.status.rawValue, message: failure.message,
                hint: failure.hints.isEmpty ? nil : failure.hints.joined(separator: "\n"))
            if let bytes = try? DocumentCoder.encode(document) {
                text = String(decoding: bytes, as: UTF8.self) + "\n"
            }
        }
        Console.write(text, to: .standardError)
    }
}

/// The version of this build, as the daemon says it too.
enum Version {
    static let text = Daemon.Vouchbird.version
}
