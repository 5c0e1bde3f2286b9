import NodeCore
import Primitives
import Records
import Testing

/// Start on what may be an old copy of the data (threats.md, T5).
@Suite("The check of the own head") struct HeadCheckTests {
    let ego: Person
    let friends: [Person]

    init() throws {
        ego = try Person(1)
        friends = try (2..<6).map { try Person($0) }
    }

    /// A node that finds one own record on its disk and may have signed more.
    private func restarted(anchors: Int = 3) -> TestNode {
        let first = TestNode(ego)
        first.publish([.like(item("a"), .one)])
        return TestNode(
            ego, store: first.store, ownHeadWaitMilliseconds: 60_000, ownHeadAnchors: anchors)
    }

    private var nothingMore: Frame {
        .rangeResponse(RangeResponse(feed: ego.key, chain: nil))
    }

    private func answer(_ node: TestNode, _ number: UInt64, as friend: Person, isAnchor: Bool) {
        let link = node.connect(number, as: friend, isAnchor: isAnchor)
        node.give(.frame(link, nothingMore.encoded))
    }

    @Test("publications are held for a while, then refused with what is missing")
    func overdue() {
        let node = restarted()
        node.publish([.like(item("b"), .one)])
        node.pass(milliseconds: 59_999)
        #expect(node.published.isEmpty && node.notices.isEmpty)
        node.pass(milliseconds: 1)
        let notice = Notice.ownFeedUnconfirmed(answered: 0, wanted: 3)
        #expect(node.published == [.failure(.fenced)])
        #expect(node.notices == [notice])
        #expect(node.node.publishObstacle == notice)
        node.publish([.like(item("c"), .one)])
        #expect(node.published == [.failure(.fenced), .failure(.fenced)])
    }

    @Test("three anchors that know of nothing more let it publish, however late they come")
    func confirmed() {
        let node = restarted()
        node.pass(milliseconds: 100_000)
        for number in 0..<3 {
            #expect(node.node.publishObstacle != nil)
            answer(node, UInt64(number + 1), as: friends[number], isAnchor: true)
        }
        node.publish([.like(item("b"), .one)])
        node.pass(milliseconds: 4_999)
        #expect(node.published.isEmpty, "what is on its way to them has time to arrive")
        node.pass(milliseconds: 1)
        #expect(node.published == [.success([2])])
        #expect(node.node.publishObstacle == nil)
    }

    @Test("of peers whom the user did not name no number is enough")
    func strangers() {
        let node = restarted()
        for number in 0..<3 {
            answer(node, UInt64(number + 1), as: friends[number], isAnchor: number == 0)
        }
        node.publish([.like(item("b"), .one)])
        node.pass(milliseconds: 60_000)
        #expect(node.published == [.failure(.fenced)])
        #expect(node.node.publishObstacle == .ownFeedUnconfirmed(answered: 1, wanted: 3))
    }

    @Test("an anchor on two links is one anchor")
    func once() {
        let node = restarted(anchors: 2)
        answer(node, 1, as: friends[0], isAnchor: true)
        answer(node, 2, as: friends[0], isAnchor: true)
        node.pass(milliseconds: 60_000)
        #expect(node.node.publishObstacle == .ownFeedUnconfirmed(answered: 1, wanted: 2))
    }

    @Test("a link that has not answered confirms nothing")
    func silent() {
        let node = restarted(anchors: 1)
        _ = node.connect(1, as: friends[0], isAnchor: true)
        node.pass(milliseconds: 60_000)
        #expect(node.node.publishObstacle == .ownFeedUnconfirmed(answered: 0, wanted: 1))
    }

    @Test("a stranger who proves a lost record is believed at once")
    func proven() throws {
        let current = TestNode(ego)
        current.publish([.like(item("a"), .one)])
        let copy = current.store
        current.publish([.like(item("b"), .one)])
        let node = TestNode(
            ego, store: copy, ownHeadWaitMilliseconds: 60_000, ownHeadAnchors: 1)
        let lost = current.store.feed(ego.key).dropFirst().compactMap(\.keptRecord)
        let link = node.connect(1, as: friends[0])
        let response = RangeResponse(feed: ego.key, chain: try chain(lost))
        node.give(.frame(link, Frame.rangeResponse(response).encoded))
        #expect(
            node.notices == [
                .ownFeedBehind(held: 1, known: 2), .ownFeedRecovered(2),
            ])
        answer(node, 2, as: friends[1], isAnchor: true)
        node.pass(milliseconds: 5_000)
        node.publish([.like(item("c"), .one)])
        #expect(node.published == [.success([3])])
    }
}

extension StoredEntry {
    fileprivate var keptRecord: Record? {
        if case .record(let stored) = self { stored.record } else { nil }
    }
}
