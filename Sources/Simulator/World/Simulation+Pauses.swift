import Primitives

/// A process that was stopped (SIGSTOP, a machine that sleeps): what would happen in it waits, in its order.
struct Pause {
    let since: UInt64
    let until: UInt64
    /// The machine slept: its monotonic clock stands still meanwhile, as CLOCK_MONOTONIC of Linux does.
    let isSleep: Bool
    var waiting: [Event] = []
}

/// Hosts whose process is stopped for a while and goes on.
extension Simulation {
    /// Stops the process of the fault's host, or of the next one that runs. What arrives meanwhile waits in the kernel;
    /// half of its links, and all where it is longer than a heartbeat, are given up by the other end.
    func pause(_ fault: Fault) {
        let after = hosts[fault.host..<scenario.honestNodes] + hosts[..<fault.host]
        guard let host = after.first(where: { $0.isRunning && $0.pause == nil }) else {
            plan.append(fault)
            schedule(.fault(plan.count - 1), after: 1_000)
            return
        }
        var random = SeededRandom(seed: fault.draw)
        host.pause = Pause(
            since: now, until: now + fault.lasts, isSleep: random.below(2) == 0)
        pausedHosts += 1
        schedule(.wake(host: host.index), after: fault.lasts)
        for number in host.links {
            let isKept = random.below(2) == 0 && fault.lasts < UInt64(Self.heartbeatMilliseconds)
            if !isKept { breakConnection(number, noticedWithin: Self.heartbeatMilliseconds) }
        }
        note(.pause)
    }

    /// A pause is over, unless it ended before with its process.
    func wakeInTime(_ host: Host) {
        if host.pause?.until == now { wake(host) }
    }

    /// The process goes on, or is gone: what waited for it happens now.
    func wake(_ host: Host) {
        guard let pause = host.pause else { return }
        host.pause = nil
        pausedHosts -= 1
        if pause.isSleep { host.clockLag += now - pause.since }
        for event in pause.waiting {
            if let sleeper = sleeper(of: event) {
                sleeper.pause?.waiting.append(event)
            } else {
                take(event)
            }
        }
    }

    /// The host whose process an event needs, while that is stopped.
    func sleeper(of event: Event) -> Host? {
        guard pausedHosts > 0 else { return nil }
        switch event {
        case .frame(let connection, let atDialler, _), .linkDown(let connection, let atDialler):
            return paused(connections[connection].end(atDialler: atDialler))
        case .linkUp(let connection):
            return paused(connections[connection].dialler)
                ?? paused(connections[connection].listener)
        case .dial(let edge): return paused(edges[edge].dialler)
        case .turn(let host, _), .store(let host, _), .answer(let host, _, _), .act(let host),
            .addresses(let host, _):
            return paused(host)
        case .tick, .fault, .restart, .wake, .heal, .endOfFaults, .assurances, .sample,
            .endOfWarmUp:
            return nil
        }
    }

    private func paused(_ host: Int) -> Host? { hosts[host].pause == nil ? nil : hosts[host] }
}
