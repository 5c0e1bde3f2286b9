import CZeroMQ
import Glibc
import Primitives

/// The peers that have dialled this node: one ROUTER and what is known of each connection to it.
///
/// A connection becomes a link with its first message: only then are descriptor, routing id and
/// key known together. ROUTER_HANDOVER is on although routing ids prove nothing: with it off,
/// libzmq 4.3.4 keeps the queue of a connection that repeats a present id for ever (half a MiB for
/// each, measured). A taken-over id is worth nothing here, because a link is its connection and its
/// key; nodes leave the choice of the id to the listener, so that nobody else knows theirs.
final class InboundPeers {
    struct Link {
        let id: LinkID
        let key: NodeKey
        let userID: [CChar]
        let routingID: [UInt8]
        let ledger: OutboundLedger
    }

    let socket: ZMQSocket
    let monitor: SocketMonitor
    private let state: TransportState
    private var filter = ListenerFilter()
    private(set) var links: BoundedTable<ConnectionGuard.Serial, Link>
    private(set) var serialsByDescriptor: BoundedTable<Int32, ConnectionGuard.Serial>
    private(set) var serialsByLink: BoundedTable<LinkID, ConnectionGuard.Serial>
    private(set) var serialsByKey: BoundedTable<NodeKey, ConnectionGuard.Serial>
    /// Routing ids of links that this node ended, by descriptor: libzmq still hands over what they
    /// had sent, perhaps after the descriptor's next use has begun.
    private(set) var endedRoutingIDs: BoundedTable<Int32, [UInt8]>
    /// Connections that libzmq has closed and whose last messages may still wait, with the number
    /// of turns since.
    private var closing: [(serial: ConnectionGuard.Serial, descriptor: Int32, turns: Int)] = []

    init(_ context: ZMQContext, _ state: TransportState, _ keys: CurveKeys) throws(TransportError) {
        self.state = state
        socket = try ZMQSocket(context, ZMQ_ROUTER)
        let limits = state.limits
        socket.setLinkOptions(limits)
        socket.setCurveServer(keys)
        socket.set(ZMQ_ROUTER_MANDATORY, 1)
        socket.set(ZMQ_ROUTER_HANDOVER, 1)
        socket.set(ZMQ_BACKLOG, limits.backlog)
        monitor = try SocketMonitor(
            context, watching: socket, name: "inbound", tellsProtocolErrors: false)
        links = BoundedTable(capacity: limits.connections)
        serialsByDescriptor = BoundedTable(capacity: limits.connections + limits.halfOpen)
        serialsByLink = BoundedTable(capacity: limits.connections)
        serialsByKey = BoundedTable(capacity: limits.connections)
        endedRoutingIDs = BoundedTable(capacity: limits.connections + limits.halfOpen)
    }

    func close() {
        monitor.close()
        socket.close()
    }

    // MARK: Inputs

    /// Takes in what libzmq reports about connections.
    func readMonitor(nowMilliseconds now: UInt64, cuts: inout [ConnectionGuard.Cut]) {
        for event in takeMonitorEvents() {
            switch event {
            case .listening(let descriptor): filter.add(descriptor)
            case .handshakeSucceeded: state.connectionGuard.finishHandshakes(1)
            case .accepted(let descriptor): accept(descriptor, now, &cuts)
            case .disconnected(let descriptor):
                if let serial = serialsByDescriptor[descriptor] {
                    closing.append((serial, descriptor, 0))
                }
            case .handshakeBrokenOff: state.counters.add(.handshakeBrokenOff)
            case .acceptFailed: state.counters.add(.acceptFailed)
            case .handshakeRefused: state.connectionGuard.finishHandshakes(1)
            case .connected, .closed, .handshakeProtocolError: break
            }
        }
        if let ration = state.connectionGuard.decideRation(nowMilliseconds: now) {
            state.counters.add(.rationed, filter.takeDrops())
            if !filter.apply(ration) { state.counters.add(.notRationed) }
        }
    }

