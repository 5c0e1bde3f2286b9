import NodeCore
import Primitives

/// Faults: drawn once from their own stream, struck at their times, and all over at the end of the active phase.
extension Simulation {
    /// A peer that hears nothing is dead after this long (protocol.md, section 3: heartbeats).
    static let heartbeatMilliseconds = 75_000

    /// Time for every end of a link to notice, and for the check of the own head to run out.
    private static let assuranceMilliseconds: UInt64 = 150_000

    func planFaults() {
        let active = UInt64(scenario.activeSeconds) * 1000
        for kind in Fault.Kind.allCases {
            for _ in 0..<scenario[keyPath: kind.count] {
                let time = active / 10 + UInt64(faultRandom.below(Int(active * 7 / 10) + 1))
                // The copy is made first and used half a minute later.
                let start = kind == .oldCopy ? time / 2 : time
                let longest = scenario.partitionSeconds * 1000
                let fault = Fault(
                    kind: kind, host: faultRandom.below(scenario.honestNodes),
                    draw: faultRandom.next(), lasts: UInt64(1 + faultRandom.below(longest)))
                plan.append(fault)
                queue.push(.fault(plan.count - 1), at: start)
            }
        }
        queue.push(.endOfFaults, at: active)
    }

    func strike(_ fault: Fault) {
        guard !isQuiet else { return }
        let host = hosts[fault.host]
        switch fault.kind {
        case .halves, .isolation, .oneWay, .prefix: partition(fault, host)
        case .reset: reset(fault, host)
        case .delaySpike: slow(fault, host)
        case .stall, .halfOpen: breakSoftly(fault, host)
        case .storm: storm(fault)
        case .pause: pause(fault)
        case .crash: arm(fault, host)
        case .powerCut:
            guard host.isRunning else { return }
            if let files = host.files { return cutPower(fault, host, files) }
            let kept = Int(fault.draw % UInt64(host.store.unsyncedCommits + 1))
            stop(host, noticedWithin: Self.heartbeatMilliseconds)
            host.store.losePower(keeping: kept)
            oracle.lostTail(host)
            schedule(.restart(host: host.index), after: fault.lasts)
            note(.powerCut)
        case .oldCopy: restoreOldCopy(fault, host)
        case .clockJump:
            // Backwards up to an hour, forwards less than what peers tolerate: further ahead, an honest
            // feed would be held back until true time has caught up.
            let isBack = fault.draw & 1 == 0
            let size = Int64((fault.draw >> 8) % (isBack ? 3_600_000 : 540_000))
            host.clockOffset = isBack ? -size : size
            note(.clockJump)
        case .fullDisk:
            weaken(host, .full, fault)
            note(.fullDisk)
        case .brokenDisk:
            weaken(host, .ioError, fault)
            note(.brokenDisk)
        case .bitFlip: flipBits(fault, host)
        }
    }

    /// Everything works again; who lost confidence in its disk is started anew, as an operator would.
    func endFaults() {
        isQuiet = true
        schedule(.assurances, after: Self.assuranceMilliseconds)
        cuts = []
        for host in hosts {
            wake(host)
            host.armed = nil
            host.diskFault = nil
            host.plannedCut = nil
            host.files?.mend()
            host.clockOffset = 0
            if !host.isUp { restart(host) }
            if !host.isDamaged {
                guard case .storeFailed? = host.node?.publishObstacle else { continue }
            }
            startAnew(host)
        }
    }

    private func startAnew(_ host: Host) {
        // As an operator does it: in order.
        host.files?.close()
        stop(host, noticedWithin: 200)
        restart(host)
    }

    /// By now every link is up again, so that whoever holds lost records has told; what is missing is the answer of
    /// anchors who never give one.
    func assure() {
        for host in hosts {
            switch host.node?.publishObstacle {
            case .ownFeedUnconfirmed:
                host.userIsSure = true
                startAnew(host)
            case .storeFailed where host.isDamaged: startAnew(host)
            default: continue
            }
        }
    }

    func isCut(_ from: Int, _ to: Int) -> Bool {
        !cuts.isEmpty && cuts.contains { $0.blocks(from, to) }
    }

    func heal(_ number: Int) { cuts.removeAll { $0.number == number } }

    func note(_ kind: Fault.Kind) { metrics.struck(kind) }

    private func partition(_ fault: Fault, _ host: Host) {
        var from = [Bool](repeating: false, count: hosts.count)
        var to = from
        switch fault.kind {
        case .isolation:
            from[host.index] = true
            to = from.map { !$0 }
        case .halves:
            var random = SeededRandom(seed: fault.draw)
            for index in hosts.indices { from[index] = random.below(2) == 0 }
            to = from.map { !$0 }
        case .prefix:
            for other in hosts {
                from[other.index] = other.address.netgroup == host.address.netgroup
            }
            to = from.map { !$0 }
        default:
            guard let number = host.links.first else {
                plan.append(fault)
                schedule(.fault(plan.count - 1), after: 1_000)
                return
            }
            let connection = connections[number]
            from[connection.dialler] = true
            to[connection.listener] = true
        }
        let number = cuts.count + Int(now) * 1000
        cuts.append(Cut(number: number, from: from, to: to))
        if fault.kind != .oneWay { cuts.append(Cut(number: number, from: to, to: from)) }
        schedule(.heal(number), after: fault.lasts)
        for index in connections.indices where connections[index].isUpAtDialler {
            let connection = connections[index]
            guard
                isCut(connection.dialler, connection.listener)
                    || isCut(connection.listener, connection.dialler)
            else { continue }
            if fault.kind == .oneWay {
                // The other direction goes on for a while.
                schedule(
                    .linkDown(connection: index, atDialler: true),
                    after: UInt64(faultRandom.below(Self.heartbeatMilliseconds)))
                schedule(
                    .linkDown(connection: index, atDialler: false),
                    after: UInt64(Self.heartbeatMilliseconds))
            } else {
                breakConnection(index, noticedWithin: Self.heartbeatMilliseconds)
            }
        }
        note(fault.kind)
    }

