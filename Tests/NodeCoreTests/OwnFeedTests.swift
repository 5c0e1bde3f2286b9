import NodeCore
import Primitives
import Ranking
import Records
import Testing

@Suite("The own feed: never lost, never forked")
struct OwnFeedTests {
    let ego: Person
    let ana: Person

    init() throws {
        ego = try Person(1)
        ana = try Person(2)
    }

    @Test("an own record is neither answered nor sent before it is durable")
    func durableFirst() throws {
        let node = TestNode(ego)
        let link = node.connect(1, as: ana)
        node.answersStore = false
        node.publish([.like(item("a"), .one), .like(item("b"), .one)])
        #expect(node.published.isEmpty)
        #expect(node.pushed(to: link).isEmpty)
        node.answersStore = true
        node.answerWaiting()
        #expect(node.published == [.success([1, 2])])
        #expect(node.pushed(to: link).count == 2)
    }

    @Test("a full disk fails loudly and the same place is used again")
    func fullDisk() throws {
        let node = TestNode(ego)
        node.store.failures = [.full]
        node.publish([.like(item("a"), .one)])
        node.publish([.like(item("b"), .one)])
        #expect(node.published == [.failure(.store(.full)), .success([1])])
    }

    @Test("T35: on a full disk all publications under way fail as full, the next takes the place")
    func fullDiskInFlight() throws {
        let node = TestNode(ego)
        node.answersStore = false
        for name in ["a", "b", "c"] { node.publish([.like(item(name), .one)]) }
        node.store.failures = [.full]
        node.answersStore = true
        node.answerWaiting()
        node.publish([.like(item("d"), .one)])
        let full = Result<[UInt64], PublishFailure>.failure(.store(.full))
        #expect(node.published == [full, full, full, .success([1])])
        #expect(node.node.publishObstacle == nil && node.node.frontier(of: ego.key) == 1)
    }

    @Test("after an error that may have written, nothing is signed until a restart")
    func uncertain() throws {
        let node = TestNode(ego)
        node.store.failures = [.ioError]
        node.publish([.like(item("a"), .one)])
        node.publish([.like(item("b"), .one)])
        #expect(node.published == [.failure(.store(.ioError)), .failure(.fenced)])
        #expect(node.node.publishObstacle != nil)
    }

    @Test(
        "T5: who lost all of its own feed asks for it before it says anything, and a new node does not"
    )
    func lostWhole() throws {
        for hasLost in [false, true] {
            let node = TestNode(
                ego, ownHeadWaitMilliseconds: 60_000, hasLostOwnRecords: hasLost)
            node.publish([.like(item("a"), .one)])
            #expect(node.published == (hasLost ? [] : [.success([1])]))
        }
    }

    @Test("a restored old copy asks for its own records before it publishes again")
    func fence() throws {
        let current = TestNode(ego)
        current.publish([.like(item("a"), .one)])
        let oldCopy = current.store
        current.publish([.like(item("b"), .one), .like(item("c"), .one)])
        let peer = TestNode(ana)
        _ = Wire(current, peer)
        #expect(peer.node.frontier(of: ego.key) == 3)

        let restored = TestNode(ego, store: oldCopy)
        let link = LinkID(1)
        restored.give(.linkUp(link, peer.node.configuration.nodeKey, .inbound))
        restored.give(.frame(link, TestNode.hello.encoded))
        let entries = [
            Frontier.Entry(
                feed: ego.key, sequence: 3,
                headPrefix: current.store.feed(ego.key)[2].id.raw.prefix64)
        ]
        restored.give(.frame(link, Frame.frontier(Frontier(entries: entries)).encoded))
        restored.publish([.like(item("d"), .one)])
        #expect(restored.published.isEmpty, "a claim that may be true makes publishing wait")
        // The peer gives the rest back; then the fourth record takes the fourth place.
        let lost = current.store.feed(ego.key).dropFirst().compactMap { entry in
            if case .record(let stored) = entry { stored.record } else { nil }
        }
        restored.give(
            .frame(
                link,
                Frame.rangeResponse(
                    RangeResponse(
                        feed: ego.key, chain: Chain(lost.map { .record($0) }))
                ).encoded))
        restored.pass(milliseconds: 1)
        #expect(restored.notices.first == .ownFeedBehind(held: 1, known: 3))
        #expect(restored.notices.last == .ownFeedRecovered(3))
        #expect(restored.published == [.success([4])])
        #expect(restored.store.feed(ego.key).count == 4)
    }

    @Test("a peer that only says to hold more of our feed delays one publication by one deadline")
    func idleClaim() throws {
        let node = TestNode(ego)
        let link = node.connect(1, as: ana)
        let claim = Frame.frontier(
            Frontier(entries: [Frontier.Entry(feed: ego.key, sequence: 9, headPrefix: 1)]))
        node.give(.frame(link, claim.encoded))
        node.publish([.like(item("a"), .one)])
        #expect(node.published.isEmpty)
        node.pass(milliseconds: 3_000)
        #expect(node.published == [.success([1])])
        #expect(node.notices.isEmpty)
    }

    @Test("times never run backwards in the own feed, whatever the clock does")
    func monotoneTimes() throws {
        let node = TestNode(ego)
        node.publish([.like(item("a"), .one)])
        node.now.wall = Instant(milliseconds: 1_000)
        node.publish([.like(item("b"), .one)])
        let times = node.node.ownLog.entries.map(\.time)
        #expect(times[0] <= times[1])
        let peer = TestNode(ana)
        _ = Wire(node, peer)
        #expect(peer.node.frontier(of: ego.key) == 2)
    }

    @Test("taking a like back leaves a tombstone, and the graph of a restarted node")
    func retract() throws {
        let node = TestNode(ego)
        node.publish([
            .play(item("z"), .one), .like(item("a"), .one), .like(item("a"), .one),
            .like(item("b"), .one),
        ])
        let second = node.node.ownLog.entries[2]
        node.publish([second.retraction])
        node.pass(milliseconds: 5000)
        guard case .tombstone? = node.store.entries[ego.key]?[3] else {
            Issue.record("the body is still there")
            return
        }
        let restarted = TestNode(ego, store: node.store)
        #expect(restarted.node.graph.census == node.node.graph.census)
        // The older like of the same item stands again, as after a restart.
        #expect(node.node.ownLog.standing(about: item("a")).map(\.sequence) == [2])
        // A peer that comes late gets the tombstone and the same frontier.
        let peer = TestNode(ana)
        _ = Wire(node, peer)
        #expect(peer.node.frontierDigest.digest == node.node.frontierDigest.digest)
        #expect(peer.store.all.map(\.id) == node.store.all.map(\.id))
        let isBuried = peer.store.feed(ego.key).map {
            if case .tombstone = $0 { true } else { false }
        }
        #expect(isBuried == [false, false, true, false, false])
    }
}
