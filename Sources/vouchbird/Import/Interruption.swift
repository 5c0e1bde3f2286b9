import Synchronization
import UnixSignals

/// Whether the person has asked to stop: the first Ctrl-C lets the work end in good order.
final class Interruption: Sendable {
    private let flag = Mutex(false)

    var isRequested: Bool { flag.withLock { $0 } }

    /// Waits for SIGINT or SIGTERM until the task is cancelled.
    func watch() async {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) {
            flag.withLock { $0 = true }
        }
    }
}
