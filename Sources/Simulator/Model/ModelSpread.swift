import NodeCore
import Primitives

/// What one record cost the whole modelled network.
struct SpreadCost {
    /// Nodes other than the author that committed it.
    var deliveries: UInt64 = 0
    /// Times that it arrived in a PUSH, first or again, wanted or not.
    var copies: UInt64 = 0
    /// Entries of an IHAVE within a second or so, and of the next round of anti-entropy to whom nothing was told before.
    var announcements: UInt64 = 0
    var tells: UInt64 = 0

    mutating func add(_ other: Self) {
        deliveries += other.deliveries
        copies += other.copies
        announcements += other.announcements
        tells += other.tells
    }
}

/// The way of one record through a modelled network, event by event, with the delays and the rule of
/// forwarding of the real core: commit first, then to every link that has not shown it and did not prune the feed; a
/// few of those that did are told within a second.
///
/// One record at a time: records share links but do not delay each other, as long as no link is full.
/// 5 bytes a node and 3 an end, the trees of one feed, and the events on their way.
struct ModelSpread {
    private let links: ModelLinks
    private let interest: ModelInterest
    private let trust: ModelTrust
    private let ownCommit: UInt64
    private let netCommit: UInt64
    private let answer: UInt64
    private let jitter: Int
    private let hasTrees: Bool
    /// Chance that a node gathers announcements already when a record is committed.
    private let gathersAlready: Double
    private let gathering: UInt64
    private let announcedLinks: Int
    private var random: SeededRandom

    private var trees: ModelTrees
    /// Whether a record only grows trees. Announcements do not: they are left out.
    private var isGrowing = false
    /// By end: the peer showed that it holds the record, by sending or announcing it; it was sent or told it.
    private var isShown: [Bool]
    private var isOffered: [Bool]
    private var isHeld: [Bool]
    private var holders: [UInt32] = []
    /// By millisecond modulo their number: an end or a node, with two bits for what happens there.
    private var buckets: [[UInt32]]
    private var waiting = 0
    private var now: UInt64 = 0
    private(set) var events: UInt64 = 0
    private(set) var trace = TraceHash()

    /// What happens: a record arrives at an end, an announcement does, a node pushes, a node announces.
    private enum Kind {
        static let record: UInt32 = 0
        static let announcement: UInt32 = 1 << 30
        static let push: UInt32 = 2 << 30
        static let announce: UInt32 = 3 << 30
    }

    /// A turn ends this long after its first input.
    private static let turn: UInt64 = 1
    /// Records of an author that grow its trees before one is counted: the first floods, the second finds who
    /// pushed again.
    private static let growing = 2

    init(
        _ scenario: Scenario, seed: UInt64, _ links: ModelLinks, _ interest: ModelInterest,
        _ trust: ModelTrust
    ) {
        self.links = links
        self.interest = interest
        self.trust = trust
        ownCommit = UInt64(scenario.ownCommitMilliseconds)
        netCommit = UInt64(scenario.netCommitMilliseconds)
        answer = UInt64(scenario.answerMilliseconds)
        jitter = scenario.jitterMilliseconds
        hasTrees = scenario.upstreams > 0
        let core = CoreLimits()
        gathering = core.announceMilliseconds
        announcedLinks = core.announceLinks
        // Gathering and waiting for the next record take turns.
        let each = Double(interest.limit) / scenario.actionSeconds * Double(gathering) / 1000
        gathersAlready = each / (1 + each)
        random = SeededRandom(seed: seed, stream: "jitter")
        trees = ModelTrees(scenario, links)
        isShown = [Bool](repeating: false, count: links.endCount)
        isOffered = isShown
        isHeld = [Bool](repeating: false, count: links.nodeCount)
        let longest =
            2 * scenario.delayMilliseconds + jitter + scenario.ownCommitMilliseconds
            + scenario.netCommitMilliseconds + scenario.answerMilliseconds + 2
        buckets = [[UInt32]](repeating: [], count: max(longest, Int(gathering)) + 1)
    }

    /// Spreads one record of `author` over grown trees. `delivered` hears of each delay from statement to commit,
    /// milliseconds. O(ends of the holders).
    mutating func spread(from author: Int, delivered: (UInt64) -> Void) -> SpreadCost {
        trees.begin(at: author)
        if hasTrees {
            isGrowing = true
            for _ in 0..<Self.growing { _ = spreadOne(from: author) { _ in } }
            isGrowing = false
        }
        let cost = spreadOne(from: author, delivered: delivered)
        trees.forget(links)
        trace.fold(cost.copies)
        trace.fold(cost.deliveries << 32 ^ now)
        return cost
    }

