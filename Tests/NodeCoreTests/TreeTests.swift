import Primitives
import Records
import Testing

@testable import NodeCore

@Suite("Push trees: who pushes a feed to whom")
struct TreeTests {
    let ego: Person
    let ana: Person
    let peers: [Person]

    init() throws {
        ego = try Person(1)
        ana = try Person(2)
        peers = try (0..<6).map { try Person(UInt8(50 + $0)) }
    }

    private func connected(_ node: TestNode) -> [LinkID] {
        peers.enumerated().map { number, person in
            node.connect(UInt64(number + 1), as: person, capabilities: Hello.trees)
        }
    }

    private func tags(_ frames: [Frame]) -> (grafts: [FeedTag], prunes: [FeedTag]) {
        var found: (grafts: [FeedTag], prunes: [FeedTag]) = ([], [])
        for frame in frames {
            if case .graft(let tags) = frame { found.grafts += tags }
            if case .prune(let tags) = frame { found.prunes += tags }
        }
        return found
    }

    private func announcement(of records: [Record]) throws -> Frame {
        let last = try #require(records.last)
        return .announce([
            Announcement(
                tag: FeedTag(last.body.feed), sequence: last.body.sequence,
                headMark: UInt16(truncatingIfNeeded: last.id.raw.prefix64 >> 48))
        ])
    }

    @Test("who brings a record second is pruned once; of a friend's feed the second stays")
    func prune() throws {
        for isFriend in [false, true] {
            let node = TestNode(ego)
            if isFriend {
                node.publish([.trust(ana.key, .one)])
                node.pass(milliseconds: 5_000)
            }
            let links = connected(node)
            let feed = ana.feed(3)
            for record in feed { for link in links { node.push([record], over: link) } }
            let kept = isFriend ? 2 : 1
            for (position, link) in links.enumerated() {
                let prunes = tags(node.frames(to: link)).prunes
                #expect(prunes == (position < kept ? [] : [FeedTag(ana.key)]))
            }
        }
    }

    @Test("who pruned a feed is not pushed it; three of them a second hear of it together")
    func announce() throws {
        let node = TestNode(ego)
        let links = connected(node)
        let feed = ana.feed(4)
        node.push([feed[0]], over: links[0])
        for link in links[1...] {
            node.push([feed[0]], over: link)
            node.give(.frame(link, Frame.prune([FeedTag(ana.key)]).encoded))
        }
        node.forgetSent()
        node.push(Array(feed[1...2]), over: links[0])
        #expect(links.allSatisfy { node.pushed(to: $0).isEmpty })
        node.pass(milliseconds: 1_000)
        let announced = links.flatMap { node.frames(to: $0) }
        #expect(announced == [Frame](repeating: try announcement(of: Array(feed[..<3])), count: 3))
        // One that grafts is pushed again.
        node.forgetSent()
        node.give(.frame(links[2], Frame.graft([FeedTag(ana.key)]).encoded))
        node.push([feed[3]], over: links[0])
        #expect(node.pushed(to: links[2]) == [feed[3].encoded])
        #expect(node.pushed(to: links[3]) == [])
    }

    @Test(
        "T27: an announced record that does not come is asked for and its announcer pushes from then on"
    )
    func graft() throws {
        let node = TestNode(ego)
        let links = connected(node)
        let feed = ana.feed(3)
        for link in links { node.push([feed[0]], over: link) }
        node.forgetSent()
        // The upstream, which is the first link, withholds the second record.
        node.give(.frame(links[4], try announcement(of: Array(feed[..<2])).encoded))
        #expect(node.sent.isEmpty)
        node.pass(milliseconds: 499)
        #expect(node.sent.isEmpty)
        node.pass(milliseconds: 1)
        #expect(tags(node.frames(to: links[4])).grafts == [FeedTag(ana.key)])
        let wanted = RangeRequest(feed: ana.key, first: 2, last: 2)
        #expect(node.frames(to: links[4]).contains(.rangeRequest(wanted)))
        #expect(node.sent.count == 2)
        // A promise that is not kept in three seconds passes to another who has it.
        node.give(.frame(links[5], try announcement(of: Array(feed[..<2])).encoded))
        node.forgetSent()
        node.pass(milliseconds: 3_000)
        #expect(node.frames(to: links[5]).contains(.rangeRequest(wanted)))
        // The announcer is the upstream now: its pushes are not pruned, the former one's are.
        node.push([feed[1]], over: links[4])
        node.forgetSent()
        node.push([feed[1]], over: links[0])
        #expect(tags(node.frames(to: links[0])).prunes == [FeedTag(ana.key)])
    }

