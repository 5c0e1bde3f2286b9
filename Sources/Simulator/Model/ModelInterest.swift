import Primitives

/// Which feeds each node of a modelled network holds: what trust reaches, nearest first, then strangers by keyed
/// choice (`Node+Admission`), both only from what the links of the node offer.
///
/// Nodes look again at what their peers hold until hardly anything changes: the state in which a network without
/// newcomers settles. `limit` places a node, 4 bytes each.
struct ModelInterest {
    /// Most feeds of one node, the own included.
    let limit: Int
    private let strangerLimit: Int
    /// Every node holds everything: the limits are wider than the network.
    let isUnbounded: Bool
    private(set) var rounds = 0

    /// By node: what trust reaches, the own feed first, then strangers; once settled, ascending.
    private var feeds: [UInt32] = []
    private var reached: [UInt16] = []
    private var counts: [UInt16] = []

    /// The network has settled when fewer than one node in so many changes in a round.
    private static let settledShare = 1_000
    /// A figure says how many rounds were used.
    private static let mostRounds = 64

    /// O(rounds x ends x limit).
    init(_ scenario: Scenario, seed: UInt64, _ links: ModelLinks, _ trust: ModelTrust) {
        let nodes = scenario.honestNodes
        isUnbounded = scenario.feedLimit == 0
        limit = isUnbounded ? nodes : min(scenario.feedLimit, Int(UInt16.max))
        strangerLimit = scenario.strangerLimit == 0 ? nodes : scenario.strangerLimit
        guard !isUnbounded else { return }
        feeds = [UInt32](repeating: 0, count: nodes * limit)
        reached = [UInt16](repeating: 1, count: nodes)
        counts = reached
        for node in 0..<nodes { feeds[node * limit] = UInt32(node) }
        var marks = Marks(nodes)
        var moved = nodes
        while moved > nodes / Self.settledShare, rounds < Self.mostRounds {
            moved = 0
            rounds += 1
            // Up and down by turns: what the ring carries need not wait a round at every node.
            for step in 0..<nodes {
                let node = rounds % 2 == 1 ? nodes - 1 - step : step
                if look(node, seed, links, trust, &marks) { moved += 1 }
            }
        }
        for node in 0..<nodes { feeds[row(node)].sort() }
    }

    func count(_ node: Int) -> Int { isUnbounded ? limit : Int(counts[node]) }

    func holds(_ node: Int, _ feed: Int) -> Bool {
        if isUnbounded { return true }
        var low = node * limit
        var high = low + Int(counts[node])
        while low < high {
            let middle = (low + high) / 2
            if feeds[middle] < UInt32(feed) { low = middle + 1 } else { high = middle }
        }
        return low < node * limit + Int(counts[node]) && feeds[low] == UInt32(feed)
    }

    /// By author: how many of `nodes` hold its feed.
    func holderCounts(_ nodes: Int) -> [UInt32] {
        if isUnbounded { return [UInt32](repeating: UInt32(nodes), count: nodes) }
        var holders = [UInt32](repeating: 0, count: nodes)
        for node in 0..<nodes {
            for place in row(node) { holders[Int(feeds[place])] += 1 }
        }
        return holders
    }

    /// Feeds of `node` that `peer` does not hold.
    func lacking(_ peer: Int, of node: Int) -> Int {
        if isUnbounded { return 0 }
        var lacking = 0
        var place = peer * limit
        let end = place + Int(counts[peer])
        for feed in feeds[row(node)] {
            while place < end, feeds[place] < feed { place += 1 }
            if place == end || feeds[place] != feed { lacking += 1 }
        }
        return lacking
    }

    private func row(_ node: Int) -> Range<Int> {
        node * limit..<node * limit + Int(counts[node])
    }

    /// Sets of feeds that are emptied by one step of a counter.
    private struct Marks {
        var trusted: [UInt32]
        var held: [UInt32]
        var stamp: UInt32 = 0

        init(_ count: Int) {
            trusted = [UInt32](repeating: 0, count: count)
            held = trusted
        }
    }

    /// One node looks at what its peers hold. True when it holds something else afterwards.
    private mutating func look(
        _ node: Int, _ seed: UInt64, _ links: ModelLinks, _ trust: ModelTrust,
        _ marks: inout Marks
    ) -> Bool {
        marks.stamp += 1
        for place in row(node) { marks.held[Int(feeds[place])] = marks.stamp }
        for place in node * limit..<node * limit + Int(reached[node]) {
            mark(trust[Int(feeds[place])], &marks)
        }
        var changed = welcomeTrusted(node, trust, &marks)
        for end in links.ends(of: node) {
            let peer = Int(links.peers[end])
            for place in row(peer) {
                let feed = feeds[place]
                guard marks.held[Int(feed)] != marks.stamp else { continue }
                if marks.trusted[Int(feed)] == marks.stamp {
                    guard Int(reached[node]) < limit else { continue }
                    admit(feed, to: node)
                    marks.held[Int(feed)] = marks.stamp
                    mark(trust[Int(feed)], &marks)
                    changed = true
                } else if consider(feed, for: node, seed, &marks) {
                    changed = true
                }
            }
        }
        return changed
    }

    private func mark(_ users: ArraySlice<UInt32>, _ marks: inout Marks) {
        for user in users { marks.trusted[Int(user)] = marks.stamp }
    }

    /// Strangers whom trust reaches by now are none any more.
    private mutating func welcomeTrusted(_ node: Int, _ trust: ModelTrust, _ marks: inout Marks)
        -> Bool
    {
        let before = reached[node]
        var place = node * limit + Int(reached[node])
        while place < node * limit + Int(counts[node]) {
            let feed = feeds[place]
            if marks.trusted[Int(feed)] == marks.stamp {
                feeds.swapAt(place, node * limit + Int(reached[node]))
                reached[node] += 1
                mark(trust[Int(feed)], &marks)
            }
            place += 1
        }
        return reached[node] != before
    }

    /// Takes a feed that trust reaches, in the place of a stranger's where there is no other.
    private mutating func admit(_ feed: UInt32, to node: Int) {
        let place = node * limit + Int(reached[node])
        if Int(counts[node]) < limit {
            feeds[node * limit + Int(counts[node])] = feeds[place]
            counts[node] += 1
        }
        feeds[place] = feed
        reached[node] += 1
    }

    /// A stranger's feed is taken while there is room, or for another whose rank is higher.
    private mutating func consider(
        _ feed: UInt32, for node: Int, _ seed: UInt64, _ marks: inout Marks
    ) -> Bool {
        let strangers = Int(counts[node]) - Int(reached[node])
        if Int(counts[node]) < limit, strangers < strangerLimit {
            feeds[node * limit + Int(counts[node])] = feed
            counts[node] += 1
            marks.held[Int(feed)] = marks.stamp
            return true
        }
        guard strangers > 0 else { return false }
        let first = node * limit + Int(reached[node])
        var worst = first
        for place in first..<first + strangers
        where rank(feeds[place], node, seed) > rank(feeds[worst], node, seed) { worst = place }
        guard rank(feed, node, seed) < rank(feeds[worst], node, seed) else { return false }
        marks.held[Int(feeds[worst])] = 0
        feeds[worst] = feed
        marks.held[Int(feed)] = marks.stamp
        return true
    }

    /// The keyed hash that orders strangers at one node.
    private func rank(_ feed: UInt32, _ node: Int, _ seed: UInt64) -> UInt64 {
        var mixer = SeededRandom(seed: seed ^ UInt64(node) << 32 ^ UInt64(feed))
        return mixer.next()
    }
}
