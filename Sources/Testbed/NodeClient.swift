public import Daemon
import Transport

/// Speaks to one running daemon over its control socket, as the command line does. One thread's.
public final class NodeClient {
    private let name: String
    private let connection: ControlConnection

    /// Connects to the daemon that listens at `path`; `name` is for messages.
    public init(path: String, name: String) throws(TestbedFailure) {
        self.name = name
        do throws(TransportError) {
            connection = try ControlConnection(path)
        } catch {
            throw TestbedFailure(
                code: .answer, operation: "reach \(name)", message: error.message,
                cause: error.description)
        }
    }

    /// Asks, and reads the document that must answer. Throws `.answer` for anything else.
    public func request<Answered: Document>(
        _ request: Request, as type: Answered.Type, seconds: Double = 10
    ) throws(TestbedFailure) -> Answered {
        switch try answer(to: request, seconds: seconds) {
        case .document(let json):
            do {
                return try DocumentCoder.decode(type, from: Array(json.utf8))
            } catch {
                throw failure("answered with something else than \(type.schemaName)", "\(error)")
            }
        case .failure(let refusal):
            var failure = failure("refused: \(refusal.message)", refusal.hint ?? "")
            failure.refusal = refusal
            throw failure
        }
    }

    /// Asks, and gives back the answer, whichever it is. Throws `.answer` when none comes.
    public func answer(to request: Request, seconds: Double = 10) throws(TestbedFailure) -> Answer {
        do {
            let bytes = try DocumentCoder.encode(request)
            let reply = try connection.request(
                bytes, timeoutMilliseconds: Int(seconds * 1000))
            return try DocumentCoder.decode(Answer.self, from: reply)
        } catch {
            throw failure("did not answer", "\(error)")
        }
    }

    private func failure(_ message: String, _ cause: String) -> TestbedFailure {
        TestbedFailure(code: .answer, operation: "ask \(name)", message: message, cause: cause)
    }
}
