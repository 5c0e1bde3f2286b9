import Primitives

/// What one record cost the whole modelled network.
struct SpreadCost {
    /// Nodes other than the author that committed it.
    var deliveries: UInt64 = 0
    /// Times that it arrived in a PUSH, first or again, wanted or not.
    var copies: UInt64 = 0
    /// Ends of links at holders that never saw their peer show the record: each tells its frontier once.
    var tells: UInt64 = 0
    /// Of these, peers that do not hold the feed and ask for its first record.
    var asks: UInt64 = 0

    mutating func add(_ other: Self) {
        deliveries += other.deliveries
        copies += other.copies
        tells += other.tells
        asks += other.asks
    }
}

/// The way of one record through a modelled network, event by event, with the delays and the rule of
/// forwarding of the real core: commit first, then to every link that has not shown it.
///
/// One record at a time: records share links but do not delay each other, as long as no link is full.
/// 5 bytes a node and 2 an end, and the events on their way.
struct ModelSpread {
    private let links: ModelLinks
    private let interest: ModelInterest
    private let ownCommit: UInt64
    private let netCommit: UInt64
    private let answer: UInt64
    private let jitter: Int
    private var random: SeededRandom

    /// By end: the peer showed that it holds the record, by sending it.
    private var isShown: [Bool]
    private var isHeld: [Bool]
    private var holders: [UInt32] = []
    /// By millisecond modulo their number: arrivals (an end) and pushes (a node, with the upper bit).
    private var buckets: [[UInt32]]
    private var waiting = 0
    private var now: UInt64 = 0
    private(set) var events: UInt64 = 0
    private(set) var trace = TraceHash()

    private static let pushBit: UInt32 = 1 << 31
    /// A turn ends this long after its first input.
    private static let turn: UInt64 = 1

    init(_ scenario: Scenario, seed: UInt64, _ links: ModelLinks, _ interest: ModelInterest) {
        self.links = links
        self.interest = interest
        ownCommit = UInt64(scenario.ownCommitMilliseconds)
        netCommit = UInt64(scenario.netCommitMilliseconds)
        answer = UInt64(scenario.answerMilliseconds)
        jitter = scenario.jitterMilliseconds
        random = SeededRandom(seed: seed, stream: "jitter")
        isShown = [Bool](repeating: false, count: links.endCount)
        isHeld = [Bool](repeating: false, count: links.nodeCount)
        let longest =
            2 * scenario.delayMilliseconds + jitter + scenario.ownCommitMilliseconds
            + scenario.netCommitMilliseconds + scenario.answerMilliseconds + 2
        buckets = [[UInt32]](repeating: [], count: longest + 1)
    }

    /// Spreads one record of `author`. `delivered` hears of each delay from statement to commit, milliseconds.
    /// O(ends of the holders).
    mutating func spread(from author: Int, delivered: (UInt64) -> Void) -> SpreadCost {
        var cost = SpreadCost()
        now = 0
        isHeld[author] = true
        holders.append(UInt32(author))
        schedule(UInt32(author) | Self.pushBit, at: ownCommit + answer)
        while waiting > 0 {
            let bucket = Int(now % UInt64(buckets.count))
            var position = 0
            while position < buckets[bucket].count {
                let word = buckets[bucket][position]
                position += 1
                if word & Self.pushBit != 0 {
                    push(Int(word & ~Self.pushBit))
                } else {
                    arrive(Int(word), feed: author, &cost, delivered)
                }
            }
            events += UInt64(position)
            waiting -= position
            buckets[bucket].removeAll(keepingCapacity: true)
            now += 1
        }
        settle(feed: author, &cost)
        trace.fold(cost.copies)
        trace.fold(cost.deliveries << 32 ^ now)
        return cost
    }

    private mutating func push(_ node: Int) {
        for end in links.ends(of: node) where !isShown[end] {
            let delay = Int(links.delays[end]) + (jitter > 0 ? random.below(jitter + 1) : 0)
            schedule(links.opposites[end], at: now + UInt64(delay))
        }
    }

    private mutating func arrive(
        _ end: Int, feed: Int, _ cost: inout SpreadCost, _ delivered: (UInt64) -> Void
    ) {
        cost.copies += 1
        let node = links.owner(of: end)
        guard interest.holds(node, feed) else { return }
        isShown[end] = true
        guard !isHeld[node] else { return }
        isHeld[node] = true
        holders.append(UInt32(node))
        cost.deliveries += 1
        delivered(now + Self.turn + netCommit)
        schedule(UInt32(node) | Self.pushBit, at: now + Self.turn + netCommit + answer)
    }

    /// Counts what anti-entropy adds afterwards, and makes room for the next record.
    private mutating func settle(feed: Int, _ cost: inout SpreadCost) {
        for holder in holders {
            for end in links.ends(of: Int(holder)) where !isShown[end] {
                cost.tells += 1
                if !interest.holds(Int(links.peers[end]), feed) { cost.asks += 1 }
            }
        }
        for holder in holders {
            isHeld[Int(holder)] = false
            for end in links.ends(of: Int(holder)) { isShown[end] = false }
        }
        holders.removeAll(keepingCapacity: true)
    }

    private mutating func schedule(_ word: UInt32, at time: UInt64) {
        require(time - now < UInt64(buckets.count), "an event lies on the wheel")
        buckets[Int(time % UInt64(buckets.count))].append(word)
        waiting += 1
    }
}
