import Cryptography
import NodeCore
import Primitives
import Ranking
import Records
import Testing

/// T31 of the threats: what strangers say against somebody.
@Suite("T31: slander")
struct SlanderTests {
    let ego: Person
    let ana: Person
    let ben: Person
    let cleo: Person

    init() throws {
        ego = try Person(1)
        ana = try Person(2)
        ben = try Person(3)
        cleo = try Person(4)
    }

    /// The ego trusts Ana and Ben, Ana trusts Cleo; all like songs.
    private func community() -> (node: TestNode, link: LinkID) {
        let node = TestNode(ego)
        let link = node.connect(1, as: ben)
        node.publish(
            [.trust(ana.key, .one), .trust(ben.key, .one)] + Self.likes(1...3))
        node.push(ana.feed([.trust(cleo.key, .one)] + Self.likes(2...8)), over: link)
        node.push(ben.feed(benLikes), over: link)
        node.push(cleo.feed(Self.likes(3...7) + Self.likes(12...15)), over: link)
        node.pass(milliseconds: 10_000)
        return (node, link)
    }

    private static func likes(_ numbers: ClosedRange<Int>) -> [Payload] {
        numbers.map { .like(item("song-\($0)"), .one) }
    }

    private var benLikes: [Payload] { Self.likes(1...5) + Self.likes(9...12) }

    /// What a list shows: nothing of an engine's numbering, everything of its figures.
    private struct Line: Hashable {
        let item: ItemID?
        let score: UInt64
        let share: UInt64
        let factor: UInt64
        let supporters: Int
    }

    private func list(_ engine: EngineName, _ node: TestNode) throws -> [Line] {
        let snapshot = node.node.graph.snapshot(ego: ego.key, at: node.now.wall)
        let query = RankingQuery(ego: try #require(snapshot.ego))
        return engine.engine.rank(snapshot, query).items.map {
            Line(
                item: snapshot.id(of: $0.item), score: $0.score.bitPattern,
                share: $0.share.bitPattern, factor: $0.factor.bitPattern,
                supporters: $0.supporters)
        }
    }

    @Test(
        "T31: a thousand strangers who distrust an author and rate her songs low change no bit of a list",
        arguments: [EngineName.tsalsa, .taste, .web3recommend])
    func strangers(engine: EngineName) throws {
        let (node, link) = community()
        let before = try list(engine, node)
        #expect(before.count > 5)
        for number in 0..<1_000 {
            let slanderer = try Person(
                seed: Array(scheme.digest(Array("slanderer \(number)".utf8)).bytes))
            node.push(
                slanderer.feed([
                    .trust(ana.key, .zero), .trust(cleo.key, .zero),
                    .rate(item("song-6"), try #require(Weight(thousandths: 1))),
                ]), over: link)
        }
        node.pass(milliseconds: 10_000)
        #expect(node.node.recordCount >= 3_000)
        #expect(try list(engine, node) == before)
        // The same words of one whom the ego trusts are heard: the test would see them.
        node.push(
            [
                ben.record(
                    10, after: ben.feed(benLikes).last, at: 1_000_100,
                    .rate(item("song-6"), .one))
            ], over: link)
        node.pass(milliseconds: 10_000)
        #expect(try list(engine, node) != before)
    }

}
