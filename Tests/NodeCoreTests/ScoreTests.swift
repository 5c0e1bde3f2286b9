import Primitives
import Records
import Testing

@testable import NodeCore

@Suite("Scores of direct senders")
struct ScoreTests {
    private static let minute: UInt64 = 60_000

    @Test(
        "T28: who brings nothing falls below the threshold within 10 min and is not chosen for four times as long",
        arguments: UInt64(1)...40)
    func idle(seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "score")
        var time = UInt64(random.below(1 << 30))
        var score = PeerScore(at: time)
        for _ in 0..<random.below(200) {
            time += UInt64(random.below(30_000))
            switch random.below(8) {
            case 0: score.wasRejected(at: time)
            case 1: score.brokePromise(at: time)
            default: score.brought(1 + random.below(500), at: time)
            }
        }
        let idleFrom = time
        var fell: UInt64?
        var before = score.points(at: time)
        while time < idleFrom + 60 * Self.minute {
            time += Self.minute
            let points = score.points(at: time)
            #expect(points < before || points == -20_000, "seed \(seed)")
            before = points
            let isEligible = score.isEligible(at: time)
            if !isEligible, fell == nil { fell = time }
            #expect(!(isEligible && time >= idleFrom + 10 * Self.minute), "seed \(seed)")
        }
        // However much it brings then, it waits until four times its longest fall is over.
        let fall = fell ?? idleFrom
        score.brought(1_000, at: time)
        let until = score.barredUntil
        while time < until {
            #expect(!score.isEligible(at: time), "seed \(seed)")
            time += Self.minute
            score.brought(1_000, at: time)
        }
        #expect(score.isEligible(at: time), "seed \(seed)")
        if fall > idleFrom { #expect(until + Self.minute >= fall + 4 * (fall - idleFrom)) }
    }

    @Test(
        "under pressure the idle inbound link that is worth least goes, and nobody who brings something"
    )
    func pressure() throws {
        let (ego, ana) = (try Person(1), try Person(2))
        var limits = CoreLimits()
        limits.links = 8
        limits.spareLinks = 2
        let node = TestNode(ego, limits: limits)
        node.publish([.trust(ana.key, .one)])
        node.pass(milliseconds: 5_000)
        let dialled = node.connect(1, as: try Person(50), direction: .outbound)
        let links = try (2...6).map { node.connect(UInt64($0), as: try Person(UInt8(50 + $0))) }
        let feed = ana.feed(132)
        // Eleven minutes in which one link brings something and another lies.
        for minute in 0..<11 {
            node.push(Array(feed[(12 * minute)..<(12 * minute + 12)]), over: links[0])
            node.pass(milliseconds: Self.minute)
        }
        node.give(.frame(links[3], Frame.push([[1, 2, 3]]).encoded))
        #expect(node.ended.isEmpty)
        for number in UInt64(10)..<15 {
            _ = node.connect(number, as: try Person(UInt8(100 + number)))
        }
        #expect(node.ended.map(\.reason) == [.overloaded, .overloaded, .overloaded, .overloaded])
        #expect(node.ended.first?.link == links[3])
        #expect(Set(node.ended.map(\.link)) == Set(links.dropFirst()))
        #expect(node.node.linkSummaries.contains { $0.link == dialled })
        #expect(node.node.linkSummaries.contains { $0.link == links[0] })
    }

    @Test("looking at a score changes nothing, however often")
    func looking() {
        var seldom = PeerScore(at: 0)
        var often = seldom
        for time in stride(from: UInt64(0), to: 600_000, by: 7) {
            if !often.isEligible(at: time) { break }
            often.brought(0, at: time)
        }
        seldom.brought(0, at: 600_000)
        often.brought(0, at: 600_000)
        #expect(seldom.points(at: 1_000_000) == often.points(at: 1_000_000))
    }

    @Test("bans grow and stay below a day")
    func bans() {
        var score = PeerScore(at: 0)
        var time: UInt64 = 0
        var longest: UInt64 = 0
        for _ in 0..<30 {
            score.ban(at: time)
            #expect(score.isBanned(at: time))
            #expect(score.bannedUntil - time >= longest)
            longest = score.bannedUntil - time
            time = score.bannedUntil
            #expect(!score.isBanned(at: time))
        }
        #expect(longest > 10 * Self.minute && longest < 24 * 60 * Self.minute)
    }

    @Test(
        "T29: records forged in a victim's name cost the sender alone; its relays and the victim stay as they are"
    )
    func framing() throws {
        let node = TestNode(try Person(1))
        let victim = try Person(2)
        let (forger, relay) = (try Person(3), try Person(4))
        node.publish([.trust(victim.key, .one)])
        node.pass(milliseconds: 5_000)
        let forging = node.connect(1, as: forger)
        let honest = node.connect(2, as: relay)
        let feed = victim.feed(60)
        node.push([feed[0]], over: honest)
        let (before, other) = (
            node.node.points(honest, node.now), node.node.points(forging, node.now)
        )
        for record in feed[1..<20] {
            let forged = record.encoded.dropLast(64) + [UInt8](repeating: 7, count: 64)
            node.give(.frame(forging, Frame.push([Array(forged)]).encoded))
        }
        #expect(node.node.points(honest, node.now) == before)
        #expect(node.node.points(forging, node.now) == other - 19 * 1_000)
        #expect(!node.node.isEligible(forging, node.now))
        node.push(Array(feed[1...]), over: honest)
        #expect(node.node.frontier(of: victim.key) == 60)
        #expect(node.node.points(honest, node.now) > before)
        // What is only ignored costs nothing.
        let now = node.node.points(honest, node.now)
        node.push(Array(feed[..<10]), over: honest)
        node.push(
            [victim.record(61, after: feed[59], at: 9_000_000_000, .like(item("x"), .one))],
            over: honest)
        #expect(node.node.points(honest, node.now) == now)
    }

    @Test("a peer that was cut off for what it sent is not taken back before its ban is over")
    func banned() throws {
        let node = TestNode(try Person(1))
        let (victim, forger) = (try Person(2), try Person(3))
        let link = node.connect(1, as: forger)
        for record in [Record](repeating: victim.feed(1)[0], count: 40) {
            let forged = record.encoded.dropLast(64) + [UInt8](repeating: 7, count: 64)
            node.give(.frame(link, Frame.push([Array(forged)]).encoded))
        }
        #expect(node.ended.map(\.link) == [link])
        _ = node.connect(2, as: forger)
        #expect(node.ended.map(\.link) == [link, LinkID(2)])
        node.pass(milliseconds: 600_000)
        _ = node.connect(3, as: forger)
        #expect(node.ended.count == 2)
    }

    @Test("T43: a flood of node keys leaves the bans and the cap as they are")
    func flood() throws {
        var limits = CoreLimits()
        limits.scoredPeers = 16
        let node = TestNode(try Person(1), limits: limits)
        let (victim, forger) = (try Person(2), try Person(3))
        let link = node.connect(1, as: forger)
        for record in [Record](repeating: victim.feed(1)[0], count: 40) {
            let forged = record.encoded.dropLast(64) + [UInt8](repeating: 7, count: 64)
            node.give(.frame(link, Frame.push([Array(forged)]).encoded))
        }
        for number in UInt8(10)..<110 {
            node.give(.linkDown(node.connect(UInt64(number), as: try Person(number))))
        }
        #expect(node.node.census.first { $0.name == "scores" }?.count == 16)
        let ended = node.ended.count
        _ = node.connect(2, as: forger)
        #expect(node.ended.count == ended + 1)
    }
}
