import Primitives
import Records
import Testing

@testable import NodeCore

@Suite("Shares: the store's budget is divided by trust flow")
struct ShareTests {
    let ego: Person
    let ana: Person
    let ben: Person

    init() throws {
        ego = try Person(1)
        ana = try Person(2)
        ben = try Person(3)
    }

    private func limits(budgetBytes: UInt64, strangerFeeds: Int = 8) -> CoreLimits {
        var limits = CoreLimits()
        limits.storage.budgetBytes = budgetBytes
        limits.strangerFeeds = strangerFeeds
        return limits
    }

    /// What is held of some authors, counted in the store.
    private func bytes(of keys: [PublicKey], in node: TestNode) -> UInt64 {
        keys.reduce(0) { sum, key in
            node.store.feed(key).reduce(sum) { $0 + $1.chargedBytes }
        }
    }

    private func flow(to keys: [PublicKey], in node: TestNode) -> Double {
        keys.reduce(0) { $0 + node.node.trust(in: $1) }
    }

    @Test(
        "T17: an author fills its share and a slot of the pool, and its neighbour's share is not touched"
    )
    func fillsShare() throws {
        let budget: UInt64 = 200_000
        let node = TestNode(ego, limits: limits(budgetBytes: budget))
        node.publish([.trust(ana.key, .one), .trust(ben.key, .one)])
        node.pass(milliseconds: 5_000)
        let source = node.connect(1, as: ana)
        node.push(ana.feed(800), over: source)
        let share = Double(budget) * 0.85 * node.node.trust(in: ana.key)
        let held = Double(bytes(of: [ana.key], in: node))
        #expect(held > share && held <= share + Double(node.node.slotBytes))
        #expect(node.node.counts[IgnoreReason.overQuota] > 0)
        let before = node.node.frontier(of: ana.key)
        node.push(ben.feed(Int(before) - 30), over: source)
        #expect(node.node.frontier(of: ben.key) == before - 30)
        #expect(node.node.frontier(of: ana.key) == before)
    }

    @Test(
        "T18: however many keys stand behind one attack edge, they hold its flow and the pool",
        arguments: [1, 8, 60])
    func attackEdge(keys: Int) throws {
        let budget: UInt64 = 400_000
        let node = TestNode(ego, limits: limits(budgetBytes: budget))
        let head = try Person(9)
        node.publish([.trust(ana.key, .one), .trust(ben.key, .one)])
        let source = node.connect(1, as: ana)
        let honest = ana.feed(100)
        node.push(honest, over: source)
        node.push(
            [ana.record(101, after: honest.last, at: 1_001_000, .trust(head.key, .one))],
            over: source)
        node.push(ben.feed(100), over: source)
        let region = try (0..<keys).map { try Person(UInt8(20 + $0)) }
        var feed: [Record] = []
        for (number, child) in region.enumerated() {
            feed.append(
                head.record(
                    UInt64(number + 1), after: feed.last, at: 1_000_000 + UInt64(number),
                    .trust(child.key, .one)))
        }
        node.push(feed, over: source)
        node.pass(milliseconds: 5_000)
        for child in region { node.push(child.feed(1_200 / keys), over: source) }
        node.pass(milliseconds: 5_000)
        let all = [head.key] + region.map(\.key)
        let held = Double(bytes(of: all, in: node))
        let flow = flow(to: all, in: node)
        let pool = Double(budget) * 0.05
        #expect(flow > 0.05)
        #expect(held <= Double(budget) * flow + pool, "\(keys) keys")
        #expect(held >= Double(budget) * 0.4 * flow, "\(keys) keys")
        #expect(node.node.frontier(of: ana.key) == 101)
        #expect(node.node.frontier(of: ben.key) == 100)
    }

