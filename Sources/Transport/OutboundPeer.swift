import CZeroMQ
import Primitives

/// A peer that this node dials: one DEALER that libzmq connects again for ever.
final class OutboundPeer {
    let id: LinkID
    let address: String
    let key: NodeKey
    private(set) var socket: ZMQSocket
    private(set) var monitor: SocketMonitor
    private(set) var isUp = false
    private let context: ZMQContext
    private let state: TransportState
    private let keys: CurveKeys
    private var ledger = OutboundLedger()
    private var serial: ConnectionGuard.Serial?
    private var isConnected = false
    private var isClosing = false
    private var lastFailure: DialFailure?
    private var attempts = 0
    /// Short attempts that are left before those that take their time; nil for a peer that is not urgent.
    private var quickAttempts: Int?
    private var isQuick: Bool
    /// When the socket is to be made anew: libzmq gives up after some refusals, a node does not.
    private(set) var redialMilliseconds: UInt64?

    init(
        _ context: ZMQContext, _ state: TransportState, _ keys: CurveKeys, address: String,
        key: NodeKey, isUrgent: Bool
    ) throws(TransportError) {
        id = state.newLink()
        quickAttempts = isUrgent ? state.limits.quickAttempts : nil
        isQuick = isUrgent
        self.context = context
        self.state = state
        self.keys = keys
        self.address = address
        self.key = key
        (socket, monitor) = try Self.open(
            context, state.limits, keys, address, key, "\(id.value).0", isQuick: isUrgent)
    }

    func close() {
        takeDown(.hungUp)
        monitor.close()
        socket.close()
    }

    // MARK: Inputs

    /// Takes in what libzmq reports, and up to `budget` messages. True when none is left.
    func pump(
        budget: Int, nowMilliseconds now: UInt64, cuts: inout [ConnectionGuard.Cut]
    ) -> Bool {
        while let event = monitor.next(state.message) { handle(event, now, &cuts) }
        for _ in 0..<budget {
            guard socket.receive(state.message) else {
                if isClosing { takeDown(.closed) }
                return true
            }
            receive()
        }
        return false
    }

    /// Ends the connection; libzmq makes a new one.
    func disconnect(_ reason: DownReason) {
        if let serial { state.connectionGuard.drop(serial) }
        takeDown(reason)
    }

    /// Makes the socket anew when the time has come.
    func redialIfDue(nowMilliseconds now: UInt64) {
        guard let due = redialMilliseconds, now >= due else { return }
        attempts += 1
        let name = "\(id.value).\(attempts)"
        let willBeQuick = quickAttempts ?? 0 > 0
        guard
            let (newSocket, newMonitor) = try? Self.open(
                context, state.limits, keys, address, key, name, isQuick: willBeQuick)
        else {
            redialMilliseconds = now + UInt64(state.limits.reconnectMaximumMilliseconds)
            return
        }
        takeDown(.closed)
        redialMilliseconds = nil
        isQuick = willBeQuick
        monitor.close()
        socket.close()
        (socket, monitor) = (newSocket, newMonitor)
    }

    func send(_ frame: [UInt8]) -> SendOutcome {
        guard isUp else { return .gone }
        if let refusal = state.refuses(frame.count, on: ledger) { return refusal }
        return state.outcome(
            QueuedFrame.send(
                frame, on: socket, link: ledger, total: state.queued, using: state.message),
            frame.count)
    }

    // MARK: Helpers

    private static func open(
        _ context: ZMQContext, _ limits: TransportLimits, _ keys: CurveKeys, _ address: String,
        _ key: NodeKey, _ name: String, isQuick: Bool
    ) throws(TransportError) -> (ZMQSocket, SocketMonitor) {
        let socket = try ZMQSocket(context, ZMQ_DEALER)
        socket.setLinkOptions(limits)
        socket.setCurveClient(keys, server: key)
        socket.set(
            ZMQ_CONNECT_TIMEOUT,
            isQuick ? limits.quickConnectMilliseconds : limits.connectMilliseconds)
        socket.set(
            ZMQ_RECONNECT_IVL,
            isQuick ? limits.quickReconnectMilliseconds : limits.reconnectMilliseconds)
        // 0: no longer from one attempt to the next.
        socket.set(ZMQ_RECONNECT_IVL_MAX, isQuick ? 0 : limits.reconnectMaximumMilliseconds)
        // No queue without a connection: what was meant for a broken one must not come first on
        // the next.
        socket.set(ZMQ_IMMEDIATE, 1)
        let monitor = try SocketMonitor(
            context, watching: socket, name: "outbound-\(name)", tellsProtocolErrors: true)
        do throws(TransportError) {
            try socket.connect(address)
        } catch {
            monitor.close()
            throw error
        }
        return (socket, monitor)
    }

