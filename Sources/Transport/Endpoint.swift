import CZeroMQ
import Glibc
public import Primitives

/// A node's place in the network: every socket it owns, used by one thread.
///
/// The thread that made it calls `poll` in a loop and acts on the events. Nothing here waits except
/// `poll`, and nothing is started on another thread. One endpoint has one libzmq context, and a
/// process has one endpoint unless it hosts several nodes. All costs are O(links) at most.
public final class Endpoint {
    public let limits: TransportLimits
    public let publicKey: NodeKey
    /// Given to other threads that want `poll` to return.
    public let waker: Waker

    let state: TransportState
    var inbound: InboundPeers?
    var outbound: BoundedTable<LinkID, OutboundPeer>
    var control: ControlServer?
    var beacon: Beacon?
    var isClosed = false
    private let context: ZMQContext
    private let zap: ZapHandler
    private let keys: CurveKeys
    var rotation = 0
    var cuts: [ConnectionGuard.Cut] = []

    /// Raises RLIMIT_NOFILE; lowers `limits.connections` to what it allows.
    ///
    /// Throws `noCurveSupport`, or `tooFewDescriptors` when not even one connection would fit.
    public init(keys: CurveKeys, limits: TransportLimits = TransportLimits()) throws(TransportError)
    {
        guard unsafe zmq_has("curve") == 1 else {
            throw TransportError(
                code: .noCurveSupport, operation: "libzmq", message: "it was built without CURVE")
        }
        var limits = limits
        limits.connections = try DescriptorBudget.connections(limits)
        self.limits = limits
        self.keys = keys
        publicKey = keys.publicKey
        waker = try Waker()
        state = try TransportState(limits: limits)
        outbound = BoundedTable(capacity: limits.outboundLinks)
        // A dialled peer takes three sockets: DEALER and both ends of its monitor.
        context = try ZMQContext(maximumSockets: 32 + 3 * limits.outboundLinks)
        // Before any server socket: without a handler libzmq lets everybody in.
        zap = try ZapHandler(context)
    }

    deinit { close() }

    // MARK: Inputs

    /// Opens a port, `tcp://127.0.0.1:0` for any free one, and returns its address with the number.
    ///
    /// Throws `addressInUse`, `addressNotAvailable`, `invalidAddress`.
    public func listen(on address: String) throws(TransportError) -> String {
        try requireOpen("listen")
        let peers: InboundPeers
        if let inbound { peers = inbound } else { peers = try InboundPeers(context, state, keys) }
        inbound = peers
        try peers.socket.bind(address)
        return Self.unmapped(peers.socket.lastEndpoint)
    }

    /// Opens the control socket at a file path of at most 107 bytes, in a directory that is made
    /// with mode 0700 or must have it.
    ///
    /// Changes the process's umask for the duration of the call. Throws `pathTooLong`,
    /// `insecureDirectory`, `permissionDenied`, and `addressInUse` when a daemon answers there.
    public func bindControl(_ path: String) throws(TransportError) {
        try requireOpen("bindControl")
        control = try ControlServer(context, state, path: path)
    }

    /// Dials a node for ever, until `hangUp`. `address` is `tcp://host:port`; `key` is the only
    /// node key accepted there. `isUrgent`: a peer that the user named, of which the first `limits.quickAttempts`
    /// after each loss are short.
    ///
    /// Throws `invalidAddress`, and `tooManyLinks` past `limits.outboundLinks`.
    public func dial(address: String, key: NodeKey, isUrgent: Bool = false)
        throws(TransportError) -> LinkID
    {
        try requireOpen("dial")
        guard !outbound.isFull else {
            throw TransportError(
                code: .tooManyLinks, operation: "dial \(address)",
                message: "this node dials at most \(limits.outboundLinks) peers")
        }
        let peer = try OutboundPeer(
            context, state, keys, address: address, key: key, isUrgent: isUrgent)
        outbound.set(peer.id, peer)
        return peer.id
    }