    @Test("what comes by itself within the grace is not asked for")
    func grace() throws {
        let node = TestNode(ego)
        let links = connected(node)
        let feed = ana.feed(2)
        node.push([feed[0]], over: links[0])
        node.give(.frame(links[1], try announcement(of: feed).encoded))
        node.pass(milliseconds: 400)
        node.push([feed[1]], over: links[0])
        node.forgetSent()
        node.pass(milliseconds: 200)
        #expect(node.frames(to: links[1]).isEmpty)
    }

    @Test("when an upstream's link goes, another that has the feed takes its place at once")
    func replaced() throws {
        let node = TestNode(ego)
        let links = connected(node)
        for link in links { node.push(ana.feed(1), over: link) }
        node.forgetSent()
        node.give(.linkDown(links[0]))
        #expect(node.sent.map(\.frame) == [.graft([FeedTag(ana.key)])])
    }

    @Test("the own feed goes to whom we dialled even if pruned, and to no other that pruned it")
    func ownFeed() throws {
        let node = TestNode(ego)
        let links = try [LinkDirection.outbound, .inbound].enumerated().map { number, direction in
            node.connect(
                UInt64(number + 1), as: try Person(UInt8(60 + number)), direction: direction,
                capabilities: Hello.trees)
        }
        for link in links { node.give(.frame(link, Frame.prune([FeedTag(ego.key)]).encoded)) }
        node.publish([.like(item("a"), .one)])
        #expect(node.pushed(to: links[0]).count == 1)
        #expect(node.pushed(to: links[1]).count == 0)
    }

    @Test("an announcement with another head at our sequence makes us look for the fork")
    func forkMark() throws {
        let node = TestNode(ego)
        let links = connected(node)
        let feed = ana.feed(2)
        node.push(feed, over: links[0])
        node.forgetSent()
        let other = ana.record(2, after: feed[0], at: 1_000_500, .like(item("other"), .one))
        node.give(.frame(links[1], try announcement(of: [feed[0], other]).encoded))
        #expect(
            node.frames(to: links[1])
                == [.rangeRequest(RangeRequest(feed: ana.key, first: 2, last: 2))])
    }

    @Test("T43: announcements, grafts and prunes of any feeds leave no map over its cap")
    func caps() throws {
        var limits = CoreLimits()
        limits.awaitedFeeds = 8
        let node = TestNode(ego, limits: limits)
        let link = connected(node)[0]
        let people = try (0..<40).map { try Person(UInt8(100 + $0)) }
        for person in people { node.push(person.feed(1), over: link) }
        let entries = people.map { FeedTag($0.key) }.sorted()
        let unknown = (0..<900).map { FeedTag(raw: UInt64($0)) }
        node.give(
            .frame(
                link,
                Frame.announce(
                    entries.map { Announcement(tag: $0, sequence: 1 << 47, headMark: 0) }
                ).encoded))
        node.give(.frame(link, Frame.graft(unknown).encoded))
        node.give(.frame(link, Frame.prune(unknown).encoded))
        let census = node.node.census
        #expect(census.first { $0.name == "awaited" }?.count == 8)
        #expect(census.allSatisfy { $0.count <= $0.capacity })
        node.pass(milliseconds: 500)
        #expect(node.node.census.first { $0.name == "awaited" }?.count == 0)
    }
}
