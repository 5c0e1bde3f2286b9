import Daemon
import Foundation

/// What one run of a command works with: its words, its places, and the daemon behind the socket.
struct Session: Sendable {
    let console: Console
    let environment: [String: String]
    private let dataDirectory: String?
    private let timeoutMilliseconds: Int

    init(_ options: GlobalOptions, environment: [String: String]) {
        self.environment = environment
        dataDirectory = options.dataDir
        timeoutMilliseconds = Int(options.timeout * 1000)
        console = Console(
            isJSON: options.json, isQuiet: options.quiet, forbidsColour: options.noColor,
            environment: environment)
    }

    func paths() throws -> Paths {
        try Paths.resolve(
            dataDirectory: dataDirectory, environment: environment,
            workingDirectory: FileManager.default.currentDirectoryPath, userIdentifier: geteuid())
    }

    /// The settings, with the flags of this command on top.
    func configuration(flags: [(Setting, String)] = []) throws -> Configuration {
        try Configuration.load(
            path: try paths().configurationFile, environment: environment, flags: flags)
    }

    func client() throws -> NodeClient {
        NodeClient(paths: try paths(), timeoutMilliseconds: timeoutMilliseconds)
    }

    /// Asks the daemon once. With `--json` its answer is printed as it came, and nil returned.
    func ask<Answer: Document>(
        _ request: Request, for type: Answer.Type = Answer.self
    ) throws -> Answer? {
        let reply = try client().ask(request, for: type)
        guard console.isJSON else { return reply.document }
        console.line(reply.json)
        return nil
    }

    /// How this command would have to be called on the same node: for hints.
    func command(_ rest: String) -> String {
        let place = dataDirectory.map { " --data-dir \($0)" } ?? ""
        return "vouchbird \(rest)\(place)"
    }
}
