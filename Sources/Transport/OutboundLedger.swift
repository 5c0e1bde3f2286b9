import CZeroMQ
import Glibc
import Synchronization

/// Bytes that libzmq holds for sending.
///
/// libzmq counts its queues in messages; this counts bytes, exactly: each frame is taken off when
/// libzmq frees it, which its I/O thread does after encrypting it or with a dead connection.
final class OutboundLedger: Sendable {
    private let held = Atomic(0)

    var bytes: Int { held.load(ordering: .relaxed) }

    func add(_ count: Int) { held.wrappingAdd(count, ordering: .relaxed) }

    func subtract(_ count: Int) { held.wrappingSubtract(count, ordering: .relaxed) }
}

/// A frame on its way through libzmq, on the books of its link and of the node until it is freed.
@safe
final class QueuedFrame {
    /// What a frame costs beside its payload: libzmq's message and content, this object, malloc.
    static let overheadBytes = 192

    private let cost: Int
    private let ledgers: (link: OutboundLedger, total: OutboundLedger)
    private let storage: UnsafeMutableRawPointer
    private let count: Int

    private init(_ bytes: [UInt8], link: OutboundLedger, total: OutboundLedger) {
        count = bytes.count
        cost = bytes.count + Self.overheadBytes
        ledgers = (link, total)
        unsafe storage = .allocate(byteCount: max(1, bytes.count), alignment: 1)
        unsafe bytes.withUnsafeBytes { source in
            if let base = source.baseAddress {
                unsafe storage.copyMemory(from: base, byteCount: source.count)
            }
        }
        link.add(cost)
        total.add(cost)
    }

    deinit {
        unsafe storage.deallocate()
        ledgers.link.subtract(cost)
        ledgers.total.subtract(cost)
    }

    /// Hands `bytes` to `socket` without waiting; 0 or the error number.
    static func send(
        _ bytes: [UInt8], on socket: ZMQSocket, link: OutboundLedger, total: OutboundLedger,
        using message: ZMQMessage
    ) -> Int32 {
        let frame = QueuedFrame(bytes, link: link, total: total)
        let hint = unsafe Unmanaged.passRetained(frame).toOpaque()
        unsafe zmq_msg_close(message.pointer)
        unsafe zmq_msg_init_data(
            message.pointer, frame.storage, frame.count,
            { _, hint in
                if let hint = unsafe hint {
                    unsafe Unmanaged<QueuedFrame>.fromOpaque(hint).release()
                }
            }, hint)
        if unsafe zmq_msg_send(message.pointer, socket.handle, ZMQ_DONTWAIT) >= 0 { return 0 }
        let number = errno
        unsafe zmq_msg_close(message.pointer)
        unsafe zmq_msg_init(message.pointer)
        return number
    }
}
