import CZeroMQ
import Glibc
import Primitives

/// libzmq's context: its I/O thread and its sockets' shared state.
///
/// Every socket retains it: terminating a context before its sockets are closed hangs.
@safe
final class ZMQContext {
    private(set) var handle: UnsafeMutableRawPointer?

    init(maximumSockets: Int) throws(TransportError) {
        unsafe handle = zmq_ctx_new()
        if unsafe handle == nil { throw systemError("zmq_ctx_new", errno) }
        // One I/O thread: monitor events of a socket then come in the order in which they happened.
        unsafe zmq_ctx_set(handle, ZMQ_IO_THREADS, 1)
        unsafe zmq_ctx_set(handle, ZMQ_MAX_SOCKETS, Int32(clamping: maximumSockets))
        unsafe zmq_ctx_set(handle, ZMQ_BLOCKY, 0)
    }

    deinit { terminate() }

    /// Returns when libzmq's threads have ended. All sockets must be closed.
    func terminate() {
        guard let open = unsafe handle else { return }
        unsafe zmq_ctx_term(open)
        unsafe handle = nil
    }
}

/// One libzmq socket, used by one thread.
@safe
final class ZMQSocket {
    private let context: ZMQContext
    private(set) var handle: UnsafeMutableRawPointer?

    init(_ context: ZMQContext, _ type: Int32) throws(TransportError) {
        self.context = context
        unsafe handle = unsafe zmq_socket(context.handle, type)
        if unsafe handle == nil { throw systemError("zmq_socket", errno) }
        set(ZMQ_LINGER, 0)
    }

    deinit { close() }

    func close() {
        guard let open = unsafe handle else { return }
        unsafe zmq_close(open)
        unsafe handle = nil
    }

    func set(_ option: Int32, _ value: Int) {
        var number = Int32(clamping: value)
        let status = unsafe zmq_setsockopt(handle, option, &number, MemoryLayout<Int32>.size)
        require(status == 0, "libzmq refuses option \(option): \(errorText(errno))")
    }

    func set(_ option: Int32, wide value: Int64) {
        var number = value
        let status = unsafe zmq_setsockopt(handle, option, &number, MemoryLayout<Int64>.size)
        require(status == 0, "libzmq refuses option \(option): \(errorText(errno))")
    }

    func set(_ option: Int32, _ bytes: [UInt8]) {
        let status = unsafe zmq_setsockopt(handle, option, bytes, bytes.count)
        require(status == 0, "libzmq refuses option \(option): \(errorText(errno))")
    }

    func bind(_ address: String) throws(TransportError) {
        if unsafe zmq_bind(handle, address) != 0 { throw systemError("bind \(address)", errno) }
    }

    func connect(_ address: String) throws(TransportError) {
        if unsafe zmq_connect(handle, address) != 0 {
            throw systemError("connect \(address)", errno)
        }
    }

    /// The address bound last, with the port that the system chose.
    var lastEndpoint: String {
        var text = [CChar](repeating: 0, count: 1_024)
        var length = text.count
        unsafe zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &text, &length)
        return Z85.text(text)
    }

    /// Sends one frame without waiting; 0 or the error number.
    func send(_ bytes: [UInt8], more: Bool = false) -> Int32 {
        let flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)
        return unsafe zmq_send(handle, bytes, bytes.count, flags) < 0 ? errno : 0
    }

    /// Receives one frame without waiting; false when there is none.
    func receive(_ message: ZMQMessage) -> Bool {
        guard let open = unsafe handle else { return false }
        while unsafe zmq_msg_recv(message.pointer, open, ZMQ_DONTWAIT) < 0 {
            guard errno == EINTR else { return false }
        }
        return true
    }

    /// Receives all frames of one message without waiting. Only for sockets whose other end is this
    /// process or libzmq itself: there is no cap.
    func receiveAll(_ message: ZMQMessage) -> [[UInt8]]? {
        guard receive(message) else { return nil }
        var frames = [message.bytes]
        while message.hasMore, receive(message) { frames.append(message.bytes) }
        return frames
    }
}

/// One received frame; the buffer is used again for the next.
@safe
final class ZMQMessage {
    let pointer: UnsafeMutablePointer<zmq_msg_t>

    init() {
        unsafe pointer = .allocate(capacity: 1)
        unsafe zmq_msg_init(pointer)
    }

    deinit {
        unsafe zmq_msg_close(pointer)
        unsafe pointer.deallocate()
    }

    var count: Int { unsafe zmq_msg_size(pointer) }

    /// Another frame of the same message follows.
    var hasMore: Bool { unsafe zmq_msg_more(pointer) != 0 }

    var bytes: [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(start: zmq_msg_data(pointer), count: count))
    }

    /// The descriptor of the connection that brought the frame, or -1.
    var descriptor: Int32 { unsafe zmq_msg_get(pointer, ZMQ_SRCFD) }

    func equals(_ other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        return unsafe other.isEmpty || memcmp(zmq_msg_data(pointer), other, other.count) == 0
    }

    /// What the ZAP handler called the sender; nil when nobody authenticated it.
    var userID: String? {
        guard let text = unsafe zmq_msg_gets(pointer, "User-Id") else { return nil }
        return unsafe String(cString: text)
    }

    /// Compares the User-Id with `other` without allocating.
    func userIDEquals(_ other: [CChar]) -> Bool {
        guard let text = unsafe zmq_msg_gets(pointer, "User-Id") else { return false }
        return unsafe strcmp(text, other) == 0
    }
}

func errorText(_ number: Int32) -> String {
    guard let text = unsafe zmq_strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
}

/// The error of a failed system or libzmq call.
func systemError(_ operation: String, _ number: Int32) -> TransportError {
    let known: (TransportError.Code, String)
    switch number {
    case EADDRINUSE: known = (.addressInUse, "another process listens there")
    case EADDRNOTAVAIL, ENODEV: known = (.addressNotAvailable, "this machine has no such address")
    case ENAMETOOLONG: known = (.pathTooLong, "a socket path has at most 107 bytes")
    case EACCES, EPERM: known = (.permissionDenied, "permission denied")
    case EINVAL, EPROTONOSUPPORT: known = (.invalidAddress, "not an address")
    case EMFILE, ENFILE: known = (.tooFewDescriptors, "no file descriptor is left")
    default: known = (.system, "failed")
    }
    return TransportError(
        code: known.0, operation: operation, message: known.1, cause: errorText(number))
}