    @Test(
        "the pool has a cap in bytes: a better rank takes the place of worse ones, strangers put nobody else out"
    )
    func poolBytes() throws {
        let budget: UInt64 = 400_000
        let node = TestNode(ego, limits: limits(budgetBytes: budget, strangerFeeds: 60))
        node.publish([.trust(ana.key, .one)])
        node.pass(milliseconds: 5_000)
        let source = node.connect(1, as: ana)
        node.push(ana.feed(50), over: source)
        let people = try (20..<80).map { try Person(UInt8($0)) }
        for person in people { node.push(person.feed(10), over: source) }
        let held = bytes(of: people.map(\.key), in: node)
        #expect(held <= 20_000 && held > 12_000)
        #expect(node.node.frontier(of: ana.key) == 50)
        for map in node.node.census { #expect(map.count <= map.capacity, "\(map.name)") }
    }

    @Test("the order of the pool changes: whom it keeps today it need not keep next week")
    func rotation() throws {
        var limits = limits(budgetBytes: 1 << 30, strangerFeeds: 6)
        limits.storage.rotationMilliseconds = 100_000
        let node = TestNode(ego, limits: limits)
        let source = node.connect(1, as: ana)
        node.publish([.trust(ana.key, .one)])
        node.pass(milliseconds: 5_000)
        let firsts = try (20..<70).map { try Person(UInt8($0)).feed(1)[0] }
        func kept() -> Set<PublicKey> {
            for first in firsts { node.push([first], over: source) }
            return Set(firsts.map(\.body.feed).filter { node.node.frontier(of: $0) > 0 })
        }
        let before = kept()
        #expect(before.count == 6 && kept() == before)
        node.pass(milliseconds: 150_000)
        let after = kept()
        #expect(after.count == 6 && after != before)
    }

    @Test("whose trust shrank gives way; who is within a share stays")
    func shrinks() throws {
        let node = TestNode(ego, limits: limits(budgetBytes: 200_000))
        node.publish([.trust(ana.key, .one)])
        node.pass(milliseconds: 5_000)
        let source = node.connect(1, as: ana)
        node.push(ana.feed(500), over: source)
        let before = bytes(of: [ana.key], in: node)
        #expect(before > 60_000)
        let others = try (20..<40).map { try Person(UInt8($0)) }
        node.publish([.trust(ben.key, .one)])
        node.pass(milliseconds: 5_000)
        node.push(ben.feed(10), over: source)
        node.publish(others.map { .trust($0.key, .one) })
        node.pass(milliseconds: 5_000)
        node.pass(milliseconds: 1)
        let share = 170_000 * node.node.trust(in: ana.key)
        #expect(Double(bytes(of: [ana.key], in: node)) <= share + 10_000)
        #expect(node.node.frontier(of: ben.key) == 10)
    }

    @Test(
        "T35: a full disk is a named state, costs strangers only, and 5 s after there is room all arrives"
    )
    func fullDisk() throws {
        var limits = limits(budgetBytes: 400_000, strangerFeeds: 60)
        limits.storage.leastSlotBytes = 1 << 10
        let node = TestNode(ego, limits: limits)
        node.publish([.trust(ana.key, .one)])
        node.pass(milliseconds: 5_000)
        let source = node.connect(1, as: ben)
        let people = try (20..<50).map { try Person(UInt8($0)) }
        for person in people { node.push(person.feed(2), over: source) }
        let strangers = people.count { node.node.frontier(of: $0.key) > 0 }
        #expect(strangers > 20)
        let author = TestNode(ana)
        let wire = Wire(node, author)
        author.publish((0..<20).map { .like(item("old-\($0)"), .one) })
        wire.settle()
        #expect(node.node.frontier(of: ana.key) == 20)
        // Ten seconds without room.
        node.store.failures = [StoreFailure](repeating: .full, count: 1_000)
        author.publish((0..<20).map { .like(item("new-\($0)"), .one) })
        wire.settle()
        for _ in 0..<10 {
            node.pass(milliseconds: 1_000)
            wire.settle()
        }
        #expect(node.node.storeFailure == .full)
        #expect(node.node.frontier(of: ana.key) == 20)
        #expect(people.count { node.node.frontier(of: $0.key) > 0 } < strangers)
        // What is asked of a store that cannot write is bounded: one attempt a second, and what follows from it.
        #expect(node.store.failures.count > 960)
        node.store.failures = []
        for _ in 0..<5 {
            node.pass(milliseconds: 1_000)
            wire.settle()
        }
        #expect(node.node.storeFailure == nil)
        #expect(node.node.frontier(of: ana.key) == 40)
        #expect(node.notices.last == .storeRecovered)
    }
}
