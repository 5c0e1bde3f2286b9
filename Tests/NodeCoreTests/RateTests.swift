import Primitives
import Records
import Testing

@testable import NodeCore

@Suite("Rates: what an author's tier lets through")
struct RateTests {
    let ego: Person
    let ana: Person
    let ben: Person

    init() throws {
        ego = try Person(1)
        ana = try Person(2)
        ben = try Person(3)
    }

    @Test(
        "a bucket never gives more than its burst and what its rate paid back, however it is asked",
        arguments: UInt64(1)...20)
    func bucket(seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "bucket")
        let rate = Rate(
            perHour: UInt64(1 + random.below(100_000)), burst: UInt64(1 + random.below(50)))
        var bucket = TokenBucket()
        var time = UInt64(random.below(1 << 40))
        let start = time
        var taken: UInt64 = 0
        for _ in 0..<20_000 {
            if bucket.mayTake(rate, at: time) {
                bucket.take(rate, at: time)
                taken += 1
            }
            let paid = (time - start) * rate.perHour / 3_600_000
            #expect(taken <= rate.burst + paid + 1, "seed \(seed)")
            time += UInt64(random.below(2_000))
        }
        // It gives nearly all of it, too: asked this often, no token is lost for long.
        let offered = (time - start) * rate.perHour / 3_600_000
        #expect(taken * 10 >= min(offered, 20_000) * 9 - min(offered, 20_000), "seed \(seed)")
    }

    @Test("a rate that grows frees at once what the burst grew by")
    func promotion() {
        let (small, large) = (Rate(perHour: 6, burst: 20), Rate(perHour: 360, burst: 500))
        var bucket = TokenBucket()
        var taken = 0
        while bucket.mayTake(small, at: 1_000) {
            bucket.take(small, at: 1_000)
            taken += 1
        }
        #expect(taken == 20)
        while bucket.mayTake(large, at: 1_000) {
            bucket.take(large, at: 1_000)
            taken += 1
        }
        #expect(taken == 500)
    }

    @Test("T17: of a flood by one author its tier's burst is verified, the rest costs no signature")
    func flood() throws {
        let node = TestNode(ego, hasRates: true)
        let links = try (1...10).map { number in
            node.connect(UInt64(number), as: try Person(UInt8(100 + number)))
        }
        let flood = ana.feed(3_000)
        for start in stride(from: 0, to: flood.count, by: 100) {
            for link in links { node.push(Array(flood[start..<(start + 100)]), over: link) }
        }
        // A stranger: 20 at once. A record that pushes wait for is fetched again only when a round comes.
        #expect(node.node.frontier(of: ana.key) == 20)
        #expect(node.node.counts[IgnoreReason.overRate] >= 10 * 2_900)
        #expect(
            node.node.verified[Tier.stranger.rawValue].mayTake(
                Rate(perHour: 1, burst: 22), at: 0))
        #expect(node.ended.isEmpty)
        // Another author is not held up by it.
        node.push(ben.feed(1), over: links[0])
        #expect(node.node.frontier(of: ben.key) == 1)
    }

    @Test("until the first ranking strangers have what then is for all whom trust may reach")
    func unranked() throws {
        var limits = CoreLimits()
        limits.tiers.verified[Tier.stranger.rawValue] = Rate(perHour: 1, burst: 1)
        limits.tiers.verifiedUnranked = Rate(perHour: 1, burst: 3)
        for hasRanked in [false, true] {
            let node = TestNode(ego, limits: limits, hasRates: true)
            let link = node.connect(9, as: ben)
            node.push(ana.feed(1), over: link)
            if hasRanked { node.node.hasRanked = true }
            node.push(ben.feed(1), over: link)
            #expect(node.node.frontier(of: ana.key) == 1)
            #expect(node.node.frontier(of: ben.key) == (hasRanked ? 0 : 1))
        }
    }

    @Test("T18: the signatures that are checked for whom trust reaches follow its part of the flow")
    func byFlow() throws {
        var limits = CoreLimits()
        limits.tiers.verifiedByFlow = Rate(perHour: 1, burst: 10)
        limits.tiers.verified[Tier.near.rawValue] = Rate(perHour: 1, burst: 0)
        for (trust, checked) in [(0.2, UInt64(2)), (0.4, 4)] {
            let node = TestNode(ego, limits: limits, hasRates: true)
            node.node.hasRanked = true
            node.node.trust.set(ana.key, trust)
            node.push(ana.feed(8), over: node.connect(9, as: ben))
            #expect(node.node.frontier(of: ana.key) == checked)
        }
    }

    @Test(
        "T18: whom the ego does not name have one bound together, and strangers half of its burst")
    func together() throws {
        var limits = CoreLimits()
        limits.tiers.verifiedTogether = Rate(perHour: 1, burst: 6)
        limits.tiers.verifiedAtStart = 5
        // Whether trust reaches the author, whether the start is over, and how many are checked.
        let cases: [(Bool, Bool, UInt64)] = [
            (true, true, 6), (true, false, 11), (false, true, 3), (false, false, 8),
        ]
        for (isReached, isLater, checked) in cases {
            let node = TestNode(ego, limits: limits, hasRates: true)
            let link = node.connect(9, as: ben)
            if isLater { node.pass(milliseconds: 600_001) }
            node.node.hasRanked = true
            if isReached { node.node.trust.set(ana.key, 0.5) }
            node.push(ana.feed(18), over: link)
            #expect(node.node.frontier(of: ana.key) == checked)
        }
        // Whom the ego names is not asked to wait.
        let node = TestNode(ego, limits: limits, hasRates: true)
        let link = node.connect(9, as: ben)
        node.publish([.trust(ana.key, .one)])
        node.push(ana.feed(18), over: link)
        #expect(node.node.frontier(of: ana.key) == 18)
    }

    @Test("T9: records dated back meet the same rate as fresh ones")
    func backDated() throws {
        for start in [UInt64(1_000_000), 1_999_000] {
            let node = TestNode(ego, hasRates: true)
            node.push(ana.feed(200, from: start), over: node.connect(1, as: ana))
            #expect(node.node.frontier(of: ana.key) == 20)
            node.pass(milliseconds: 600_000)
            node.push(Array(ana.feed(200, from: start)[20..<40]), over: LinkID(1))
            #expect(node.node.frontier(of: ana.key) == 21)
        }
    }

    @Test(
        "T29: forged records in an author's name spend nothing of its rate, and cost their sender")
    func forged() throws {
        let node = TestNode(ego, hasRates: true)
        let forger = node.connect(1, as: ben)
        let honest = node.connect(2, as: ana)
        let feed = ana.feed(20)
        node.push([feed[0]], over: honest)
        let forged = feed[1].encoded.dropLast(64) + [UInt8](repeating: 1, count: 64)
        for _ in 0..<31 { node.give(.frame(forger, Frame.push([Array(forged)]).encoded)) }
        node.push(Array(feed[1...]), over: honest)
        #expect(node.node.frontier(of: ana.key) == 20)
        #expect(node.ended.isEmpty)
        node.give(.frame(forger, Frame.push([Array(forged)]).encoded))
        #expect(node.node.counts[RejectReason.badSignature] == 31)
        let next = ana.record(21, after: feed[19], at: 1_000_100, .like(item("x"), .one))
        let unsigned = next.encoded.dropLast(64) + [UInt8](repeating: 1, count: 64)
        node.push([next], over: honest)
        #expect(node.node.counts[IgnoreReason.overRate] == 1)
        node.pass(milliseconds: 700_000)
        node.give(.frame(forger, Frame.push([Array(unsigned)]).encoded))
        #expect(node.ended.map(\.link) == [forger])
    }

    @Test(
        "a friend's long feed comes whole by range at the pace of what we ask, not of the live rate"
    )
    func firstSync() throws {
        let node = TestNode(ego, hasRates: true)
        node.publish([.trust(ana.key, .one)])
        node.pass(milliseconds: 5_000)
        var plain = CoreLimits()
        plain.checkpointSpan = .max
        let source = TestNode(ana, limits: plain)
        source.publish((0..<2_000).map { .like(item("song-\($0)"), .one) })
        let wire = Wire(node, source)
        wire.settle()
        #expect(node.node.frontier(of: ana.key) == 2_000)
    }

    @Test("ranges of one author come no faster than its tier may ask, and come in the end")
    func fetchRate() throws {
        var limits = CoreLimits()
        limits.tiers.fetched[Tier.stranger.rawValue] = Rate(perHour: 3_600, burst: 64)
        limits.strangerRecords = 1_000
        var plain = CoreLimits()
        plain.checkpointSpan = .max
        let node = TestNode(ego, limits: limits, hasRates: true)
        let source = TestNode(ana, limits: plain)
        source.publish((0..<256).map { .like(item("song-\($0)"), .one) })
        let feed = source.store.feed(ana.key)
        #expect(feed.count == 256)
        let wire = Wire(node, source)
        wire.settle()
        // One question of at most 256 places, then rest until it is paid for.
        #expect(node.node.frontier(of: ana.key) == 256)
        source.publish((0..<64).map { .like(item("more-\($0)"), .one) })
        wire.settle()
        // A burst of 20 came by itself; what was too much then is asked for by the next round.
        #expect(node.node.frontier(of: ana.key) == 276)
        node.pass(milliseconds: 257_000)
        wire.settle()
        #expect(node.node.frontier(of: ana.key) == 320)
    }

    @Test("a feed that was asked about and not taken in is not asked about again until trust comes")
    func declined() throws {
        var limits = CoreLimits()
        limits.strangerFeeds = 1
        let node = TestNode(ego, limits: limits, hasRates: true)
        node.push(ben.feed(1), over: node.connect(9, as: ben))
        let source = TestNode(ana)
        source.publish([.like(item("song"), .one)])
        func asked(_ wire: Wire) -> Int {
            wire.settle()
            return node.sent.count { if case .rangeRequest = $0.frame { true } else { false } }
        }
        #expect(asked(Wire(node, source)) == 1)
        #expect(asked(Wire(node, source, number: 2)) == 1)
        node.publish([.trust(ana.key, .one)])
        node.pass(milliseconds: 5_000)
        #expect(asked(Wire(node, source, number: 3)) == 2)
        #expect(node.node.frontier(of: ana.key) == 1)
    }
}