    private func reset(_ fault: Fault, _ host: Host) {
        guard !host.links.isEmpty else {
            plan.append(fault)
            schedule(.fault(plan.count - 1), after: 1_000)
            return
        }
        let number = host.links[Int(fault.draw % UInt64(host.links.count))]
        breakConnection(number, noticedWithin: 2_000)
        note(.reset)
    }

    private func slow(_ fault: Fault, _ host: Host) {
        guard !host.links.isEmpty else {
            plan.append(fault)
            schedule(.fault(plan.count - 1), after: 1_000)
            return
        }
        let number = host.links[Int(fault.draw % UInt64(host.links.count))]
        connections[number].slowUntil = now + fault.lasts
        connections[number].extraDelay = Int((fault.draw >> 16) % 5_000)
        note(.delaySpike)
    }

    /// A connection that carries nothing for a while and then all at once; or one that is gone at one end, which dials
    /// anew, while the other hears nothing until its heartbeat.
    private func breakSoftly(_ fault: Fault, _ host: Host) {
        guard !host.links.isEmpty else {
            plan.append(fault)
            schedule(.fault(plan.count - 1), after: 1_000)
            return
        }
        let number = host.links[Int(fault.draw % UInt64(host.links.count))]
        if fault.kind == .stall {
            connections[number].stalledUntil = now + fault.lasts
        } else {
            connections[number].isBroken = true
            let isAtDialler = connections[number].dialler == host.index
            schedule(.linkDown(connection: number, atDialler: isAtDialler), after: 1)
            schedule(
                .linkDown(connection: number, atDialler: !isAtDialler),
                after: UInt64(Self.heartbeatMilliseconds))
        }
        note(fault.kind)
    }

    /// Half of all connections are reset within a second, and everybody dials at once.
    private func storm(_ fault: Fault) {
        var random = SeededRandom(seed: fault.draw)
        for number in connections.indices where connections[number].isUpAtDialler {
            if random.below(2) == 0 { breakConnection(number, noticedWithin: 1_000) }
        }
        note(.storm)
    }

    private func arm(_ fault: Fault, _ host: Host) {
        let point = Int(fault.draw % UInt64(Host.CrashPoint.allCases.count + 1))
        if point < Host.CrashPoint.allCases.count {
            host.armed = Host.CrashPoint.allCases[point]
            // On files half of the kills before a commit come inside it.
            let operation = Int((fault.draw >> 16) % 40)
            host.armedOperation = host.files != nil && operation < 20 ? operation + 1 : nil
        } else if host.isRunning {
            kill(host)
        }
    }

    /// The process dies; the disk keeps every commit. `isCrash`: the scenario asked for it.
    func kill(_ host: Host, isCrash: Bool = true) {
        stop(host, noticedWithin: 200)
        schedule(.restart(host: host.index), after: UInt64(500 + faultRandom.below(20_000)))
        if isCrash { note(.crash) }
    }

    /// First keeps a copy of the disk; half a minute later the host dies and comes back with that copy.
    private func restoreOldCopy(_ fault: Fault, _ host: Host) {
        guard let copy = host.oldCopy else {
            guard !host.wasRestoredFromOldCopy, host.isRunning else { return }
            host.files?.keepCopy()
            host.store.synchronise()
            host.oldCopy = host.store
            plan.append(fault)
            schedule(.fault(plan.count - 1), after: 30_000)
            return
        }
        guard host.isRunning else { return }
        stop(host, noticedWithin: 200)
        let lost = host.store
        host.store = copy
        host.oldCopy = nil
        host.files?.restoreCopy(netPrint: copy.net.rows.print)
        host.wasRestoredFromOldCopy = true
        oracle.lostTail(host)
        oracle.restoredFromOldCopy(host, lost: lost)
        schedule(.restart(host: host.index), after: 2_000)
        note(.oldCopy)
    }

    /// The process is gone: its memory, its links, its waiting operations.
    func stop(_ host: Host, noticedWithin milliseconds: Int) {
        host.stop()
        host.files?.die()
        host.armed = nil
        host.armedOperation = nil
        host.isDyingInside = false
        host.plannedCut = nil
        host.turnAt = nil
        host.deadlineAt = nil
        host.operations = []
        host.storeFreeAt = now
        host.pending = [:]
        for number in host.links {
            connections[number].isBroken = true
            let atDialler = connections[number].dialler == host.index
            connections[number].setUp(false, atDialler: atDialler)
            if atDialler { edges[connections[number].edge].connection = nil }
            schedule(
                .linkDown(connection: number, atDialler: !atDialler),
                after: UInt64(1 + netRandom.below(milliseconds)))
        }
        host.links = []
        noteCompany(host)
        for edge in host.edges + host.learnt { edges[edge].connection = nil }
        host.learnt = []
        // What waited for the process finds it gone.
        wake(host)
    }
}
