public import Daemon
import Dispatch
public import Foundation
import Synchronization

/// One real daemon on loopback with a directory of its own.
///
/// It may be started, killed and started again; between two runs its directory stays.
public final class LocalNode: Sendable {
    public struct Settings: Sendable {
        /// The built `vouchbird`.
        public var binary: URL
        /// How often nodes compare what they hold, s. A demo and a test are in a hurry.
        public var antiEntropySeconds = 1
        /// Until "Ready.".
        public var startSeconds = 30.0
        /// Open files and memory (RLIMIT_NOFILE, RLIMIT_DATA) that the daemon may have; 0: as much as this process.
        public var descriptors = 0
        public var memoryMebibytes = 0
        /// Further settings, as variables of the environment.
        public var variables: [String: String] = [:]

        public init(binary: URL) { self.binary = binary }

        /// A program, behind a shell that sets limits and becomes it where there are any.
        func launch(_ binary: URL) -> [String] {
            var limits: [String] = []
            if descriptors > 0 { limits.append("ulimit -n \(descriptors)") }
            if memoryMebibytes > 0 { limits.append("ulimit -d \(memoryMebibytes * 1_024)") }
            guard !limits.isEmpty else { return [binary.path] }
            let script = (limits + ["exec \"$0\" \"$@\""]).joined(separator: " && ")
            return ["/bin/sh", "-c", script, binary.path]
        }

        /// For the environment of the daemon: wins over its file of settings.
        var environment: [String: String] {
            let own = ["VOUCHBIRD_GOSSIP_ANTI_ENTROPY_SECONDS": String(antiEntropySeconds)]
            return own.merging(variables) { _, further in further }
        }
    }

    public let name: String
    public let directory: URL
    public let port: UInt16
    private let settings: Settings
    private let program: Mutex<URL>
    private let child = Mutex<ChildProcess?>(nil)

    public init(name: String, directory: URL, port: UInt16, settings: Settings) {
        self.name = name
        self.directory = directory
        self.port = port
        self.settings = settings
        program = Mutex(settings.binary)
    }

    public var address: String { "tcp://127.0.0.1:\(port)" }
    public var processIdentifier: Int32? { running?.processIdentifier }
    /// The process of the last start, if it still runs.
    public var running: ChildProcess? { child.withLock { $0 }.flatMap { $0.isRunning ? $0 : nil } }
    /// The last words of the last start.
    public var lastWords: String { child.withLock { $0?.lastWords } ?? "" }

    /// What the last start has written to standard error, as far as it is kept.
    public var errorLines: [String] {
        child.withLock { $0?.errorText.split(separator: "\n").map(String.init) ?? [] }
    }

    /// Bytes that the last start has written to standard error, where its log goes.
    public var errorBytes: Int { child.withLock { $0?.errorBytes ?? 0 } }

    // MARK: Its life

    /// Another build of `vouchbird`, from the next start or command on: an upgrade, or the way back.
    public var binary: URL {
        get { program.withLock { $0 } }
        set { program.withLock { $0 = newValue } }
    }

    /// Makes keys and databases: `vouchbird init`.
    public func initialise() throws(TestbedFailure) {
        let result = try command([
            "init", "--name", name, "--listen", address, "--non-interactive",
        ])
        guard result.exitCode == 0 else {
            throw TestbedFailure(
                code: .process, operation: "vouchbird init for \(name)",
                message: "exit code \(result.exitCode)", cause: result.errorOutput)
        }
    }

    /// Starts the daemon without waiting for it. Requires that it does not run.
    public func start(flags: [String] = []) throws(TestbedFailure) {
        let command =
            settings.launch(binary) + [
                "daemon", "--data-dir", directory.path, "--exit-with-parent",
            ] + flags
        let started = try ChildProcess(
            executable: URL(fileURLWithPath: command[0]), arguments: Array(command.dropFirst()),
            environment: settings.environment)
        child.withLock { $0 = started }
    }