    private mutating func spreadOne(from author: Int, delivered: (UInt64) -> Void) -> SpreadCost {
        var cost = SpreadCost()
        now = 0
        isHeld[author] = true
        holders.append(UInt32(author))
        schedule(UInt32(author) | Kind.push, at: ownCommit + answer)
        while waiting > 0 {
            let bucket = Int(now % UInt64(buckets.count))
            var position = 0
            while position < buckets[bucket].count {
                let word = buckets[bucket][position]
                position += 1
                let place = Int(word & ~Kind.announce)
                switch word & Kind.announce {
                case Kind.push: push(place, author)
                case Kind.announce: announce(place, author, &cost)
                case Kind.announcement: isShown[place] = true
                default: arrive(place, feed: author, &cost, delivered)
                }
            }
            events += UInt64(position)
            waiting -= position
            buckets[bucket].removeAll(keepingCapacity: true)
            now += 1
        }
        settle(feed: author, &cost)
        return cost
    }

    private mutating func push(_ node: Int, _ author: Int) {
        var isLazy = false
        for end in links.ends(of: node) where !isShown[end] {
            // Nobody who relays the own feed decides who hears of it.
            if trees.isPruned(end), node != author || !links.isDialled[end] {
                isLazy = true
                continue
            }
            isOffered[end] = true
            send(Kind.record, over: end)
        }
        guard isLazy, !isGrowing else { return }
        let isGathering = random.unit() < gathersAlready
        let wait = isGathering ? UInt64(1 + random.below(Int(gathering))) : gathering
        schedule(UInt32(node) | Kind.announce, at: now + wait)
    }

    private mutating func send(_ kind: UInt32, over end: Int) {
        let delay = Int(links.delays[end]) + (jitter > 0 ? random.below(jitter + 1) : 0)
        schedule(links.opposites[end] | kind, at: now + UInt64(delay))
    }

    private mutating func arrive(
        _ end: Int, feed: Int, _ cost: inout SpreadCost, _ delivered: (UInt64) -> Void
    ) {
        cost.copies += 1
        let node = links.owner(of: end)
        guard interest.holds(node, feed) else {
            if hasTrees { trees.prune(end, links) }
            return
        }
        isShown[end] = true
        let trusts = hasTrees && trust[node].contains(UInt32(feed))
        if isHeld[node] {
            if hasTrees, trees.noteAgain(node, by: end, trusts: trusts) { trees.prune(end, links) }
            return
        }
        if hasTrees { trees.noteFirst(node, by: end, trusts: trusts) }
        isHeld[node] = true
        holders.append(UInt32(node))
        cost.deliveries += 1
        delivered(now + Self.turn + netCommit)
        schedule(UInt32(node) | Kind.push, at: now + Self.turn + netCommit + answer)
    }

    /// Tells a few of the links that hold the feed and do not get it pushed.
    private mutating func announce(_ node: Int, _ feed: Int, _ cost: inout SpreadCost) {
        var candidates = links.ends(of: node).filter { end in
            trees.isPruned(end) && !isShown[end] && !isOffered[end]
                && interest.holds(Int(links.peers[end]), feed)
        }
        random.shuffle(&candidates)
        for end in candidates.prefix(announcedLinks) {
            cost.announcements += 1
            isOffered[end] = true
            send(Kind.announcement, over: end)
        }
    }

    /// Counts what anti-entropy adds afterwards, and makes room for the next record.
    private mutating func settle(feed: Int, _ cost: inout SpreadCost) {
        for holder in holders {
            for end in links.ends(of: Int(holder)) where !isShown[end] {
                // Without trees nobody is believed to have what it was sent. With them, of two who have not heard of
                // each other the first tells, and who does not hold the feed has pruned it.
                let opposite = Int(links.opposites[end])
                let isFirst =
                    end < opposite && !isOffered[end] && !isOffered[opposite]
                    && !isShown[opposite] && interest.holds(Int(links.peers[end]), feed)
                if !hasTrees || isFirst { cost.tells += 1 }
            }
        }
        for holder in holders {
            isHeld[Int(holder)] = false
            for end in links.ends(of: Int(holder)) {
                isShown[end] = false
                isOffered[end] = false
            }
        }
        holders.removeAll(keepingCapacity: true)
    }

    private mutating func schedule(_ word: UInt32, at time: UInt64) {
        require(time - now < UInt64(buckets.count), "an event lies on the wheel")
        buckets[Int(time % UInt64(buckets.count))].append(word)
        waiting += 1
    }
}
