import CZeroMQ
import Glibc
import Primitives

extension Endpoint {
    /// Waits for something to happen, at most `timeoutMilliseconds`, and reports it.
    ///
    /// Returns as soon as there is an event; an empty array after the time. Takes at most about
    /// `limits.framesPerPoll` frames out of libzmq: the rest waits there, within its bounds. It is
    /// also what keeps the guard awake: a loop that stays away for long lets a flood grow.
    public func poll(timeoutMilliseconds: Int) -> [TransportEvent] {
        let deadline = Monotonic.milliseconds + UInt64(max(0, timeoutMilliseconds))
        var isFirstTurn = true
        while !isClosed {
            let now = Monotonic.milliseconds
            if !isFirstTurn, !state.events.isEmpty || now >= deadline { break }
            isFirstTurn = false
            turn(waitMilliseconds: state.events.isEmpty ? wait(now, deadline) : 0)
        }
        defer { state.events.removeAll(keepingCapacity: true) }
        return state.events
    }

    /// Time until the caller's deadline or the first timer of our own.
    private func wait(_ now: UInt64, _ deadline: UInt64) -> Int {
        var next = deadline
        if let due = state.connectionGuard.nextCheckMilliseconds { next = min(next, due) }
        if let due = beacon?.nextMilliseconds { next = min(next, due) }
        if let due = state.connectionGuard.handshakes.nextMilliseconds { next = min(next, due) }
        for peer in outbound.values {
            if let due = peer.redialMilliseconds { next = min(next, due) }
        }
        return next > now ? Int(clamping: next - now) : 0
    }

    /// One pass over everything that is ready.
    private func turn(waitMilliseconds: Int) {
        var items = unsafe pollItems()
        unsafe zmq_poll(&items, Int32(items.count), waitMilliseconds)
        let now = Monotonic.milliseconds
        if unsafe items[0].revents != 0 {
            waker.acknowledge()
            state.events.append(.woken)
        }
        if unsafe items[1].revents != 0 { serveZap() }
        var isDrained = true
        if let inbound {
            inbound.readMonitor(nowMilliseconds: now, cuts: &cuts)
            isDrained = inbound.drain(budget: limits.framesPerPoll / 2)
        }
        isDrained = pumpOutbound(now) && isDrained
        control?.drain(budget: 32)
        if beacon?.isWilling(nowMilliseconds: now) == true { drainBeacon() }
        runGuard(now, isDrained)
    }

    private func pumpOutbound(_ now: UInt64) -> Bool {
        let count = outbound.count
        guard count > 0 else { return true }
        let budget = max(4, limits.framesPerPoll / 2 / count)
        var isDrained = true
        rotation = (rotation + 1) % count
        for offset in 0..<count {
            let peer = outbound.values[(rotation + offset) % count]
            isDrained = peer.pump(budget: budget, nowMilliseconds: now, cuts: &cuts) && isDrained
            peer.redialIfDue(nowMilliseconds: now)
        }
        return isDrained
    }

    private func runGuard(_ now: UInt64, _ isDrained: Bool) {
        let connectionGuard = state.connectionGuard
        if connectionGuard.wantsArrivals { connectionGuard.collectArrivals() }
        if let due = connectionGuard.nextCheckMilliseconds, now >= due {
            connectionGuard.check(nowMilliseconds: now, isDrained: isDrained, cuts: &cuts)
        }
        for cut in cuts {
            state.counters.add(cut.reason)
            switch cut.side {
            case .inbound:
                inbound?.ended(
                    cut.serial, descriptor: cut.descriptor, .refused(cut.reason))
            case .outbound(let link):
                outbound[link]?.disconnect(.refused(cut.reason))
            }
        }
        cuts.removeAll(keepingCapacity: true)
    }

    /// What `zmq_poll` waits for: the waker, ZAP, connections' arrivals, then each socket.
    private func pollItems() -> [zmq_pollitem_t] {
        var items = unsafe [zmq_pollitem_t]()
        unsafe items.reserveCapacity(6 + 2 * outbound.count)
        func add(_ socket: ZMQSocket?, _ descriptor: Int32 = 0) {
            unsafe items.append(
                zmq_pollitem_t(
                    socket: socket?.handle, fd: descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
        }
        add(nil, waker.descriptor)
        add(zapSocket)
        if state.connectionGuard.wantsArrivals {
            add(nil, state.connectionGuard.arrivals.descriptor)
        }
        if let inbound {
            add(inbound.monitor.socket)
            add(inbound.socket)
        }
        if let control { add(control.socket) }
        if let beacon, beacon.isWilling(nowMilliseconds: Monotonic.milliseconds) {
            add(nil, beacon.descriptor)
        }
        for peer in outbound.values {
            add(peer.monitor.socket)
            add(peer.socket)
        }
        return unsafe items
    }
}