    /// Takes out up to `budget` messages. True when none is left.
    func drain(budget: Int) -> Bool {
        var isDrained = false
        for _ in 0..<budget where !isDrained {
            isDrained = !socket.receive(state.routingMessage) || !socket.receive(state.message)
            if isDrained { break }
            let descriptor = state.message.descriptor
            let isMultipart = state.message.hasMore
            if isMultipart { while state.message.hasMore, socket.receive(state.message) {} }
            receive(descriptor, isMultipart: isMultipart)
        }
        finishClosing(isDrained)
        return isDrained
    }

    /// The guard has ended a connection.
    func ended(_ serial: ConnectionGuard.Serial, descriptor: Int32, _ reason: DownReason) {
        if serialsByDescriptor[descriptor] == serial { serialsByDescriptor.remove(descriptor) }
        guard let link = links.remove(serial) else { return }
        remember(descriptor, link.routingID)
        takeDown(link, serial, reason)
    }

    /// Ends the connection of a link.
    func disconnect(_ link: LinkID, _ reason: DownReason) {
        guard let serial = serialsByLink[link] else { return }
        end(serial, reason)
    }

    func send(_ frame: [UInt8], to id: LinkID) -> SendOutcome {
        guard let serial = serialsByLink[id], let link = links[serial] else { return .gone }
        if let refusal = state.refuses(frame.count, on: link.ledger) { return refusal }
        let number = socket.send(link.routingID, more: true)
        guard number == 0 else { return state.outcome(number, 0) }
        return state.outcome(
            QueuedFrame.send(
                frame, on: socket, link: link.ledger, total: state.queued, using: state.message),
            frame.count)
    }

    // MARK: Queries

    func link(of key: NodeKey) -> LinkID? {
        serialsByKey[key].flatMap { links[$0]?.id }
    }

    // MARK: Helpers

    /// What the monitor has to say, without connections that came and went meanwhile: in a flood their
    /// descriptors are in use again, by a friend or by a client of the control socket, and would be cut as theirs.
    private func takeMonitorEvents() -> [ConnectionEvent] {
        var events: [ConnectionEvent] = []
        while events.count < 1_024, let event = monitor.next(state.message) { events.append(event) }
        var accepted: [Int32: Int] = [:]
        var gone: Set<Int> = []
        for (position, event) in events.enumerated() {
            if case .accepted(let descriptor) = event { accepted[descriptor] = position }
            guard case .disconnected(let descriptor) = event,
                let start = accepted.removeValue(forKey: descriptor)
            else { continue }
            gone.formUnion([start, position])
            state.counters.accepted += 1
        }
        return events.enumerated().filter { !gone.contains($0.offset) }.map(\.element)
    }

    private func accept(_ descriptor: Int32, _ now: UInt64, _ cuts: inout [ConnectionGuard.Cut]) {
        state.counters.accepted += 1
        // The descriptor's earlier connection is closed, or it could not be used again.
        for index in closing.indices.reversed() where closing[index].descriptor == descriptor {
            let serial = closing.remove(at: index).serial
            forget(serial, descriptor, .closed)
        }
        // Not a connection of a peer: what was accepted is gone, and its descriptor is another socket's.
        guard NetworkAddress(peerOf: descriptor) != .unknown else { return }
        let serial = state.connectionGuard.admit(
            descriptor, side: .inbound, nowMilliseconds: now, cuts: &cuts)
        guard let serial else { return state.counters.add(.full) }
        serialsByDescriptor.set(descriptor, serial)
    }

    private func finishClosing(_ isDrained: Bool) {
        // Fair queueing empties 256 connections of 8 messages each in eight turns of 256.
        for index in closing.indices.reversed() {
            closing[index].turns += 1
            if isDrained || closing[index].turns > 10 {
                let (serial, descriptor, _) = closing.remove(at: index)
                forget(serial, descriptor, .closed)
            }
        }
    }

