import Glibc
import Primitives

/// What the parts of an endpoint share.
final class TransportState {
    let limits: TransportLimits
    let connectionGuard: ConnectionGuard
    let queued = OutboundLedger()
    /// Reused for every frame received or sent.
    let message = ZMQMessage()
    let routingMessage = ZMQMessage()
    /// Established links, inbound and outbound.
    var linkCount = 0
    var events: [TransportEvent] = []
    var counters = TransportCounters()
    private(set) var bans: BoundedTable<NodeKey, UInt64>
    private var banCount: UInt64 = 0
    private var lastLink: UInt64 = 0

    init(limits: TransportLimits) throws(TransportError) {
        self.limits = limits
        connectionGuard = try ConnectionGuard(
            limits: limits,
            capacity: limits.connections + limits.halfOpen + limits.outboundLinks)
        bans = BoundedTable(capacity: limits.bans)
    }

    func newLink() -> LinkID {
        lastLink += 1
        return LinkID(lastLink)
    }

    /// Remembers a ban, forgetting the oldest when there are too many.
    func ban(_ key: NodeKey) {
        if bans.isFull, !bans.contains(key),
            let oldest = bans.keys.indices.min(by: { bans.values[$0] < bans.values[$1] })
        {
            bans.remove(bans.keys[oldest])
        }
        banCount += 1
        bans.set(key, banCount)
    }

    func unban(_ key: NodeKey) { bans.remove(key) }

    /// Whether a frame of `count` bytes fits into the queues of its link and of the node.
    func refuses(_ count: Int, on ledger: OutboundLedger) -> SendOutcome? {
        if count > limits.maximumFrameBytes { return .tooLarge }
        let cost = count + QueuedFrame.overheadBytes
        let fits =
            ledger.bytes + cost <= limits.outboundQueueBytesPerLink
            && queued.bytes + cost <= limits.outboundQueueBytesTotal
        return fits ? nil : .full
    }

    func countReceived(_ payloadBytes: Int) {
        counters.framesReceived += 1
        counters.payloadBytesReceived += payloadBytes
    }

    /// The outcome of a queue attempt that ended with `number`.
    func outcome(_ number: Int32, _ payloadBytes: Int) -> SendOutcome {
        if number != 0 { return number == EAGAIN ? .full : .gone }
        counters.framesSent += 1
        counters.payloadBytesSent += payloadBytes
        return .sent
    }
}
