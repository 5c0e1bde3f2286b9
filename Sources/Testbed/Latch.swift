import Dispatch
import Synchronization

/// A value that is set once and that threads can wait for.
final class Latch<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    /// Open once the value is set: who passes lets the next one pass.
    private let gate = DispatchSemaphore(value: 0)

    /// Sets the value and wakes everybody; later calls change nothing.
    func set(_ newValue: Value) {
        let isFirst = value.withLock { value in
            if value != nil { return false }
            value = newValue
            return true
        }
        if isFirst { gate.signal() }
    }

    var current: Value? { value.withLock { $0 } }

    /// The value, or nil when `seconds` pass without one.
    func wait(seconds: Double) -> Value? {
        if gate.wait(timeout: .now() + seconds) == .success { gate.signal() }
        return current
    }
}
