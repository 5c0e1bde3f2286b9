import Synchronization
import UnixSignals

/// Whether the person has asked to stop, so that a long run can say how it goes on.
final class Interruption: Sendable {
    private let flag = Mutex(false)

    /// Traps SIGINT and SIGTERM from now on.
    init() {
        Task.detached { [self] in
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
                flag.withLock { $0 = true }
            }
        }
    }

    /// Ends the command with a message once it was asked for.
    func check(_ message: @autoclosure () -> String) throws {
        if flag.withLock({ $0 }) { throw Interrupted(message: message()) }
    }
}

struct Interrupted: Error {
    let message: String
    /// As a shell reports SIGINT.
    static let exitCode: Int32 = 130
}
