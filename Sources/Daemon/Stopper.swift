import Synchronization

/// Carries a wish to stop to the loop, whichever of the two is there first.
final class Stopper: Sendable {
    private struct State {
        var mailbox: Mailbox?
        var isStopping = false
    }

    private let state = Mutex(State())

    func stop() {
        let mailbox = state.withLock { state in
            state.isStopping = true
            return state.mailbox
        }
        mailbox.map(Self.send)
    }

    func attach(_ mailbox: Mailbox) {
        let isStopping = state.withLock { state in
            state.mailbox = mailbox
            return state.isStopping
        }
        if isStopping { Self.send(mailbox) }
    }

    private static func send(_ mailbox: Mailbox) { mailbox.post { $0.stop(.stopped) } }
}
