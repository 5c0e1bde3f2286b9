import Primitives
import CZeroMQ
import Glibc

/// One TCP connection of libzmq, seen from outside by its descriptor.
struct Connection {
    enum Side: Hashable {
        case inbound
        case outbound(LinkID)
    }

    let descriptor: Int32
    /// The kernel's number of the socket: the descriptor may be closed and used again at any time.
    let cookie: UInt64
    let side: Side
    let address: NetworkAddress
    let admittedMilliseconds: UInt64
    /// Inbound and not heard yet.
    var isHalfOpen: Bool
    /// Something arrived since the last reading.
    var isTouched = true
    var account: ByteAccount
    /// As of the last reading.
    private(set) var traffic = TrafficBytes()

    init(descriptor: Int32, side: Side, nowMilliseconds: UInt64) {
        self.descriptor = descriptor
        self.side = side
        cookie = vb_socket_cookie(descriptor)
        address = NetworkAddress(peerOf: descriptor)
        admittedMilliseconds = nowMilliseconds
        isHalfOpen = side == .inbound
        account = ByteAccount(nowMilliseconds: nowMilliseconds)
    }

    /// Takes a reading. False when the connection is gone.
    mutating func read(isDrained: Bool, nowMilliseconds: UInt64) -> Bool {
        var (received, acknowledged): (UInt64, UInt64) = (0, 0)
        // Received first, queued second: what arrives in between makes the reading too small,
        // never too large.
        guard unsafe vb_tcp_bytes(descriptor, &received, &acknowledged) == 0 else {
            return false
        }
        let queued = vb_unread_bytes(descriptor)
        guard queued >= 0, vb_socket_cookie(descriptor) == cookie else { return false }
        traffic = TrafficBytes(received: received, sent: acknowledged)
        let read = received > UInt64(queued) ? received - UInt64(queued) : 0
        account.observe(read: read, isDrained: isDrained, nowMilliseconds: nowMilliseconds)
        isTouched = queued > 0
        return true
    }

    /// Ends the connection; libzmq notices as if the peer had closed it.
    ///
    /// The descriptor is duplicated before the cookie is compared, so that it cannot become another
    /// connection's between the comparison and the call.
    func shutDown() {
        let own = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard own >= 0 else { return }
        if cookie != 0, vb_socket_cookie(own) == cookie { shutdown(own, Int32(SHUT_RDWR)) }
        close(own)
    }
}

/// What connections carried, in bytes of their TCP streams: payloads, encryption, greetings and heartbeats, without
/// the headers of packets.
public struct TrafficBytes: Hashable, Sendable {
    public internal(set) var received: UInt64 = 0
    /// Acknowledged by the other ends.
    public internal(set) var sent: UInt64 = 0

    static func += (left: inout Self, right: Self) {
        left.received += right.received
        left.sent += right.sent
    }
}
