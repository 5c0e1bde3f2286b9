import Dispatch
import Foundation
import Synchronization

/// What a child process says, line by line, kept for as long as somebody may ask.
final class OutputLines: Sendable {
    /// Lines kept; older ones go. A talkative child cannot fill our memory.
    static let capacity = 5000

    fileprivate struct State {
        var lines: [String] = []
        /// How many lines went before `lines`.
        var dropped = 0
        var partial: [UInt8] = []
        var byteCount = 0
        var isClosed = false
        var waiters: [DispatchSemaphore] = []
    }

    private let state = Mutex(State())

    /// Reads `handle` to its end on a queue of the system.
    func follow(_ handle: FileHandle) {
        handle.readabilityHandler = { [self] handle in
            var data = handle.availableData
            // Nothing may mean that a signal interrupted the reading: only a second look tells that from the end.
            if data.isEmpty { data = (try? handle.read(upToCount: 1)) ?? Data() }
            if data.isEmpty {
                handle.readabilityHandler = nil
                close()
            } else {
                take(data)
            }
        }
    }

    /// The lines, and what follows the last of them. Not waiting for the end: another child that was started at
    /// the same moment may hold the pipe open.
    var all: [String] {
        state.withLock { state in
            state.partial.isEmpty
                ? state.lines : state.lines + [String(decoding: state.partial, as: UTF8.self)]
        }
    }

    /// Bytes so far, whether their lines are still kept or not.
    var byteCount: Int { state.withLock { $0.byteCount } }

    /// The last lines as one text, for a failure's cause.
    func tail(_ count: Int = 20) -> String {
        all.suffix(count).map { "  | " + $0 }.joined(separator: "\n")
    }

    /// The first line that `matches`, awaited; nil when the output ends or `seconds` pass without it.
    func firstLine(seconds: Double, where matches: (String) -> Bool) -> String? {
        let deadline = DispatchTime.now() + seconds
        var next = 0
        while true {
            let look = look(from: next)
            if let line = look.lines.first(where: matches) { return line }
            next = look.next
            if look.isClosed { return nil }
            guard look.waiter.wait(timeout: deadline) == .success else { return nil }
        }
    }

    /// Waits for the end of the output. False when `seconds` pass before it.
    func waitForEnd(seconds: Double) -> Bool {
        _ = firstLine(seconds: seconds) { _ in false }
        return state.withLock { $0.isClosed }
    }

    private struct Look {
        var lines: [String]
        var next: Int
        var isClosed: Bool
        /// Signalled when there is more to see.
        var waiter: DispatchSemaphore
    }

    /// The lines from number `start` on.
    private func look(from start: Int) -> Look {
        state.withLock { state in
            let waiter = DispatchSemaphore(value: 0)
            let fresh = Array(state.lines.dropFirst(max(0, start - state.dropped)))
            state.waiters.append(waiter)
            return Look(
                lines: fresh, next: state.dropped + state.lines.count,
                isClosed: state.isClosed, waiter: waiter)
        }
    }

    private func take(_ data: Data) {
        state.withLock { state in
            state.byteCount += data.count
            for byte in data {
                if byte == UInt8(ascii: "\n") {
                    state.finishLine()
                } else {
                    state.partial.append(byte)
                }
            }
            state.wake()
        }
    }

    private func close() {
        state.withLock { state in
            if !state.partial.isEmpty { state.finishLine() }
            state.isClosed = true
            state.wake()
        }
    }
}

extension OutputLines.State {
    fileprivate mutating func finishLine() {
        lines.append(String(decoding: partial, as: UTF8.self))
        partial.removeAll(keepingCapacity: true)
        if lines.count > OutputLines.capacity {
            lines.removeFirst()
            dropped += 1
        }
    }

    fileprivate mutating func wake() {
        for waiter in waiters { waiter.signal() }
        waiters.removeAll()
    }
}