    /// Waits for the daemon's own word that it is ready. Throws `.process` when it ends instead.
    public func waitUntilReady() throws(TestbedFailure) {
        guard let child = child.withLock({ $0 }) else {
            throw TestbedFailure(
                code: .usage, operation: "wait for \(name)", message: "not started")
        }
        let seconds = settings.startSeconds
        if child.errorLine(seconds: seconds, where: { $0.hasPrefix("Ready.") }) != nil { return }
        // The end of its output comes before the word that it ended.
        let isRunning = child.wait(seconds: 1) == nil
        throw TestbedFailure(
            code: isRunning ? .deadline : .process, operation: "start \(name)'s daemon",
            message: isRunning ? "not ready after \(seconds) s" : "it ended",
            cause: child.lastWords)
    }

    /// SIGKILL: what a power cut is to a process.
    public func kill() { child.withLock { $0 }?.kill() }

    /// SIGTERM, then SIGKILL after a deadline. How it ended.
    @discardableResult
    public func stop(seconds: Double = 5) -> ChildProcess.Ending? {
        child.withLock { $0 }?.stop(seconds: seconds)
    }

    /// Lets the daemon believe that its parent died.
    public func releaseLeash() { child.withLock { $0 }?.releaseLeash() }

    // MARK: What it is asked

    /// A connection to the daemon that runs, for many requests in a row.
    public func client() throws(TestbedFailure) -> NodeClient {
        let paths: Paths
        do {
            paths = try Paths.resolve(
                dataDirectory: directory.path, environment: [:], workingDirectory: "/",
                userIdentifier: getuid())
        } catch {
            throw TestbedFailure(
                code: .usage, operation: "find \(name)'s socket", message: "\(error)")
        }
        return try NodeClient(path: paths.controlSocket, name: name)
    }

    /// One request on a connection of its own.
    public func request<Answered: Document>(
        _ request: Request, as type: Answered.Type, seconds: Double = 10
    ) throws(TestbedFailure) -> Answered {
        try client().request(request, as: type, seconds: seconds)
    }

    public func status() throws(TestbedFailure) -> StatusDocument {
        try request(.status, as: StatusDocument.self)
    }

    public func identity() throws(TestbedFailure) -> IdentityDocument {
        try request(.identity, as: IdentityDocument.self)
    }

    /// Publishes drafts in as many requests as it takes. Throws `.answer` when one is refused.
    public func publish(_ drafts: [Draft]) throws(TestbedFailure) {
        let client = try client()
        for start in stride(from: 0, to: drafts.count, by: Request.maximumDrafts) {
            let part = Array(drafts[start..<min(start + Request.maximumDrafts, drafts.count)])
            let answer = try client.request(.publish(drafts: part), as: PublishDocument.self)
            if let refused = answer.items.first(where: { $0.outcome == .refused }) {
                throw TestbedFailure(
                    code: .answer, operation: "publish on \(name)",
                    message: refused.reason ?? "refused")
            }
        }
    }

    /// Every edge of a kind that the node knows, page by page.
    public func edges(_ kind: Request.EdgeKind) throws(TestbedFailure) -> [EdgesDocument.Edge] {
        let client = try client()
        var edges: [EdgesDocument.Edge] = []
        var cursor: String?
        repeat {
            let page = try client.request(
                .edges(own: false, kind: kind, after: cursor, limit: 1000),
                as: EdgesDocument.self)
            edges += page.items
            cursor = page.nextCursor
        } while cursor != nil
        return edges
    }

    /// Waits until the ranking has caught up with the graph: a node ranks a moment after a change.
    public func waitUntilFresh(seconds: Double = 15) throws(TestbedFailure) {
        let deadline = DispatchTime.now() + seconds
        let client = try client()
        while true {
            let ranking = try client.request(.status, as: StatusDocument.self).recommendations
            if ranking.computedAt != nil, !ranking.isStale { return }
            guard DispatchTime.now() < deadline else {
                throw TestbedFailure(
                    code: .deadline, operation: "wait for \(name)'s ranking",
                    message: "still stale after \(seconds) s")
            }
            Pause.milliseconds(20)
        }
    }

    /// Runs a command of the command line against this node's directory.
    public func command(
        _ arguments: [String], seconds: Double = 30
    ) throws(TestbedFailure) -> CommandResult {
        try CommandResult.run(
            binary, arguments + ["--data-dir", directory.path], seconds: seconds)
    }
}
