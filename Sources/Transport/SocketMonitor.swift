import CZeroMQ

/// One thing that libzmq reports about a connection of a socket.
enum ConnectionEvent: Hashable {
    case listening(Int32)
    case connected(Int32)
    case accepted(Int32)
    case acceptFailed
    /// An attempt to connect ended before there was a connection.
    case closed
    case disconnected(Int32)
    case handshakeSucceeded
    /// The other side broke off during the handshake.
    case handshakeBrokenOff
    case handshakeProtocolError(Int)
    /// The other side's ZAP handler said no.
    case handshakeRefused
}

/// The event stream of one socket.
///
/// libzmq's I/O thread *waits* when about a thousand events are unread, so a flood of connects is
/// held back by us rather than piling up.
final class SocketMonitor {
    let socket: ZMQSocket
    private let watched: ZMQSocket

    /// `tellsProtocolErrors`: libzmq 4.3.4 loses the error of a frame that it could not authenticate when it reports it,
    /// and then leaves the connection open without ever reading of it again. A listener does without the report, so
    /// that such a connection ends (T40); who dialled makes the socket anew.
    init(
        _ context: ZMQContext, watching watched: ZMQSocket, name: String, tellsProtocolErrors: Bool
    ) throws(TransportError) {
        self.watched = watched
        let address = "inproc://monitor-\(name)"
        let wanted =
            ZMQ_EVENT_LISTENING | ZMQ_EVENT_CONNECTED | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_ACCEPT_FAILED
            | ZMQ_EVENT_CLOSED
            | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED
            | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
            | (tellsProtocolErrors ? ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL : 0)
        if unsafe zmq_socket_monitor(watched.handle, address, wanted) != 0 {
            throw systemError("zmq_socket_monitor", zmq_errno())
        }
        socket = try ZMQSocket(context, ZMQ_PAIR)
        try socket.connect(address)
    }

    /// Ends the stream; must come before the end of the watched socket.
    func close() {
        // The I/O thread may wait for room while it holds the lock that the next call takes.
        let message = ZMQMessage()
        while socket.receive(message) {}
        unsafe zmq_socket_monitor(watched.handle, nil, 0)
        socket.close()
    }

    /// The next event, nil when there is none.
    func next(_ message: ZMQMessage) -> ConnectionEvent? {
        while let frames = socket.receiveAll(message) {
            guard let head = frames.first, head.count == 6 else { continue }
            let kind = Int32(head[0]) | Int32(head[1]) << 8
            let value = head[2...].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            if let event = Self.event(kind, value) { return event }
        }
        return nil
    }

    private static func event(_ kind: Int32, _ value: UInt32) -> ConnectionEvent? {
        let descriptor = Int32(bitPattern: value)
        return switch kind {
        case ZMQ_EVENT_LISTENING: .listening(descriptor)
        case ZMQ_EVENT_CONNECTED: .connected(descriptor)
        case ZMQ_EVENT_ACCEPTED: .accepted(descriptor)
        case ZMQ_EVENT_ACCEPT_FAILED: .acceptFailed
        case ZMQ_EVENT_CLOSED: .closed
        case ZMQ_EVENT_DISCONNECTED: .disconnected(descriptor)
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: .handshakeSucceeded
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: .handshakeBrokenOff
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: .handshakeProtocolError(Int(value))
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: .handshakeRefused
        default: nil
        }
    }
}