    private func receive(_ descriptor: Int32, isMultipart: Bool) {
        let message = state.message
        guard let serial = serialsByDescriptor[descriptor] else {
            return state.counters.add(.stray)
        }
        if let ended = endedRoutingIDs[descriptor], state.routingMessage.equals(ended) {
            return state.counters.add(.stray)
        }
        if isMultipart { return refuse(serial, .multipart) }
        if message.count > state.limits.maximumFrameBytes { return refuse(serial, .oversized) }
        state.connectionGuard.deliver(serial, payloadBytes: message.count)
        if let slot = links.slot(of: serial) {
            if state.routingMessage.equals(links[slot: slot].routingID) {
                guard message.userIDEquals(links[slot: slot].userID) else {
                    return refuse(serial, .noUser)
                }
                state.countReceived(message.count)
                return state.events.append(.frame(links[slot: slot].id, message.bytes))
            }
            // The link was of the descriptor's earlier use.
            if let old = links.remove(serial) { takeDown(old, serial, .closed) }
        }
        open(serial)
    }

    /// The first message of a connection.
    private func open(_ serial: ConnectionGuard.Serial) {
        let message = state.message
        guard let user = message.userID, let key = NodeKey(hex: user) else {
            return refuse(serial, .noUser)
        }
        if state.bans.contains(key) { return refuse(serial, .banned) }
        if let older = serialsByKey[key] {
            // Its owner has proved the key again: the older connection is dead or about to be.
            state.counters.add(.replaced)
            end(older, .refused(.replaced))
        }
        guard let address = state.connectionGuard.connections[serial]?.address else { return }
        let isCrowded =
            !address.isLoopback
            && state.connectionGuard.establishedInbound(in: address.netgroup)
                >= state.limits.inboundPerNetgroup
        if isCrowded { return refuse(serial, .netgroupFull) }
        if state.linkCount >= state.limits.connections { return refuse(serial, .full) }
        let link = Link(
            id: state.newLink(), key: key, userID: Array(user.utf8CString),
            routingID: state.routingMessage.bytes, ledger: OutboundLedger())
        state.connectionGuard.establish(serial)
        links.set(serial, link)
        serialsByLink.set(link.id, serial)
        serialsByKey.set(key, serial)
        state.linkCount += 1
        state.counters.linksUp += 1
        state.countReceived(message.count)
        state.events.append(.up(link.id, key, .inbound, address))
        state.events.append(.frame(link.id, message.bytes))
    }

    private func refuse(_ serial: ConnectionGuard.Serial, _ reason: Refusal) {
        state.counters.add(reason)
        if let descriptor = state.connectionGuard.connections[serial]?.descriptor {
            remember(descriptor, state.routingMessage.bytes)
        }
        end(serial, .refused(reason))
    }

    private func end(_ serial: ConnectionGuard.Serial, _ reason: DownReason) {
        guard let descriptor = state.connectionGuard.connections[serial]?.descriptor else { return }
        state.connectionGuard.drop(serial)
        ended(serial, descriptor: descriptor, reason)
    }

    private func forget(
        _ serial: ConnectionGuard.Serial, _ descriptor: Int32, _ reason: DownReason
    ) {
        state.connectionGuard.forget(serial)
        ended(serial, descriptor: descriptor, reason)
    }

    private func takeDown(_ link: Link, _ serial: ConnectionGuard.Serial, _ reason: DownReason) {
        serialsByLink.remove(link.id)
        if serialsByKey[link.key] == serial { serialsByKey.remove(link.key) }
        state.linkCount -= 1
        state.events.append(.down(link.id, reason))
    }

    private func remember(_ descriptor: Int32, _ routingID: [UInt8]) {
        if !endedRoutingIDs.set(descriptor, routingID), let other = endedRoutingIDs.keys.first {
            endedRoutingIDs.remove(other)
            endedRoutingIDs.set(descriptor, routingID)
        }
    }
}
