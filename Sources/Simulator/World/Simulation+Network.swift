import NodeCore
import Primitives
import Records

/// Links: who dials whom, what arrives when, and what is lost.
extension Simulation {
    private static let backoffMilliseconds = 500...2_000

    /// The host at the other end of a link.
    func peer(of link: LinkID, from host: Host) -> Host {
        let connection = connections[Int(link.value)]
        return hosts[connection.dialler == host.index ? connection.listener : connection.dialler]
    }

    func scheduleDial(_ number: Int, after milliseconds: UInt64? = nil) {
        guard !edges[number].isDialScheduled else { return }
        edges[number].isDialScheduled = true
        let range = Self.backoffMilliseconds
        let backoff = UInt64(range.lowerBound + netRandom.below(range.count))
        schedule(.dial(edge: number), after: milliseconds ?? backoff)
    }

    func dial(_ number: Int) {
        edges[number].isDialScheduled = false
        let edge = edges[number]
        let dialler = hosts[edge.dialler]
        guard dialler.isUp, edge.connection == nil else { return }
        if edge.isStoodDown, isLinked(dialler, to: edge.listener) { return }
        if hosts[edge.listener].isBehindNAT { metrics.vainDials += 1 }
        guard hosts[edge.listener].isUp, !hosts[edge.listener].isBehindNAT,
            !isCut(edge.dialler, edge.listener),
            !isCut(edge.listener, edge.dialler)
        else {
            scheduleDial(number)
            return
        }
        connect(number)
    }

    /// Begins a link to a listener that can be reached.
    func connect(_ number: Int) {
        let edge = edges[number]
        let base = scenario.delayMilliseconds
        let connection = Connection(
            dialler: edge.dialler, listener: edge.listener, edge: number,
            delayToListener: base + netRandom.below(base + 1),
            delayToDialler: base + netRandom.below(base + 1),
            diallerLife: hosts[edge.dialler].life, listenerLife: hosts[edge.listener].life)
        edges[number].isStoodDown = false
        edges[number].connection = connections.count
        connections.append(connection)
        // Three round trips: TCP, ZMTP greeting, CURVE.
        let roundTrip = connection.delayToListener + connection.delayToDialler
        schedule(.linkUp(connection: connections.count - 1), after: UInt64(3 * roundTrip + 1))
    }

    func linkUp(_ number: Int) {
        let connection = connections[number]
        let dialler = hosts[connection.dialler]
        let listener = hosts[connection.listener]
        // Given up while it was on its way.
        if edges[connection.edge].isLearnt, edges[connection.edge].connection != number { return }
        guard dialler.life == connection.diallerLife, listener.life == connection.listenerLife,
            !isCut(dialler.index, listener.index), !isCut(listener.index, dialler.index)
        else {
            if edges[connection.edge].connection == number {
                edges[connection.edge].connection = nil
                if edges[connection.edge].isLearnt {
                    learntDialFailed(connection.edge)
                } else {
                    scheduleDial(connection.edge)
                }
            }
            return
        }
        let link = LinkID(UInt64(number))
        connections[number].isUpAtDialler = true
        dialler.links.append(number)
        noteCompany(dialler)
        if takes(dialler, listener) {
            connections[number].isUpAtListener = true
            listener.links.append(number)
            noteCompany(listener)
            feed(listener, .linkUp(link, dialler.nodeKey, .inbound))
            feed(listener, .linkOrigin(link, origin(of: dialler, from: listener)))
        } else {
            refuse(number)
        }
        tellPrograms(number)
        feed(dialler, .linkUp(link, listener.nodeKey, .outbound))
        feed(dialler, .linkOrigin(link, origin(of: listener, from: dialler)))
        if dialler.isProgram { greet(link, from: dialler) }
    }

    /// Users name the peers whom their nodes dial.
    private func origin(of peer: Host, from host: Host) -> LinkOrigin {
        LinkOrigin(address: peer.address, isAnchor: isNamed(peer, by: host))
    }

    func isNamed(_ peer: Host, by host: Host) -> Bool {
        host.edges.contains { edges[$0].listener == peer.index }
    }

    func anchorCount(of host: Host) -> Int { host.edges.count }

    /// One end notices that a connection is gone.
    func linkDown(_ number: Int, atDialler: Bool) {
        connections[number].isBroken = true
        let connection = connections[number]
        let host = hosts[connection.end(atDialler: atDialler)]
        if atDialler, edges[connection.edge].connection == number {
            edges[connection.edge].connection = nil
            forgetLearnt(connection.edge)
        }
        guard connection.isUp(atDialler: atDialler) else { return }
        forget(number, at: host, atDialler: atDialler)
        feed(host, .linkDown(LinkID(UInt64(number))))
        redial(host, connection.end(atDialler: !atDialler))
    }

    /// Both ends of a connection notice, each in its own time, that nothing arrives any more.
    func breakConnection(_ number: Int, noticedWithin milliseconds: Int) {
        guard !connections[number].isBroken else { return }
        connections[number].isBroken = true
        for atDialler in [true, false] {
            let delay = UInt64(1 + netRandom.below(max(1, milliseconds)))
            schedule(.linkDown(connection: number, atDialler: atDialler), after: delay)
        }
    }

