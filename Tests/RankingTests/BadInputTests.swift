import Primitives
import Testing

@testable import Ranking

/// Issue 3's bad input: a defined answer, never NaN, never a crash, never memory beyond the caps.
@Suite("Bad input")
struct BadInputTests {
    private func check(_ result: RankingResult, _ place: Comment) {
        let lists = [
            result.trust, result.visits, result.walkVisits, result.itemVisits, result.shares,
            result.popularity, result.concentration, result.factors, result.scores,
        ]
        for list in lists { #expect(list.allSatisfy { $0.isFinite && $0 >= 0 }, place) }
        for ranked in result.items {
            #expect(ranked.score > 0 && ranked.score.isFinite, place)
            #expect(ranked.share.isFinite && ranked.factor.isFinite, place)
        }
    }

    @Test("an empty graph gives an empty list", arguments: EngineName.allCases)
    func empty(_ name: EngineName) {
        let nobody = GraphSnapshot(authorCount: 0, itemCount: 0, trust: [], interactions: [])
        let first = name.engine.rank(nobody, RankingQuery(ego: author(0)))
        #expect(first.items.isEmpty)
        let graph = InteractionGraph(ego: key(1))
        let snapshot = graph.snapshot(ego: key(1), at: Instant(milliseconds: 5))
        #expect(snapshot.authorCount == 1 && snapshot.itemCount == 0)
        let second = name.engine.rank(snapshot, RankingQuery(ego: author(0)))
        #expect(second.items.isEmpty)
        check(second, "\(name)")
        var warm = WarmTrustedSalsa()
        for _ in 0..<2 { #expect(warm.rank(snapshot, RankingQuery(ego: author(0))).items.isEmpty) }
        #expect(warm.rank(nobody, RankingQuery(ego: author(0))).items.isEmpty)
    }

    @Test("an ego that trusts nobody hears nobody", arguments: [EngineName.tsalsa, .taste])
    func alone(_ name: EngineName) {
        let snapshot = GraphSnapshot(
            authorCount: 3, itemCount: 3, trust: [edge(1, 2), edge(2, 1), edge(1, 0)],
            interactions: [taste(0, 0), taste(1, 0), taste(1, 1), taste(2, 2)])
        let result = name.engine.rank(snapshot, RankingQuery(ego: author(0)))
        #expect(result.items.isEmpty)
        check(result, "\(name)")
    }

    @Test("a single item is recommended, or is the ego's own", arguments: EngineName.allCases)
    func oneItem(_ name: EngineName) {
        for isOwn in [false, true] {
            var listens = [taste(1, 0), taste(2, 0)]
            if isOwn { listens.append(taste(0, 0)) }
            let snapshot = GraphSnapshot(
                authorCount: 3, itemCount: 1, trust: [edge(0, 1), edge(0, 2), edge(1, 2)],
                interactions: listens)
            let result = name.engine.rank(snapshot, RankingQuery(ego: author(0)))
            check(result, "\(name) \(isOwn)")
            #expect(result.items.count <= (isOwn ? 0 : 1))
            if name == .tsalsa { #expect(result.items.count == (isOwn ? 0 : 1)) }
        }
    }

    @Test(
        "weights at the limits of Double give finite scores",
        arguments: EngineName.allCases,
        0..<6 as Range<UInt64>)
    func limits(_ name: EngineName, _ seed: UInt64) {
        let extremes = [
            Double.greatestFiniteMagnitude, .leastNonzeroMagnitude, .leastNormalMagnitude, 1, 1e300,
            1e-300,
        ]
        var random = SeededRandom(seed: seed, stream: "limits")
        var graph = RandomGraph(seed: seed, users: 12, items: 10, degree: 4, tastes: 5)
        for place in graph.trust.indices {
            graph.trust[place].weight = extremes[random.below(extremes.count)]
        }
        for place in graph.listens.indices {
            graph.listens[place].weight = extremes[random.below(extremes.count)]
        }
        let result = name.engine.rank(graph.snapshot, RankingQuery(ego: author(0)))
        check(result, "\(name) seed \(seed)")
        var warm = WarmTrustedSalsa()
        for _ in 0..<2 { check(warm.rank(graph.snapshot, RankingQuery(ego: author(0))), "warm") }
    }

    @Test("a feed without end stays inside its author's row, in any order of weights")
    func flood() {
        var limits = GraphLimits()
        // Neither the row's length nor what comes after it is full for long is what is tested: a short
        // row and a tenth of a million keep a debug build quick.
        limits.interactionsPerAuthor = 16
        limits.eventsPerInteraction = 4
        var graph = InteractionGraph(ego: key(0), limits: limits)
        graph.setTrust(from: key(0), to: key(1), weight: 1)
        let items = (0..<512).map { id("flood\($0)") }
        var random = SeededRandom(seed: 9, stream: "flood")
        for number in 0..<100_000 {
            let instant = Instant(milliseconds: random.next() >> UInt64(random.below(60)))
            graph.add(
                Interaction(
                    author: key(2), item: items[random.below(512)],
                    kind: number % 3 == 0 ? .like : .play, weight: 1 + random.unit(),
                    time: instant, firstSeen: instant))
        }
        for part in graph.census { #expect(part.count <= part.capacity, "\(part.name)") }
        #expect(graph.edgeCount == 16)
        let held = graph.edgeByteCount
        #expect(held < 16_384, "\(held) bytes")
        let snapshot = graph.snapshot(ego: key(0), at: Instant(milliseconds: 1))
        check(TrustedSalsa().rank(snapshot, RankingQuery(ego: author(0))), "flood")
    }
}
