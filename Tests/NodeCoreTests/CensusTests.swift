import Foundation
import Primitives
import Ranking
import Records
import Testing

@testable import NodeCore

/// T43 of the threats: each map that others can fill is given distinct keys without end, 6,000 to 20,000 each here,
/// up to ten million with VOUCHBIRD_MEASURE=1 (`make measure-threats`), where memory is looked at too.
@Suite("T43: the map census", .serialized)
struct CensusTests {
    private static let isMeasured =
        ProcessInfo.processInfo.environment["VOUCHBIRD_MEASURE"] != nil

    enum Filled: String, CaseIterable, Sendable {
        case scores, declined, strangers, unannounced, wants, awaited, tags, titles, graph, ledger
        case addresses, trust
    }

    private struct Keys {
        var random = SeededRandom(seed: 43)

        mutating func bytes() -> Bytes32 {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(Bytes32.count)
            for _ in 0..<4 {
                let word = random.next()
                for shift in stride(from: UInt64(0), to: 64, by: 8) {
                    bytes.append(UInt8(truncatingIfNeeded: word >> shift))
                }
            }
            guard let key = Bytes32(bytes) else { fatalError("32 bytes") }
            return key
        }

        mutating func feed() -> PublicKey { PublicKey(raw: bytes()) }
        mutating func item() -> ItemID {
            guard let item = ItemID("i\(random.next())") else { fatalError("printable") }
            return item
        }
    }

    @Test(
        "T43: distinct keys without end leave a map at its cap, and memory where it was",
        arguments: Filled.allCases)
    func fill(_ map: Filled) throws {
        let test = TestNode(try Person(1), overlay: OverlaySettings(scope: .public, seed: 5))
        var keys = Keys()
        var early: UInt64 = 0
        var effects: [Effect] = []
        let rounds = Self.rounds(map)
        for round in 0..<rounds {
            // Every map is full long before, and its memory has its size.
            if round == rounds / 2 { early = residentBytes }
            Self.give(map, round, &keys, &test.node, test.now, &effects)
            if !effects.isEmpty { effects = [] }
        }
        for entry in test.node.census {
            #expect(entry.count <= entry.capacity, "\(map): \(entry.name)")
        }
        let largest = test.node.census.map(\.count).max() ?? 0
        #expect(largest > 0)
        let growth = (Double(residentBytes) - Double(early)) / Double(1 << 20)
        if Self.isMeasured { #expect(growth < 32, "\(map)") }
        print(
            "T43: \(map.rawValue), \(rounds) keys: memory \(residentBytes >> 20) MiB, \(growth) MiB since half; "
                + "fullest \(test.node.census.max { $0.count < $1.count }?.name ?? "") \(largest)")
    }

    /// A new score, and a new author of the graph, look at all that are held to find who goes: they come at the pace of
    /// links and of admitted feeds, not of records.
    private static func rounds(_ map: Filled) -> Int {
        switch map {
        case .scores, .graph, .ledger: isMeasured ? 200_000 : 6_000
        default: isMeasured ? 10_000_000 : 20_000
        }
    }

    private static func give(
        _ map: Filled, _ round: Int, _ keys: inout Keys, _ node: inout Node, _ now: Moment,
        _ effects: inout [Effect]
    ) {
        switch map {
        case .scores: node.meet(NodeKey(raw: keys.bytes()), now)
        case .declined: node.noteDeclined(keys.feed(), of: keys.feed())
        case .strangers:
            let feed = keys.feed()
            node.hasRanked = true
            if node.mayAdmit(feed, of: feed) { _ = node.admit(feed, author: feed) }
            if round & 1023 == 0 { node.gathered.removedFeeds = [] }
        case .unannounced: node.announceLater([FeedIndex(raw: round)], now)
        case .wants:
            let entry = Frontier.Entry(feed: keys.feed(), sequence: 9, headPrefix: 1)
            if round == 0 {
                node.handle(
                    .linkUp(LinkID(1), NodeKey(raw: keys.bytes()), .inbound), at: now,
                    effects: &effects)
                node.handle(.frame(LinkID(1), TestNode.hello.encoded), at: now, effects: &effects)
            }
            node.told(Frontier(entries: [entry]), by: LinkID(1), now, &effects)
        case .awaited:
            node.awaited.set(keys.feed(), Awaited(link: LinkID(1), sequence: 2, due: 5))
        case .tags:
            let bytes = Frame.prune([FeedTag(keys.feed())]).encoded
            if round == 0 {
                node.handle(
                    .linkUp(LinkID(1), NodeKey(raw: keys.bytes()), .inbound), at: now,
                    effects: &effects)
                node.handle(.frame(LinkID(1), TestNode.hello.encoded), at: now, effects: &effects)
            }
            node.handle(.frame(LinkID(1), bytes), at: now, effects: &effects)
        case .titles:
            guard let title = Title("t") else { return }
            node.titles.note(title, of: keys.item(), by: keys.feed())
        case .graph:
            node.graph.setTrust(from: keys.feed(), to: keys.feed(), weight: 1)
            _ = node.graph.add(
                Interaction(
                    author: keys.feed(), item: keys.item(), kind: .like, weight: 1,
                    time: now.wall, firstSeen: now.wall))
        case .ledger: node.ledger.note(keys.feed(), keys.item(), seen: now.wall)
        case .addresses:
            let word = UInt32(truncatingIfNeeded: keys.random.next())
            let known = KnownNode(
                key: NodeKey(raw: keys.bytes()), address: NetworkAddress(ipv4: word, port: 1),
                expires: now.wall.advanced(byMilliseconds: 1_000))
            node.addresses?.overlay.learn(
                [known], from: .peer(Netgroup(raw: keys.random.next())), at: now)
        case .trust:
            node.trust.set(keys.feed(), 0.1)
        }
    }

    /// Bytes of memory that are this process's now.
    private var residentBytes: UInt64 {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { UInt64($0) } ?? 0
        return pages * 4096
    }
}