    /// A node ends a link: what it sent before still arrives, and a farewell.
    func hangUp(_ link: LinkID, _ reason: GoodbyeReason, _ host: Host) {
        let number = Int(link.value)
        let connection = connections[number]
        let atDialler = connection.dialler == host.index
        guard connection.isUp(atDialler: atDialler) else { return }
        connections[number].isEnded = true
        transmit(Frame.goodbye(reason).encoded, on: number, fromDialler: atDialler)
        forget(number, at: host, atDialler: atDialler)
        if atDialler {
            edges[connection.edge].connection = nil
            forgetLearnt(connection.edge)
            edges[connection.edge].isStoodDown = reason == .duplicate || reason == .selfLink
        }
        let arrival =
            atDialler
            ? connections[number].lastArrivalAtListener
            : connections[number].lastArrivalAtDialler
        queue.push(
            .linkDown(connection: number, atDialler: !atDialler), at: max(arrival, now + 1))
        feed(host, .linkDown(link))
        redial(host, connection.end(atDialler: !atDialler))
    }

    /// Takes a connection off an end, without telling the node there.
    func forget(_ number: Int, at host: Host, atDialler: Bool) {
        connections[number].setUp(false, atDialler: atDialler)
        host.links.removeAll { $0 == number }
        host.greeted.removeAll { $0.value == UInt64(number) }
        tellProgramOfEnd(LinkID(UInt64(number)), host)
        noteCompany(host)
    }

    /// Takes note of since when a host has nobody honest to talk to, and nobody whom it chose itself.
    func noteCompany(_ host: Host) {
        if scenario.hasDiscovery { noteChosen(host) }
        let hasCompany = host.links.contains { peer(of: LinkID(UInt64($0)), from: host).isHonest }
        if hasCompany {
            host.loneSince = nil
        } else if host.loneSince == nil {
            host.loneSince = now
        }
    }

    private func redial(_ host: Host, _ peer: Int) {
        for edge in host.edges where edges[edge].listener == peer && edges[edge].connection == nil {
            if !isLinked(host, to: peer) { scheduleDial(edge) }
        }
    }

    private func isLinked(_ host: Host, to peer: Int) -> Bool {
        host.links.contains {
            connections[$0].dialler == peer || connections[$0].listener == peer
        }
    }

    func send(_ frame: Frame, on link: LinkID, from host: Host) {
        guard case .filtered(let filter) = host.role else {
            let bytes = encode(frame)
            oracle.sends(bytes, host, now)
            metrics.sent(bytes)
            transmit(bytes, from: host, on: link)
            return
        }
        guard let changed = filter(frame, &host.random, now: now) else { return }
        transmit(changed.encoded, from: host, on: link)
    }

    /// How long TCP waits at least before it sends a packet again (RTO minimum of Linux; RFC 6298 says 1 s).
    private static let resendMilliseconds = 200

    func transmit(_ bytes: [UInt8], from host: Host, on link: LinkID) {
        let number = Int(link.value)
        transmit(bytes, on: number, fromDialler: connections[number].dialler == host.index)
    }

    private func transmit(_ bytes: [UInt8], on number: Int, fromDialler: Bool) {
        let connection = connections[number]
        guard connection.isUp(atDialler: fromDialler), !connection.isBroken else { return }
        if !cuts.isEmpty {
            let from = connection.end(atDialler: fromDialler)
            let to = connection.end(atDialler: !fromDialler)
            guard !isCut(from, to) else { return }
        }
        if scenario.lossPerMillion > 0, netRandom.below(1_000_000) < scenario.lossPerMillion {
            metrics.lostFrames += 1
            breakConnection(number, noticedWithin: 200)
            return
        }
        var delay = fromDialler ? connection.delayToListener : connection.delayToDialler
        if scenario.jitterMilliseconds > 0 {
            delay += netRandom.below(scenario.jitterMilliseconds + 1)
        }
        if connection.slowUntil > now { delay += connection.extraDelay }
        if scenario.resentPerMillion > 0, netRandom.below(1_000_000) < scenario.resentPerMillion {
            delay += Self.resendMilliseconds
        }
        let earliest =
            fromDialler ? connection.lastArrivalAtListener : connection.lastArrivalAtDialler
        let reader = hosts[connection.end(atDialler: !fromDialler)]
        let arrival = max(
            max(earliest, now + UInt64(delay)) + sendMilliseconds(bytes.count, to: reader),
            connection.stalledUntil)
        if fromDialler {
            connections[number].lastArrivalAtListener = arrival
        } else {
            connections[number].lastArrivalAtDialler = arrival
        }
        queue.push(.frame(connection: number, atDialler: !fromDialler, bytes), at: arrival)
    }

    /// How long the bytes themselves take: what is behind them on the link waits.
    private func sendMilliseconds(_ count: Int, to reader: Host) -> UInt64 {
        var rate = reader.readsBytesPerSecond ?? .max
        if scenario.bytesPerSecond > 0 { rate = min(rate, scenario.bytesPerSecond) }
        return rate == .max ? 0 : UInt64(count * 1000 / rate)
    }

    func arrive(_ bytes: [UInt8], on number: Int, atDialler: Bool) {
        let connection = connections[number]
        guard connection.isUp(atDialler: atDialler), !connection.isBroken else { return }
        trace.fold(bytes)
        let host = hosts[connection.end(atDialler: atDialler)]
        let link = LinkID(UInt64(number))
        if host.isProgram {
            receive(bytes, on: link, host)
            return
        }
        if host.isHonest {
            metrics.received(bytes)
            oracle.arrives(bytes, host, now)
        }
        feed(host, .frame(link, bytes))
    }
}
