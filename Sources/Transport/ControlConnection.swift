import CZeroMQ
import Glibc

/// The command line's end of the control socket: one request, one reply, in turn.
///
/// Owns a libzmq context of its own; used by one thread.
public final class ControlConnection {
    public let path: String
    private let context: ZMQContext
    private var parts: (socket: ZMQSocket, monitor: SocketMonitor)?
    private let message = ZMQMessage()
    private var attempts = 0

    /// Connects to the daemon that listens at `path`.
    ///
    /// Throws `noSocketFile`, `nobodyAnswers` (the file of a daemon that is no more),
    /// `permissionDenied`, `pathTooLong`.
    public init(_ path: String) throws(TransportError) {
        self.path = path
        try Self.probe(path)
        context = try ZMQContext(maximumSockets: 16)
        parts = try open()
    }

    deinit { close() }

    /// Sends a request and waits for its reply; may be called again and again.
    ///
    /// Throws `timedOut` or `connectionLost`. The next request is then made on a fresh connection,
    /// so that a late reply is never taken for another's.
    public func request(_ bytes: [UInt8], timeoutMilliseconds: Int) throws(TransportError)
        -> [UInt8]
    {
        let deadline = Monotonic.milliseconds + UInt64(max(0, timeoutMilliseconds))
        let (socket, monitor) = try connected()
        var isSent = false
        while true {
            if !isSent {
                let number = socket.send(bytes)
                if number != 0, number != EAGAIN { throw fail(systemError("request", number)) }
                isSent = number == 0
            }
            if isSent, let frames = socket.receiveAll(message), let reply = frames.first {
                return reply
            }
            while let event = monitor.next(message) {
                if case .disconnected = event {
                    // What the daemon said last came before its end, and perhaps after the look above.
                    if isSent, let reply = socket.receiveAll(message)?.first { return reply }
                    throw fail(error(.connectionLost, "the daemon ended the connection"))
                }
                if event == .closed { throw fail(error(.nobodyAnswers, "no daemon listens there")) }
            }
            let now = Monotonic.milliseconds
            if now >= deadline {
                throw fail(error(.timedOut, "no answer in \(timeoutMilliseconds) ms"))
            }
            wait(socket, monitor, wantsRoom: !isSent, milliseconds: Int(clamping: deadline - now))
        }
    }

    /// Ends the connection.
    public func close() {
        parts?.monitor.close()
        parts?.socket.close()
        parts = nil
    }

    // MARK: Helpers

    private static func probe(_ path: String) throws(TransportError) {
        let operation = "connect \(path)"
        switch UnixSocket.connectError(path) {
        case 0: return
        case ENOENT:
            throw TransportError(
                code: .noSocketFile, operation: operation, message: "no daemon has been started",
                cause: errorText(ENOENT))
        case ECONNREFUSED:
            throw TransportError(
                code: .nobodyAnswers, operation: operation, message: "no daemon listens there",
                cause: errorText(ECONNREFUSED))
        case let number: throw systemError(operation, number)
        }
    }

    private func connected() throws(TransportError) -> (ZMQSocket, SocketMonitor) {
        if let parts { return parts }
        try Self.probe(path)
        let fresh = try open()
        parts = fresh
        return fresh
    }

    private func open() throws(TransportError) -> (socket: ZMQSocket, monitor: SocketMonitor) {
        attempts += 1
        let socket = try ZMQSocket(context, ZMQ_DEALER)
        // No queue without a connection: a request is never given to a later daemon.
        socket.set(ZMQ_IMMEDIATE, 1)
        let monitor = try SocketMonitor(context, watching: socket, name: "control-\(attempts)")
        do throws(TransportError) {
            try socket.connect("ipc://\(path)")
        } catch {
            monitor.close()
            throw error
        }
        return (socket, monitor)
    }

    private func wait(
        _ socket: ZMQSocket, _ monitor: SocketMonitor, wantsRoom: Bool, milliseconds: Int
    ) {
        let wanted = ZMQ_POLLIN | (wantsRoom ? ZMQ_POLLOUT : 0)
        var items = unsafe [
            zmq_pollitem_t(socket: socket.handle, fd: 0, events: Int16(wanted), revents: 0),
            zmq_pollitem_t(
                socket: monitor.socket.handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0),
        ]
        unsafe zmq_poll(&items, 2, milliseconds)
    }

    private func fail(_ error: TransportError) -> TransportError {
        close()
        return error
    }

    private func error(_ code: TransportError.Code, _ text: String) -> TransportError {
        TransportError(code: code, operation: "request to \(path)", message: text)
    }
}
