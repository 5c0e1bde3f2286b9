public import Primitives

/// Why a link went down.
public enum DownReason: Hashable, Sendable, CustomStringConvertible {
    case closed
    case disconnected
    case hungUp
    case refused(Refusal)

    public var description: String {
        switch self {
        case .closed: "closed by the other side or by the network"
        case .disconnected: "disconnected by this node"
        case .hungUp: "hung up by this node"
        case .refused(let refusal): refusal.rawValue
        }
    }
}

/// Why an outbound connection could not be made. It is tried again in every case.
public enum DialFailure: String, Hashable, Sendable {
    /// Nobody listens there.
    case unreachable = "nobody answers at this address"
    /// The handshake broke off: the pinned key is not the listener's, it is not such a node, or it is full and
    /// closed at once. A full libzmq listener does so when its ZAP answer is there before it looks, and
    /// otherwise leaves the dialler waiting (`timedOut`); the dialler sees no difference to a wrong key.
    case brokenOff = "broke off the handshake: wrong key, full, or not a node"
    /// The listener took the connection and did not finish the handshake: full, or not a node.
    case timedOut = "did not finish the handshake in time: full, or not a node"
    /// The listener's ZAP handler refused this node's key.
    case refused = "refused by the other node"
    /// The other side does not speak ZMTP with CURVE.
    case protocolMismatch = "does not speak ZMTP with CURVE"
}

/// What `Endpoint.poll` reports.
public enum TransportEvent: Hashable, Sendable {
    /// An authenticated link. For an inbound one its first frame follows in the same batch.
    case up(LinkID, NodeKey, LinkDirection, NetworkAddress)
    /// The link is gone; an outbound one is dialled again and comes up with the same id.
    case down(LinkID, DownReason)
    /// One whole message: a single frame of at most `maximumFrameBytes`.
    case frame(LinkID, [UInt8])
    /// A request on the control socket; `Endpoint.reply` answers it.
    case control(ControlClient, [UInt8])
    /// A datagram of the local net, and the host that it says it is from, port 0: nothing vouches for either.
    case datagram([UInt8], NetworkAddress)
    /// Dialling failed; reported when the reason changes, not on every attempt.
    case dialFailed(LinkID, DialFailure)
    /// Somebody called `Waker.wake` since the last report.
    case woken
}

/// What became of a frame given to `Endpoint.send`.
public enum SendOutcome: String, Hashable, Sendable {
    /// Queued. What is queued when a connection breaks is lost.
    case sent
    /// The link's or the node's outbound queue is full; the frame is not kept.
    case full
    /// There is no such link, or it is down.
    case gone
    /// Larger than `maximumFrameBytes`.
    case tooLarge
}

/// One client of the control socket, as the return address of its requests.
public struct ControlClient: Hashable, Sendable {
    let routingID: [UInt8]
}
