import NodeCore
import Primitives
import Records
import Testing

@Suite("Links: greeting, anti-entropy, and what ends one")
struct LinkTests {
    let ego: Person
    let ana: Person
    let ben: Person

    init() throws {
        ego = try Person(1)
        ana = try Person(2)
        ben = try Person(3)
    }

    @Test("two nodes that meet end with the same frontier, whatever each held before")
    func antiEntropy() throws {
        let left = TestNode(ego)
        let right = TestNode(ana)
        let cleo = try Person(4)
        left.push(ben.feed(300), over: left.connect(9, as: ben))
        right.push(cleo.feed(70), over: right.connect(9, as: cleo))
        right.push(Array(ben.feed(300).prefix(10)), over: right.connect(10, as: ben))
        left.publish([.like(item("a"), .one)])
        right.publish([.like(item("b"), .one)])
        let wire = Wire(left, right)
        #expect(left.node.frontierDigest.digest == right.node.frontierDigest.digest)
        // 256 records of a stranger, one feed each of both egos, and Cleo's.
        #expect(right.node.frontier(of: ben.key) == 256)
        #expect(left.node.frontier(of: cleo.key) == 70)
        // What comes later is pushed without being asked for.
        left.publish([.like(item("c"), .one)])
        wire.settle()
        #expect(right.node.frontier(of: ego.key) == 2)
    }

    @Test("a record lost on the way is found by the next round")
    func lostPush() throws {
        let left = TestNode(ego)
        let right = TestNode(ana)
        let wire = Wire(left, right)
        let link = left.connect(5, as: ben)
        left.push(ben.feed(1), over: link)
        left.forgetSent()
        #expect(right.node.frontier(of: ben.key) == 0)
        _ = wire
        left.pass(milliseconds: 60_000)
        let again = Wire(left, right, number: 2)
        again.settle()
        #expect(right.node.frontier(of: ben.key) == 1)
    }

    @Test("T10: how far our clock is off is known of three peers, and at once when it is put right")
    func clock() throws {
        let node = TestNode(ego)
        // A HELLO of the tests is of 2,000 s.
        node.now.wall = Instant(milliseconds: 200_000)
        for (number, person) in [ana, ben].enumerated() {
            _ = node.connect(UInt64(number + 1), as: person)
        }
        #expect(node.node.clockSkewMilliseconds(at: node.now) == nil)
        _ = node.connect(3, as: try Person(4))
        #expect(node.node.clockSkewMilliseconds(at: node.now) == 1_800_000)
        node.pass(milliseconds: 5_000)
        #expect(node.node.clockSkewMilliseconds(at: node.now) == 1_800_000)
        node.now.wall = node.now.wall.advanced(byMilliseconds: 1_800_000)
        #expect(node.node.clockSkewMilliseconds(at: node.now) == 0)
    }

