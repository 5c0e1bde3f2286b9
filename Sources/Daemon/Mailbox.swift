import Synchronization

/// What other threads hand to the loop thread: things to do there, in order.
final class Mailbox: Sendable {
    typealias Message = @Sendable (NodeLoop) -> Void

    private let messages = Mutex<[Message]>([])
    private let wake: @Sendable () -> Void

    /// `wake` makes the loop look here soon.
    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    func post(_ message: @escaping Message) {
        messages.withLock { $0.append(message) }
        wake()
    }

    func drain() -> [Message] {
        messages.withLock { pending in
            defer { pending = [] }
            return pending
        }
    }
}
