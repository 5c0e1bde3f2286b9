import ArgumentParser
import Cryptography
import Daemon
import Foundation
import Primitives

struct InitCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make an identity, its keys and the settings of a node.")

    @OptionGroup var global: GlobalOptions
    @Option(help: "What this node calls itself; stays on this node.") var name: String?
    @Option(
        help: ArgumentHelp("Where peers may connect, once for each.", valueName: "tcp://host:port"))
    var listen: [String] = []
    @Option(help: "Only nodes of the same network exchange records.") var network: String?
    @Flag(help: "Ask nothing, take defaults.") var nonInteractive = false

    func execute(_ session: Session) async throws {
        let setup = NodeSetup(
            session: session, name: try chosenName(session), listen: listen, network: network)
        let (identity, configuration) = try setup.run(author: nil)
        try setup.report(identity, configuration, isRestored: false)
    }

    private func chosenName(_ session: Session) throws -> String? {
        guard name == nil, !nonInteractive, !global.json, Console.canAsk else { return name }
        let standard = session.environment["USER"] ?? "node"
        Console.write("Name of this node [\(TerminalText.safe(standard))]: ", to: .standardError)
        let answer = readLine()?.trimmingCharacters(in: .whitespaces) ?? ""
        return answer.isEmpty ? standard : answer
    }
}

/// What `init`, `daemon --init` and `identity restore` have in common: directories, keys, settings.
struct NodeSetup {
    let session: Session
    var name: String?
    var listen: [String] = []
    var network: String?

    /// Makes the node. `author` is a restored identity; nil makes a new one.
    func run(author: SigningKey?) throws -> (NodeIdentity, Configuration) {
        try Sodium.start()
        let paths = try session.paths()
        let hasFile = FileManager.default.fileExists(atPath: paths.configurationFile)
        var configuration = try session.configuration(flags: flags)
        guard !FileManager.default.fileExists(atPath: paths.authorKey) else {
            throw CommandFailure(
                .cannotCreate, code: "exists", "\(paths.stateDirectory) has an identity already",
                hints: [
                    "see it:        \(session.command("identity show"))",
                    "second node:   vouchbird init --data-dir DIR",
                ])
        }
        if configuration.origin(of: .nodeListen) == .standard {
            let port = ListeningPorts.firstFree(from: Configuration.standardPort)
            configuration.node.listen = ["tcp://127.0.0.1:\(port)"]
        }
        if configuration.origin(of: .nodeName) == .standard, let user = session.environment["USER"]
        {
            let value = SettingValue.text(user)
            try? configuration.set(.nodeName, to: value, origin: .standard, source: "USER")
        }
        try paths.prepareDirectories()
        let identity = try NodeIdentity.create(paths, author: author)
        try DaemonService.createStore(
            configuration: configuration, paths: paths, identity: identity)
        if !hasFile { try Files.create(paths.configurationFile, configuration.fileText()) }
        return (identity, configuration)
    }

    func report(
        _ identity: NodeIdentity, _ configuration: Configuration, isRestored: Bool
    ) throws {
        let paths = try session.paths()
        let shown = identity.document(name: configuration.node.name)
        let console = session.console
        guard !console.isJSON else {
            return try console.document(
                InitDocument(
                    name: shown.name, author: shown.author, words: shown.words, feed: shown.feed,
                    nodeKey: shown.nodeKey, network: configuration.node.network,
                    listen: configuration.node.listen, isRestored: isRestored,
                    configurationFile: paths.configurationFile,
                    stateDirectory: paths.stateDirectory))
        }
        let author = identity.author.publicKey.shortText
        console.line(
            "\(isRestored ? "Restored" : "Created") identity    \(author)      (words: \(shown.words))"
        )
        console.line("Config              \(paths.configurationFile)")
        console.line("Data                \(paths.stateDirectory)")
        console.line("Listening           \(configuration.node.listen.joined(separator: ", "))")
        if !isRestored {
            let file = "\(configuration.node.name.filter { $0.isLetter || $0.isNumber }).vbkey"
            console.line("Back it up now:     \(session.command("identity backup --to \(file)"))")
        }
        console.line("Start:              \(session.command("daemon"))")
    }

    private var flags: [(Setting, String)] {
        var flags: [(Setting, String)] = []
        if let name { flags.append((.nodeName, name)) }
        if !listen.isEmpty { flags.append((.nodeListen, listen.joined(separator: ","))) }
        if let network { flags.append((.nodeNetwork, network)) }
        return flags
    }
}
