import Primitives

/// The links of a modelled network in flat arrays: the same ring and random diallings as in `Simulation.build`.
///
/// A link has two ends, one at each node; ends of one node lie together. 11 bytes for an end.
struct ModelLinks {
    /// By node: where its ends begin; one more at the end.
    let offsets: [UInt32]
    /// By end: the node at the other end.
    let peers: [UInt32]
    /// By end: the other end of the same link.
    let opposites: [UInt32]
    /// By end: one-way delay towards the peer, milliseconds.
    let delays: [UInt16]
    /// By end: the node dialled this link.
    let isDialled: [Bool]

    var nodeCount: Int { offsets.count - 1 }
    var endCount: Int { peers.count }
    func ends(of node: Int) -> Range<Int> { Int(offsets[node])..<Int(offsets[node + 1]) }
    func owner(of end: Int) -> Int { Int(peers[Int(opposites[end])]) }

    /// Requires fewer than 2^30 ends. O(nodes x links).
    init(_ scenario: Scenario, seed: UInt64) {
        let nodes = scenario.honestNodes
        let (diallers, listeners) = Self.diallings(nodes, scenario.dialledLinks, seed)
        var starts = [UInt32](repeating: 0, count: nodes + 1)
        for edge in diallers.indices {
            starts[Int(diallers[edge]) + 1] += 1
            starts[Int(listeners[edge]) + 1] += 1
        }
        for node in 0..<nodes { starts[node + 1] += starts[node] }
        let count = Int(starts[nodes])
        require(count < 1 << 30, "the ends of links fit their numbers")
        var next = starts
        var peers = [UInt32](repeating: 0, count: count)
        var opposites = peers
        var delays = [UInt16](repeating: 0, count: count)
        var isDialled = [Bool](repeating: false, count: count)
        var random = SeededRandom(seed: seed, stream: "net")
        let base = min(scenario.delayMilliseconds, Int(UInt16.max) / 2)
        for edge in diallers.indices {
            let (one, other) = (Int(diallers[edge]), Int(listeners[edge]))
            let (near, far) = (Int(next[one]), Int(next[other]))
            next[one] += 1
            next[other] += 1
            peers[near] = UInt32(other)
            peers[far] = UInt32(one)
            opposites[near] = UInt32(far)
            opposites[far] = UInt32(near)
            isDialled[near] = true
            delays[near] = UInt16(base + random.below(base + 1))
            delays[far] = UInt16(base + random.below(base + 1))
        }
        offsets = starts
        self.peers = peers
        self.opposites = opposites
        self.delays = delays
        self.isDialled = isDialled
    }

    /// A ring, then random others, nobody twice by one dialler.
    private static func diallings(_ nodes: Int, _ links: Int, _ seed: UInt64)
        -> (diallers: [UInt32], listeners: [UInt32])
    {
        var random = SeededRandom(seed: seed, stream: "topology")
        var diallers: [UInt32] = []
        var listeners: [UInt32] = []
        diallers.reserveCapacity(nodes * links)
        listeners.reserveCapacity(nodes * links)
        for node in 0..<nodes {
            let first = listeners.count
            for link in 0..<max(1, links) {
                let target = UInt32(link == 0 ? (node + 1) % nodes : random.below(nodes))
                guard target != UInt32(node), !listeners[first...].contains(target) else {
                    continue
                }
                diallers.append(UInt32(node))
                listeners.append(target)
            }
        }
        return (diallers, listeners)
    }
}
