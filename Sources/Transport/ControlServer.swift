import CZeroMQ
import Glibc

/// The local control socket: requests of this machine's owner over a Unix socket.
///
/// No encryption and no ZAP: who may open the file is who may ask. The directory is 0700 and the
/// file 0600 from its first instant.
final class ControlServer {
    /// sockaddr_un.sun_path has 108 bytes with its terminating zero.
    static let longestPathBytes = 107

    let socket: ZMQSocket
    private let path: String
    private let state: TransportState

    init(_ context: ZMQContext, _ state: TransportState, path: String) throws(TransportError) {
        self.path = path
        self.state = state
        try Self.prepare(path)
        socket = try ZMQSocket(context, ZMQ_ROUTER)
        socket.set(ZMQ_MAXMSGSIZE, wide: Int64(state.limits.controlFrameBytes))
        socket.set(ZMQ_RCVHWM, 8)
        socket.set(ZMQ_SNDHWM, 8)
        socket.set(ZMQ_HANDSHAKE_IVL, state.limits.handshakeMilliseconds)
        socket.set(ZMQ_ROUTER_MANDATORY, 1)
        socket.set(ZMQ_ROUTER_HANDOVER, 1)
        // The answer to `stop` is the last thing before the end: it goes out first. Who does not read its answers holds
        // the end up for so long.
        socket.set(ZMQ_LINGER, state.limits.controlLingerMilliseconds)
        let before = umask(0o177)
        defer { umask(before) }
        try socket.bind("ipc://\(path)")
    }

    /// Removes the file, which is ours as long as we listen, and ends the socket once its answers are sent.
    func close() {
        unsafe unlink(path)
        socket.close()
    }

    /// Takes out up to `budget` requests.
    func drain(budget: Int) {
        for _ in 0..<budget {
            guard socket.receive(state.routingMessage), socket.receive(state.message) else {
                return
            }
            guard !state.message.hasMore else {
                while state.message.hasMore, socket.receive(state.message) {}
                state.counters.add(.multipart)
                continue
            }
            let client = ControlClient(routingID: state.routingMessage.bytes)
            state.events.append(.control(client, state.message.bytes))
        }
    }

    func reply(_ client: ControlClient, _ bytes: [UInt8]) -> SendOutcome {
        if bytes.count > state.limits.controlFrameBytes { return .tooLarge }
        var number = socket.send(client.routingID, more: true)
        if number == 0 { number = socket.send(bytes) }
        return number == 0 ? .sent : number == EAGAIN ? .full : .gone
    }

    /// Makes the directory, and removes the file of a daemon that is no more.
    private static func prepare(_ path: String) throws(TransportError) {
        let operation = "bind ipc://\(path)"
        guard path.utf8.count <= longestPathBytes else {
            throw systemError(operation, ENAMETOOLONG)
        }
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        let directory = parent.isEmpty ? "/" : parent
        if unsafe mkdir(directory, 0o700) != 0, errno != EEXIST {
            throw systemError("mkdir \(directory)", errno)
        }
        var status = stat()
        if unsafe stat(directory, &status) != 0 { throw systemError("stat \(directory)", errno) }
        guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw TransportError(
                code: .insecureDirectory, operation: operation,
                message: "\(directory) must belong to this user with mode 0700")
        }
        if unsafe lstat(path, &status) != 0 { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw TransportError(
                code: .addressInUse, operation: operation, message: "\(path) is not a socket")
        }
        if UnixSocket.connectError(path) == 0 {
            throw TransportError(
                code: .addressInUse, operation: operation, message: "another process answers there")
        }
        if unsafe unlink(path) != 0 { throw systemError("unlink \(path)", errno) }
    }
}

enum UnixSocket {
    /// Tries to connect to a Unix socket: 0, or the error number.
    static func connectError(_ path: String) -> Int32 {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var address = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_un>.size)
        guard path.utf8.count <= ControlServer.longestPathBytes else { return ENAMETOOLONG }
        address.replaceSubrange(2..<2 + path.utf8.count, with: path.utf8)
        address[0] = UInt8(AF_UNIX)
        let status = unsafe address.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return Int32(-1) }
            return unsafe connect(
                descriptor, base.assumingMemoryBound(to: sockaddr.self), socklen_t(buffer.count))
        }
        return status == 0 ? 0 : errno
    }
}