    @Test("another network, another version, and silence are each turned away with their reason")
    func greetings() throws {
        func ended(_ act: (TestNode, LinkID) -> Void) -> [GoodbyeReason] {
            let node = TestNode(ego)
            let link = LinkID(1)
            node.give(.linkUp(link, NodeKey(raw: ana.key.raw), .inbound))
            act(node, link)
            return node.ended.map(\.reason)
        }
        func hello(network id: NetworkID = network, versions: ClosedRange<UInt64> = 1...1)
            -> [UInt8]
        {
            Frame.hello(
                Hello(
                    minimumVersion: versions.lowerBound, maximumVersion: versions.upperBound,
                    network: id, capabilities: 1 << 40, time: Instant(milliseconds: 0),
                    maximumFrameBytes: 65_536)
            ).encoded
        }
        let elsewhere = NetworkID(name: "elsewhere", scheme: scheme)
        #expect(ended { $0.give(.frame($1, hello())) } == [])
        #expect(ended { $0.give(.frame($1, hello(versions: 1...9))) } == [])
        #expect(ended { $0.give(.frame($1, hello(network: elsewhere))) } == [.otherNetwork])
        #expect(ended { $0.give(.frame($1, hello(versions: 2...9))) } == [.noCommonVersion])
        #expect(ended { node, _ in node.pass(milliseconds: 5_000) } == [.protocolViolation])
        #expect(ended { $0.give(.frame($1, Frame.ping(nonce: 1).encoded)) } == [.protocolViolation])
        #expect(ended { $0.give(.frame($1, [99])) } == [.protocolViolation])
        #expect(
            ended {
                $0.give(.frame($1, hello()))
                $0.give(.frame($1, hello()))
            } == [.protocolViolation])
    }

    @Test("a link to ourselves is given up")
    func selfLink() throws {
        let node = TestNode(ego)
        node.give(.linkUp(LinkID(1), node.node.configuration.nodeKey, .outbound))
        #expect(node.ended.map(\.reason) == [.selfLink])
    }

    @Test("of two links between two nodes the larger key gives up the one that it dialled")
    func duplicateLinks() throws {
        let people = [ego, ana].sorted { $0.key < $1.key }
        let node = TestNode(people[1])
        _ = node.connect(1, as: people[0])
        let dialled = LinkID(2)
        node.give(.linkUp(dialled, NodeKey(raw: people[0].key.raw), .outbound))
        node.give(.frame(dialled, TestNode.hello.encoded))
        #expect(node.ended.map(\.reason) == [.duplicate])
        #expect(node.ended.map(\.link) == [dialled])
        // The smaller key keeps what it dialled.
        let other = TestNode(people[0])
        _ = other.connect(1, as: people[1])
        other.give(.linkUp(dialled, NodeKey(raw: people[1].key.raw), .outbound))
        other.give(.frame(dialled, TestNode.hello.encoded))
        #expect(other.ended.isEmpty)
    }

    @Test(
        "a peer that promises records and does not send them loses the promise, and another is asked"
    )
    func brokenPromise() throws {
        let node = TestNode(ego)
        let liar = node.connect(1, as: ana)
        let honest = node.connect(2, as: ben)
        let records = try Person(4).feed(2)
        let frontier = Frame.frontier(
            Frontier(entries: [
                Frontier.Entry(
                    feed: records[0].body.feed, sequence: 2,
                    headPrefix: records[1].id.raw.prefix64)
            ]))
        node.give(.frame(liar, frontier.encoded))
        node.give(.frame(honest, frontier.encoded))
        let request = RangeRequest(feed: records[0].body.feed, first: 1, last: 2)
        #expect(node.frames(to: liar).contains(.rangeRequest(request)))
        #expect(!node.frames(to: honest).contains(.rangeRequest(request)))
        node.pass(milliseconds: 3_000)
        #expect(node.frames(to: honest).contains(.rangeRequest(request)))
        node.give(
            .frame(
                honest,
                Frame.rangeResponse(
                    RangeResponse(feed: request.feed, chain: Chain(records.map { .record($0) }))
                ).encoded))
        #expect(node.node.frontier(of: request.feed) == 2)
    }

    @Test("no map grows past its cap under frames of any kind", arguments: 0..<10)
    func census(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var limits = CoreLimits()
        limits.strangerFeeds = 4
        limits.feeds = 8
        limits.links = 4
        limits.wantsPerLink = 16
        limits.wants = 24
        limits.windowRecords = 8
        limits.forkProofs = 2
        limits.titles = 4
        limits.rangesPerLink = 2
        let node = TestNode(ego, limits: limits)
        let people = try (30..<50).map { try Person($0) }
        let feeds = people.map { $0.feed(12) }
        let links = people.prefix(6).enumerated().map {
            node.connect(UInt64($0.offset + 1), as: $0.element)
        }
        for _ in 0..<400 {
            let link = links[random.below(links.count)]
            let feed = feeds[random.below(feeds.count)]
            switch random.below(5) {
            case 0:
                let start = random.below(feed.count)
                node.push(Array(feed[start...]), over: link)
            case 1:
                let entry = Frontier.Entry(
                    feed: feed[0].body.feed, sequence: random.next() >> 20 + 1, headPrefix: 1)
                node.give(.frame(link, Frame.frontier(Frontier(entries: [entry])).encoded))
            case 2:
                let other = people[random.below(people.count)]
                let body = other.record(
                    2, after: other.feed(1)[0], .like(item("f\(random.below(99))"), .one))
                let frame = try forkFrame([other.feed(2)[1]], [body])
                node.give(.frame(link, frame.encoded))
            case 3:
                node.push(
                    [
                        people[random.below(people.count)].record(
                            1, .item(item("i\(random.below(99))"), try #require(Title("t"))))
                    ], over: link)
            default: node.pass(milliseconds: 700)
            }
            for map in node.node.census where map.count > map.capacity {
                Issue.record("\(map.name): \(map.count) of \(map.capacity), seed \(seed)")
            }
        }
    }

    @Test("equal inputs at equal moments give equal effects")
    func determinism() throws {
        func run() -> [String] {
            let node = TestNode(ego)
            let source = node.connect(1, as: ana)
            let other = node.connect(2, as: ben)
            node.publish([.trust(ana.key, .one), .like(item("x"), .one)])
            node.push(ana.feed(20), over: source)
            node.push(ben.feed(20, of: "tune"), over: other)
            node.pass(milliseconds: 70_000)
            return node.sent.map { "\($0.link) \(Hex.encode($0.frame.encoded))" }
        }
        #expect(run() == run())
    }

    @Test("a restarted node holds what the running one held")
    func restart() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        node.publish([.trust(ana.key, .one), .like(item("x"), .one)])
        node.push(ana.feed(20), over: source)
        let restarted = TestNode(ego, store: node.store)
        #expect(restarted.state == node.state)
        restarted.publish([.like(item("y"), .one)])
        #expect(restarted.published == [.success([3])])
    }
}