    private func handle(
        _ event: ConnectionEvent, _ now: UInt64, _ cuts: inout [ConnectionGuard.Cut]
    ) {
        switch event {
        case .connected(let descriptor):
            takeDown(.closed)
            isConnected = true
            serial = state.connectionGuard.admit(
                descriptor, side: .outbound(id), nowMilliseconds: now, cuts: &cuts)
        case .handshakeSucceeded: goUp()
        case .disconnected:
            if isUp { isClosing = true } else { takeDown(.closed) }
        case .closed:
            if !isConnected { fail(.unreachable) }
            noteAttempt(now)
        case .handshakeBrokenOff: fail(hasTimedOut(now) ? .timedOut : .brokenOff)
        case .handshakeRefused:
            fail(.refused)
            quickAttempts = quickAttempts.map { _ in 0 }
            redialMilliseconds = now + UInt64(state.limits.reconnectMaximumMilliseconds)
        case .handshakeProtocolError:
            // After the handshake: a frame that its peer did not make. The connection is open still: see SocketMonitor.
            if isUp {
                disconnect(.refused(.handshakeProtocol))
                redialMilliseconds = now
                return
            }
            fail(.protocolMismatch)
            quickAttempts = quickAttempts.map { _ in 0 }
            redialMilliseconds = now + UInt64(state.limits.reconnectMaximumMilliseconds)
        case .listening, .accepted, .acceptFailed: break
        }
    }

    /// Both ends give a handshake the same time; the listener's may have run out first.
    private func hasTimedOut(_ now: UInt64) -> Bool {
        guard let serial, let connection = state.connectionGuard.connections[serial] else {
            return false
        }
        let elapsed = now - connection.admittedMilliseconds
        return elapsed >= UInt64(state.limits.handshakeMilliseconds) * 9 / 10
    }

    private func goUp() {
        guard let serial, let address = state.connectionGuard.connections[serial]?.address else {
            return
        }
        if state.linkCount >= state.limits.connections {
            state.counters.add(.full)
            return disconnect(.refused(.full))
        }
        isUp = true
        lastFailure = nil
        quickAttempts = quickAttempts.map { _ in state.limits.quickAttempts }
        ledger = OutboundLedger()
        state.linkCount += 1
        state.counters.linksUp += 1
        state.events.append(.up(id, key, .outbound, address))
    }

    private func receive() {
        let message = state.message
        let isMultipart = message.hasMore
        if isMultipart { while message.hasMore, socket.receive(message) {} }
        guard isUp, let serial else { return state.counters.add(.stray) }
        if isMultipart { return refuse(.multipart) }
        if message.count > state.limits.maximumFrameBytes { return refuse(.oversized) }
        state.connectionGuard.deliver(serial, payloadBytes: message.count)
        state.countReceived(message.count)
        state.events.append(.frame(id, message.bytes))
    }

    private func refuse(_ reason: Refusal) {
        state.counters.add(reason)
        disconnect(.refused(reason))
    }

    private func fail(_ failure: DialFailure) {
        if lastFailure != failure { state.events.append(.dialFailed(id, failure)) }
        lastFailure = failure
    }

    /// Forgets the connection, and says so when it was a link.
    private func takeDown(_ reason: DownReason) {
        if let serial { state.connectionGuard.forget(serial) }
        serial = nil
        isClosing = false
        isConnected = false
        guard isUp else { return }
        isUp = false
        state.linkCount -= 1
        state.events.append(.down(id, reason))
        // The next attempts are short ones again.
        if quickAttempts != nil, !isQuick { redialMilliseconds = 0 }
    }

    /// An attempt came to nothing: after so many short ones the socket is made anew for long ones.
    private func noteAttempt(_ now: UInt64) {
        guard isQuick, !isConnected, let left = quickAttempts else { return }
        quickAttempts = max(0, left - 1)
        if left <= 1 { redialMilliseconds = now }
    }
}
