import NodeCore
import Primitives

/// An honest node of an `EclipseStudy`: its overlay and its links.
struct StudyNode: Sendable {
    /// Inbound links that a node takes (protocol.md section 3: 256 connections), two of a network group.
    static let inboundLinks = 248
    static let inboundPerGroup = 2

    let known: KnownNode
    var overlay: Overlay
    /// Nodes that it dialled and is linked with, in the order of the links.
    var outbound: [NodeKey] = []
    /// Whom it is linked with for good, and their positions.
    var friends = BoundedTable<NodeKey, Int>(capacity: 64)
    var inbound: [(key: NodeKey, group: Netgroup)] = []
    private var failedDials = BoundedTable<NetworkAddress, [UInt64]>(capacity: 65_536)
    private var nextAnswers = BoundedTable<NodeKey, UInt64>(capacity: 65_536)
    private(set) var mostProbes = 0

    init(known: KnownNode, overlay: Overlay) {
        self.known = known
        self.overlay = overlay
    }

    /// Whether an inbound link of a network group is taken.
    func accepts(_ group: Netgroup) -> Bool {
        inbound.count < Self.inboundLinks
            && inbound.filter { $0.group == group }.count < Self.inboundPerGroup
    }

    /// Whether a peer may be answered now; if so, that counts as its answer. Dialling again gains nothing, as in a node.
    mutating func mayAnswer(_ key: NodeKey, at time: UInt64) -> Bool {
        if let next = nextAnswers[key], time < next { return false }
        return nextAnswers.set(key, time + OverlayLimits().answerMilliseconds)
    }

    /// Notes a dial that found nobody, and how often the host was disturbed within an hour.
    mutating func noteFailure(of address: NetworkAddress, at time: UInt64) {
        var times = (failedDials[address] ?? []).filter { time < $0 + 3_600_000 }
        times.append(time)
        failedDials.set(address, times)
        mostProbes = max(mostProbes, times.count)
    }
}