    /// Ends an outbound link and stops dialling. Reports `.down` when it was up.
    public func hangUp(_ link: LinkID) { outbound.remove(link)?.close() }

    /// Drops the connection of a link, inbound or outbound; an outbound one is dialled again.
    public func disconnect(_ link: LinkID) {
        if let peer = outbound[link] {
            peer.disconnect(.disconnected)
        } else {
            inbound?.disconnect(link, .disconnected)
        }
    }

    /// Refuses a key from now on, ends its inbound link, and hangs up on it.
    public func ban(_ key: NodeKey) {
        state.ban(key)
        if let link = inbound?.link(of: key) { inbound?.disconnect(link, .refused(.banned)) }
        for peer in outbound.values where peer.key == key { hangUp(peer.id) }
    }

    /// Forgets a ban.
    public func unban(_ key: NodeKey) { state.unban(key) }

    /// Queues a frame without waiting.
    public func send(frame: [UInt8], to link: LinkID) -> SendOutcome {
        if let peer = outbound[link] { return peer.send(frame) }
        return inbound?.send(frame, to: link) ?? .gone
    }

    /// Answers a request of the control socket.
    @discardableResult
    public func reply(_ client: ControlClient, _ bytes: [UInt8]) -> SendOutcome {
        control?.reply(client, bytes) ?? .gone
    }

    /// Closes every socket and waits for libzmq's threads to end. Frames still queued are lost;
    /// answers of the control socket are not, if they are read within `limits.controlLingerMilliseconds`. Calling it again does nothing.
    public func close() {
        if isClosed { return }
        isClosed = true
        for peer in outbound.values { peer.close() }
        inbound?.close()
        control?.close()
        beacon = nil
        zap.socket.close()
        context.terminate()
    }

    // MARK: Queries

    public var counters: TransportCounters { state.counters }

    /// What connections carried since the start, as of the guard's last readings.
    public var traffic: TrafficBytes { state.connectionGuard.traffic }

    /// Frames that wait in libzmq to be sent, in bytes with their overhead, over all links.
    public var queuedBytes: Int { state.queued.bytes }

    /// The size of each map against its cap.
    public var census: [MapCensus] {
        func entry<Key, Value>(_ name: String, _ table: BoundedTable<Key, Value>?) -> MapCensus {
            MapCensus(name: name, count: table?.count ?? 0, capacity: table?.capacity ?? 0)
        }
        let connectionGuard = state.connectionGuard
        return [
            entry("connections", connectionGuard.connections),
            MapCensus(
                name: "half-open", count: connectionGuard.halfOpenCount, capacity: limits.halfOpen),
            MapCensus(name: "links", count: state.linkCount, capacity: limits.connections),
            entry("inbound links", inbound?.links),
            entry("inbound descriptors", inbound?.serialsByDescriptor),
            entry("ended routing ids", inbound?.endedRoutingIDs),
            entry("dialled peers", outbound),
            entry("bans", state.bans),
        ]
    }

    // MARK: Helpers

    private func requireOpen(_ operation: String) throws(TransportError) {
        if isClosed {
            throw TransportError(
                code: .closed, operation: operation, message: "the endpoint is closed")
        }
    }

    /// `tcp://[::ffff:127.0.0.1]:4600` as people write it.
    private static func unmapped(_ address: String) -> String {
        let mapped = "tcp://[::ffff:"
        guard address.hasPrefix(mapped) else { return address }
        return "tcp://" + address.dropFirst(mapped.count).replacing("]", with: "")
    }

    /// Answers libzmq's questions about newcomers.
    func serveZap() {
        zap.serve(state.message) { key in
            if state.bans.contains(key) { return .banned }
            return state.linkCount >= limits.connections ? .full : .welcome
        }
    }

    var zapSocket: ZMQSocket { zap.socket }
}
