import ArgumentParser

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write what this node knows in forms that others read.",
        subcommands: [ExportEvents.self, ExportTrust.self, ExportRecommendations.self])
}
