/// The push trees of one feed in a modelled network (`Node+Trees`): who pushes it to whom, and who only announces it.
///
/// Kept from record to record of one author, then forgotten. 2 bytes an end; 1 and 4 for each upstream a node.
struct ModelTrees {
    private let targets: (others: Int, trusted: Int)
    private let width: Int
    /// By end: the peer asked not to have the feed pushed; the node asked the peer so.
    private var isPruned: [Bool]
    private var hasPruned: [Bool]
    /// By node: ends whose peers push the feed, the fastest first.
    private var upstreams: [UInt32]
    private var counts: [UInt8]
    /// Nodes in the trees.
    private var members: [UInt32] = []

    init(_ scenario: Scenario, _ links: ModelLinks) {
        targets = (scenario.upstreams, scenario.trustedUpstreams)
        width = max(1, max(targets.others, targets.trusted))
        isPruned = [Bool](repeating: false, count: links.endCount)
        hasPruned = isPruned
        upstreams = [UInt32](repeating: 0, count: links.nodeCount * width)
        counts = [UInt8](repeating: 0, count: links.nodeCount)
    }

    /// Whether the node of an end only announces the feed there.
    func isPruned(_ end: Int) -> Bool { isPruned[end] }

    /// A peer is asked not to push the feed to `end`.
    mutating func prune(_ end: Int, _ links: ModelLinks) {
        isPruned[Int(links.opposites[end])] = true
    }

    mutating func begin(at author: Int) { members.append(UInt32(author)) }

    /// The record came to `node` first by `end`: the fastest upstream now.
    mutating func noteFirst(_ node: Int, by end: Int, trusts: Bool) {
        let first = node * width
        guard counts[node] == 0 || upstreams[first] != UInt32(end) else { return }
        if counts[node] == 0 { members.append(UInt32(node)) }
        hasPruned[end] = false
        var held = upstreams[first..<first + Int(counts[node])].filter { $0 != UInt32(end) }
        held.insert(UInt32(end), at: 0)
        counts[node] = UInt8(min(held.count, target(trusts)))
        for place in 0..<Int(counts[node]) { upstreams[first + place] = held[place] }
    }

    /// The record came again by `end`. True where the peer is asked to stop.
    mutating func noteAgain(_ node: Int, by end: Int, trusts: Bool) -> Bool {
        let first = node * width
        let held = upstreams[first..<first + Int(counts[node])]
        guard !held.contains(UInt32(end)) else { return false }
        if held.count < target(trusts) {
            upstreams[first + held.count] = UInt32(end)
            if held.isEmpty { members.append(UInt32(node)) }
            counts[node] += 1
            return false
        }
        guard !hasPruned[end] else { return false }
        hasPruned[end] = true
        return true
    }

    /// Makes room for the trees of another feed. O(ends of the members).
    mutating func forget(_ links: ModelLinks) {
        for member in members {
            counts[Int(member)] = 0
            for end in links.ends(of: Int(member)) {
                isPruned[end] = false
                hasPruned[end] = false
            }
        }
        members.removeAll(keepingCapacity: true)
    }

    private func target(_ trusts: Bool) -> Int { max(1, trusts ? targets.trusted : targets.others) }
}
