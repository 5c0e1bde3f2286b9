import Daemon
import Transport

/// The daemon, as the command line sees it: requests over its local socket.
///
/// Owns one connection, made with the first request; used by one thread.
final class NodeClient {
    private let paths: Paths
    private let timeoutMilliseconds: Int
    private var connection: ControlConnection?

    /// An answer as it came and as it reads.
    struct Reply<Answer: Document> {
        let json: String
        var document: Answer
    }

    init(paths: Paths, timeoutMilliseconds: Int) {
        self.paths = paths
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// Sends one request and waits for its document. Throws the daemon's `RequestFailure`, or why
    /// there is no daemon to ask.
    func ask<Answer: Document>(_ request: Request, for type: Answer.Type) throws -> Reply<Answer> {
        let bytes = try DocumentCoder.encode(request)
        let reply = try exchange(bytes)
        let answer: Daemon.Answer
        do {
            answer = try DocumentCoder.decode(Daemon.Answer.self, from: reply)
        } catch {
            throw strange("it does not speak this program's language")
        }
        switch answer {
        case .failure(let failure): throw failure
        case .document(let json):
            do {
                let document = try DocumentCoder.decode(type, from: Array(json.utf8))
                return Reply(json: json, document: document)
            } catch {
                throw strange("its answer is no \(type.schemaName)")
            }
        }
    }

    private func exchange(_ bytes: [UInt8]) throws -> [UInt8] {
        do {
            try paths.checkRuntimeDirectory()
            let open = try connection ?? ControlConnection(paths.controlSocket)
            connection = open
            return try open.request(bytes, timeoutMilliseconds: timeoutMilliseconds)
        } catch let error as TransportError {
            throw explained(error)
        }
    }

    private func explained(_ error: TransportError) -> CommandFailure {
        switch error.code {
        case .noSocketFile, .nobodyAnswers:
            return CommandFailure(
                .unavailable, code: "not-running",
                "no vouchbird daemon runs on \(paths.stateDirectory)",
                hints: [
                    "start it:      vouchbird daemon",
                    "another node:  vouchbird COMMAND --data-dir DIR",
                ])
        case .connectionLost:
            return CommandFailure(
                .unavailable, code: "connection-lost", "the daemon ended before it answered",
                hint: "vouchbird doctor")
        case .timedOut:
            return CommandFailure(
                .tryAgain, code: "timeout",
                "the daemon did not answer within \(timeoutMilliseconds) ms",
                hint: "wait longer: --timeout SECONDS, or look: vouchbird doctor")
        default:
            return CommandFailure(error)
                ?? CommandFailure(.unavailable, code: "transport", error.description)
        }
    }

    private func strange(_ why: String) -> CommandFailure {
        CommandFailure(
            .unavailable, code: "version-mismatch",
            "the daemon on \(paths.stateDirectory) is of another version: \(why)",
            hint: "restart it: vouchbird stop, then vouchbird daemon")
    }
}
