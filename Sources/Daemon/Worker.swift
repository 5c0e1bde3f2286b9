import DequeModule
import Foundation
import Synchronization

/// One thread that runs jobs in the order of their submission and owns what they work on.
///
/// A thread and not an actor: a hop between executors costs 15 to 40 us, and the store's calls block.
final class Worker: Sendable {
    private struct State {
        var jobs: Deque<@Sendable () -> Void> = []
        var isStopping = false
    }

    private let state = Mutex(State())
    private let condition = NSCondition()
    private let finished = DispatchSemaphore(value: 0)

    init(name: String) {
        let thread = Thread { [self] in run() }
        thread.name = name
        // Rankings of a full graph keep large arrays on the heap; the stack stays small.
        thread.stackSize = 8 << 20
        thread.start()
    }

    func submit(_ job: @escaping @Sendable () -> Void) {
        state.withLock { $0.jobs.append(job) }
        condition.lock()
        condition.signal()
        condition.unlock()
    }

    /// Runs what was submitted before, then ends the thread; returns when it has ended.
    func stop() {
        state.withLock { $0.isStopping = true }
        condition.lock()
        condition.signal()
        condition.unlock()
        finished.wait()
    }

    private func run() {
        while true {
            condition.lock()
            while state.withLock({ $0.jobs.isEmpty && !$0.isStopping }) { condition.wait() }
            condition.unlock()
            guard let job = state.withLock({ $0.jobs.popFirst() }) else { break }
            job()
        }
        finished.signal()
    }
}
