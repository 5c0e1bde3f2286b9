import NodeCore
import Primitives
import Ranking
import Records
import Testing

@Suite("Earned trust on a node: the order of arrival here, and nothing else")
struct EarnedTrustNodeTests {
    let ego: Person
    let ana: Person
    let ben: Person

    init() throws {
        ego = try Person(1)
        ana = try Person(2)
        ben = try Person(3)
    }

    /// Ana's songs are here before the ego finds them, Ben's after, though Ben dates his years before.
    /// Others have songs that nobody finds, so that Ana's are rare.
    private func lived() throws -> TestNode {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        for number in 10..<20 as Range<UInt8> {
            node.push(try Person(number).feed(20, of: "other-\(number)"), over: source)
        }
        node.push(ana.feed(8), over: source)
        for number in 1...6 {
            node.pass(milliseconds: 1_000)
            node.publish([.like(item("song-\(number)"), .one)])
        }
        node.pass(milliseconds: 1_000)
        node.push(ben.feed(8, from: 1), over: source)
        node.pass(milliseconds: 1_000)
        return node
    }

    private func earned(_ node: TestNode) throws -> (GraphSnapshot, EarnedTrust) {
        let snapshot = node.node.graph.snapshot(ego: ego.key, at: node.now.wall)
        return (
            snapshot,
            node.node.ledger.earned(
                in: snapshot, ego: try #require(snapshot.ego), now: node.now.wall)
        )
    }

    private func strength(of person: Person, _ node: TestNode) throws -> Double {
        let (snapshot, earned) = try earned(node)
        return earned.strengths[try #require(snapshot.index(of: person.key)).position]
    }

    @Test("who was here first earns, who is dated first does not")
    func first() throws {
        let node = try lived()
        #expect(try strength(of: ana, node) > 0.5)
        #expect(try strength(of: ben, node) == 0)
        #expect(try strength(of: Person(10), node) == 0)
    }

    @Test("a restart gives the same earned trust")
    func restart() throws {
        let node = try lived()
        let restarted = TestNode(ego, store: node.store)
        restarted.now = node.now
        #expect(try earned(restarted).1 == earned(node).1)
        #expect(try strength(of: ana, restarted) > 0.5)
    }

    @Test("an author that takes back what did not win still claimed it, before and after a restart")
    func retraction() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        for number in 10..<20 as Range<UInt8> {
            node.push(try Person(number).feed(20, of: "other-\(number)"), over: source)
        }
        let records = ana.feed(8)
        node.push(records, over: source)
        for number in 1...6 {
            node.pass(milliseconds: 1_000)
            node.publish([.like(item("song-\(number)"), .one)])
        }
        let before = try strength(of: ana, node)
        // Song 8 was never found.
        node.push(
            [
                ana.record(
                    9, after: records[7], at: 1_000_100,
                    .retract(
                        sequence: 8, id: records[7].id, previous: records[6].id))
            ], over: source)
        node.pass(milliseconds: 1_000)
        let after = try strength(of: ana, node)
        #expect(after <= before && after > 0)
        let restarted = TestNode(ego, store: node.store)
        restarted.now = node.now
        #expect(try earned(restarted).1 == earned(node).1)
    }

    @Test("what the ego had before it came here is nobody's merit")
    func importedHistory() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        for number in 10..<20 as Range<UInt8> {
            node.push(try Person(number).feed(20, of: "other-\(number)"), over: source)
        }
        node.push(ana.feed(8), over: source)
        node.pass(milliseconds: 1_000)
        let old = (1...6).map {
            OwnDraft(
                payload: .like(item("song-\($0)"), .one),
                time: Instant(milliseconds: 1_000 + UInt64($0)))
        }
        node.give(.publish(EffectID(raw: 1 << 61), old))
        node.pass(milliseconds: 1_000)
        #expect(node.node.recordCount > 200)
        #expect(try strength(of: ana, node) == 0)
    }

    @Test("the ledger stays inside its caps, and an evicted stranger is forgotten")
    func caps() throws {
        var limits = CoreLimits()
        limits.strangerFeeds = 4
        let node = TestNode(ego, limits: limits)
        let source = node.connect(1, as: ana)
        node.publish([.like(item("song-1"), .one)])
        node.pass(milliseconds: 5_000)
        for number in 10..<40 as Range<UInt8> {
            node.push(try Person(number).feed(3, of: "other-\(number)"), over: source)
            node.pass(milliseconds: 1_000)
        }
        let census = node.node.ledger.census
        // Four strangers and the ego.
        #expect(census[0].count == 5 && census[1].count == 13)
        #expect(node.node.census.allSatisfy { $0.count <= $0.capacity })
    }
}
