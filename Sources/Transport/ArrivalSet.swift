import CZeroMQ
import Glibc

/// Tells which connections have received something since the last question: an edge-triggered
/// epoll set over descriptors that libzmq reads from.
///
/// epoll looks at a descriptor's state when it is asked, and libzmq has often read everything by
/// then, which would swallow the event. So room to write is asked for as well: it is nearly always
/// there and carries the news of an arrival; a new descriptor is reported once for it.
@safe
final class ArrivalSet {
    let descriptor: Int32
    private var ready = unsafe [epoll_event](repeating: epoll_event(), count: 256)

    init() throws(TransportError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        if descriptor < 0 { throw systemError("epoll_create1", errno) }
    }

    deinit { close(descriptor) }

    /// Watches a descriptor under `name`. It leaves the set by being closed.
    func watch(_ watched: Int32, name: UInt64) {
        var event = unsafe epoll_event()
        unsafe event.events = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLET.rawValue
        unsafe event.data.u64 = name
        if unsafe epoll_ctl(descriptor, EPOLL_CTL_ADD, watched, &event) != 0, errno == EEXIST {
            unsafe epoll_ctl(descriptor, EPOLL_CTL_MOD, watched, &event)
        }
    }

    /// Calls `body` with the name of each connection that has received something.
    func collect(_ body: (UInt64) -> Void) {
        var count = 0
        repeat {
            count = Int(unsafe epoll_wait(descriptor, &ready, Int32(ready.count), 0))
            for index in 0..<max(0, count) { unsafe body(ready[index].data.u64) }
        } while unsafe count == ready.count
    }
}
