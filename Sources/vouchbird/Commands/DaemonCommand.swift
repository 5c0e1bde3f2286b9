import ArgumentParser
import Cryptography
import Daemon
import Foundation
import Primitives

struct DaemonCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "daemon", abstract: "Run the node in the foreground until it is stopped.")

    @OptionGroup var global: GlobalOptions
    @Flag(name: .customLong("init"), help: "Make an identity first if there is none.")
    var makesIdentity = false
    @Flag(help: "Print every setting with its origin, and end.") var checkConfig = false
    @Flag(
        name: .customLong("i-know"),
        help: "Publish even if own.db may be an old copy: you know that it is the newest.")
    var isSureOfData = false
    @Flag(help: ArgumentHelp("End when standard input closes.", visibility: .hidden))
    var exitWithParent = false
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Override a setting, as ranking.mode=trusted; once for each.", valueName: "key=value"))
    var overrides: [String] = []

    func execute(_ session: Session) async throws {
        let configuration = try session.configuration(flags: try flags())
        let paths = try session.paths()
        guard !checkConfig else { return try print(configuration, paths, session.console) }
        try Sodium.start()
        if makesIdentity, !FileManager.default.fileExists(atPath: paths.authorKey) {
            let (identity, made) = try NodeSetup(session: session).run(author: nil)
            session.console.note(
                "Created identity \(identity.author.publicKey.text) (\(made.node.name))")
        }
        if exitWithParent { ParentWatch.start() }
        try await DaemonLaunch.run(
            try session.configuration(flags: try flags()), paths, isSureOfData: isSureOfData,
            session.console)
    }

    private func flags() throws -> [(Setting, String)] {
        try overrides.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let setting = Setting(rawValue: String(parts[0])) else {
                throw CommandFailure(
                    .configuration, code: "configuration",
                    "command line: there is no setting \(parts[0])",
                    hint: "settings are: "
                        + Setting.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return (setting, String(parts[1]))
        }
    }

    private func print(
        _ configuration: Configuration, _ paths: Paths, _ console: Console
    ) throws {
        let entries = Setting.allCases.map { setting in
            ConfigurationDocument.Entry(
                key: setting.rawValue, value: configuration.text(of: setting),
                origin: configuration.origin(of: setting).description)
        }
        guard !console.isJSON else {
            return try console.document(
                ConfigurationDocument(file: paths.configurationFile, items: entries))
        }
        console.lines(TerminalText.table(entries.map { [$0.key, $0.value, $0.origin] }))
    }
}
