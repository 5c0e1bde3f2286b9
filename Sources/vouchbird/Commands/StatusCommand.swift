import ArgumentParser
import Daemon
import Foundation

struct StatusCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "How the node is doing.")

    @OptionGroup var global: GlobalOptions
    @Flag(help: "Again every two seconds, until interrupted.") var watch = false

    func execute(_ session: Session) async throws {
        repeat {
            if let status = try session.ask(.status, for: StatusDocument.self) {
                session.console.lines(StatusText.lines(status, session.console))
            }
            guard watch else { return }
            if !session.console.isJSON { session.console.line() }
            try await Task.sleep(for: .seconds(2))
        } while true
    }
}

/// A status in the words of a person.
enum StatusText {
    static func lines(_ status: StatusDocument, _ console: Console) -> [String] {
        let head =
            "\(console.bold(TerminalText.safe(status.name)))  "
            + "\(AuthorText.short(status.author, name: nil))   "
            + "up \(TerminalText.duration(seconds: status.uptimeSeconds))   network "
            + TerminalText.safe(status.network)
        let rows = [
            ("Network", network(status)), ("Records", records(status)), ("Trust", trust(status)),
            ("Recs", recommendations(status)), ("Store", store(status)),
            (
                "Frontier",
                "\(status.frontier.feeds) feeds, digest "
                    + TerminalText.safe(String(status.frontier.digest.prefix(16)))
            ),
        ]
        let body = rows.map { TerminalText.padded($0.0, to: 10) + $0.1 }
        let warnings = status.warnings.map { console.warning("! " + TerminalText.safe($0)) }
        return [head] + body + warnings
    }

    private static func network(_ status: StatusDocument) -> String {
        let links = status.links
        return "\(links.connected) links (\(links.inbound) in, \(links.outbound) out), "
            + "\(links.configured) peers configured   "
            + "\(TerminalText.bytes(links.receivedBytes)) in, "
            + "\(TerminalText.bytes(links.sentBytes)) out   listening on "
            + status.listen.map(TerminalText.safe).joined(separator: ", ")
    }

    private static func records(_ status: StatusDocument) -> String {
        let rejected = status.records.verdicts.keys.sorted()
            .filter { $0.hasPrefix("rejected.") }
            .reduce(UInt64(0)) { $0 + (status.records.verdicts[$1] ?? 0) }
        return "\(TerminalText.count(status.records.own)) own   "
            + "\(TerminalText.count(status.records.known)) known of "
            + "\(TerminalText.count(status.records.feeds)) feeds   "
            + "\(status.records.forkedFeeds) forked   \(TerminalText.count(rejected)) rejected"
    }

    private static func trust(_ status: StatusDocument) -> String {
        "\(TerminalText.count(status.trust.direct)) direct, "
            + "\(TerminalText.count(status.trust.reachable)) reachable      cut off as unreachable: "
            + "\(TerminalText.count(status.trust.unreachable)) identities"
    }

    private static func recommendations(_ status: StatusDocument) -> String {
        let list = status.recommendations
        guard let time = list.computedAt else {
            return "none yet (\(TerminalText.safe(list.engine)))"
        }
        let took = list.rankMilliseconds.map { " in \(TerminalText.decimal($0, 1)) ms" } ?? ""
        return "\(list.isStale ? "stale" : "fresh"), made \(TerminalText.age(of: time))\(took) by "
            + "\(TerminalText.safe(list.engine)), \(TerminalText.count(list.ready)) ready"
    }

    private static func store(_ status: StatusDocument) -> String {
        "\(TerminalText.safe(status.store.state))   own \(TerminalText.bytes(status.store.ownBytes)), "
            + "others \(TerminalText.bytes(status.store.netBytes)) of "
            + TerminalText.bytes(status.store.budgetBytes)
    }
}

struct StopCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop the daemon in good order, and wait until it has ended.",
        discussion: "Ends with 75 when the daemon still runs after --timeout seconds.")

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) async throws {
        var answer = try stop(session.client())
        let milliseconds = Int(global.timeout * 1000)
        let lock = try session.paths().lockFile
        guard DirectoryLock.waitUntilFree(path: lock, milliseconds: milliseconds) else {
            throw CommandFailure(
                .tryAgain, code: "timeout",
                "the daemon was told to stop and still runs after \(milliseconds) ms",
                hint: "wait longer: --timeout SECONDS")
        }
        answer.message = "stopped"
        guard !session.console.isJSON else { return try session.console.document(answer) }
        session.console.line(answer.message)
    }

    /// The answer is the last thing that the daemon does, and libzmq may lose it with the socket that closes: that the
    /// connection ended is an answer too, and the wait for the lock tells whether the daemon has.
    private func stop(_ client: NodeClient) throws -> DoneDocument {
        do {
            return try client.ask(.stop, for: DoneDocument.self).document
        } catch let failure as CommandFailure where failure.code == "connection-lost" {
            return DoneDocument(message: "stopping")
        }
    }
}
