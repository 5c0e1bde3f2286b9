import CZeroMQ
import Glibc
import Synchronization

/// Wakes the thread that is inside `Endpoint.poll`, from any other thread.
///
/// Calls between two polls are one wake: a batch costs one system call.
public final class Waker: Sendable {
    let descriptor: Int32
    private let isPending = Atomic(false)

    init() throws(TransportError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        if descriptor < 0 { throw systemError("eventfd", errno) }
    }

    deinit { close(descriptor) }

    /// Makes the present or the next `poll` report `.woken`.
    public func wake() {
        if isPending.exchange(true, ordering: .acquiringAndReleasing) { return }
        eventfd_write(descriptor, 1)
    }

    /// Arms the waker again. What was handed over before a `wake` is visible after this call.
    func acknowledge() {
        var count: eventfd_t = 0
        unsafe eventfd_read(descriptor, &count)
        isPending.store(false, ordering: .sequentiallyConsistent)
    }
}
