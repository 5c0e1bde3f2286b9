import Primitives
import Testing

@testable import Ranking

@Suite("Mode discover")
struct DiscoverTests {
    /// The ego 0 found items 0, 1 and 2 in turn. Strangers: 1 had them all before, and 3; 2 came late, with
    /// 4. Authors 3 to 12 have what nobody found, so that the found items are rare.
    private func scene(trust: [TrustEdge] = []) -> (GraphSnapshot, EarnedTrust) {
        let taken = [taste(0, 0), taste(0, 1), taste(0, 2)]
        let one = [taste(1, 0), taste(1, 1), taste(1, 2), taste(1, 3)]
        let two = [taste(2, 0), taste(2, 1), taste(2, 2), taste(2, 4)]
        let rest = (3..<13).flatMap { author in [taste(author, 5), taste(author, 3 + author)] }
        let snapshot = GraphSnapshot(
            authorCount: 13, itemCount: 16, trust: trust,
            interactions: taken + one + two + rest)
        let rows = (0..<13).map { author in
            snapshot.items(of: AuthorIndex(UInt32(author))).map {
                ClaimTimes.Claim(item: $0, seen: Instant(milliseconds: author == 2 ? 900 : 10))
            }
        }
        let discoveries = (0..<3).map {
            Discovery(item: item($0), found: Instant(milliseconds: UInt64(100 + $0)))
        }
        return (
            snapshot,
            EarnedTrust(
                ClaimTimes(itemCount: 16, rows: rows), discoveries: discoveries, ego: author(0),
                now: Instant(milliseconds: 1_000))
        )
    }

    private func rank(
        _ snapshot: GraphSnapshot, _ earned: EarnedTrust?, disliked: [ItemIndex] = [],
        _ change: (inout RankingParameters) -> Void = { _ in }
    ) -> RankingResult {
        var parameters = exactParameters()
        change(&parameters)
        let query = RankingQuery(
            ego: author(0), parameters: parameters, disliked: disliked, earned: earned)
        return EngineName.discover.engine.rank(snapshot, query)
    }

    @Test("a stranger who had it before is heard, one who came after is not")
    func first() {
        let (snapshot, earned) = scene()
        let result = rank(snapshot, earned)
        #expect(result.items.map(\.item) == [item(3)])
        #expect(result.items[0].tier == .singleVoice)
        let query = RankingQuery(ego: author(0), parameters: exactParameters())
        #expect(EngineName.taste.engine.rank(snapshot, query).items.isEmpty)
        let why = result.explain(item(3))
        #expect(why.contributions.map(\.author) == [author(1)])
        #expect(result.earnedVoice(of: author(1)) > 0 && result.earnedVoice(of: author(2)) == 0)
    }

    @Test("without anything earned the list is that of taste", arguments: 0..<30 as Range<UInt64>)
    func nothingEarned(_ seed: UInt64) {
        let snapshot = RandomGraph(seed: seed).snapshot
        let none = EarnedTrust(
            ClaimTimes(itemCount: 12, rows: [[ClaimTimes.Claim]](repeating: [], count: 10)),
            discoveries: [], ego: author(0), now: Instant(milliseconds: 0))
        let taste = EngineName.taste.engine.rank(
            snapshot, RankingQuery(ego: author(0), parameters: exactParameters()))
        for earned in [nil, none] {
            let result = rank(snapshot, earned)
            #expect(result.items == taste.items && result.scores == taste.scores, "seed \(seed)")
        }
    }

    @Test(
        "earned voices stay below their pool, whatever the number of identities",
        arguments: 0..<40 as Range<UInt64>)
    func pool(_ seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "pool")
        let graph = RandomGraph(seed: seed, users: 60, items: 30, degree: 2, tastes: 8)
        let snapshot = graph.snapshot
        let rows = (0..<60).map { author in
            snapshot.items(of: AuthorIndex(UInt32(author))).map {
                ClaimTimes.Claim(item: $0, seen: Instant(milliseconds: UInt64(random.below(50))))
            }
        }
        let discoveries = snapshot.items(of: author(0)).map {
            Discovery(item: $0, found: Instant(milliseconds: UInt64(50 + random.below(50))))
        }
        var generous = EarnedTrustParameters()
        generous.luck = 0
        generous.leastClaims = 1
        let earned = EarnedTrust(
            ClaimTimes(itemCount: 30, rows: rows), discoveries: discoveries, ego: author(0),
            now: Instant(milliseconds: 100), parameters: generous)
        let result = rank(snapshot, earned) { $0.earned.poolWithoutTrust = 2 }
        let perVoice = Taste.voicePerTrust(result.trust, ego: author(0))
        let explicit = (1..<60).reduce(0) { $0 + min(1, result.trust[$1] * perVoice) }
        let cap = explicit > 0 ? 0.5 * explicit : 2
        #expect(result.earnedVoices.reduce(0, +) <= cap + 1e-9, "seed \(seed)")
        #expect(result.earnedVoices.allSatisfy { (0...1).contains($0) })
        // T2 for the region of all strangers.
        let strangers = (1..<60).filter { result.groups[$0] == nil }
        if let bound = result.massBound(of: authors(strangers)) {
            #expect(result.share(deliveredBy: authors(strangers)) <= bound + 1e-12, "seed \(seed)")
        }
    }

    @Test("where three friends speak, what only strangers say counts as one voice")
    func oneVoice() throws {
        let trust = [edge(0, 3), edge(0, 4), edge(0, 5)]
        let (snapshot, earned) = scene(trust: trust)
        let result = rank(snapshot, earned)
        let stranger = try #require(result.items.first { $0.item == item(3) })
        #expect(stranger.concentration == 1 && stranger.factor == 0.02)
        let open = rank(snapshot, earned) { $0.earned.strangersAreOneVoice = false }
        #expect(try #require(open.position(of: item(3))) <= stranger.rank)
    }

    @Test("a dislike halves what a stranger says")
    func dislike() {
        let (snapshot, earned) = scene()
        let before = rank(snapshot, earned).earnedVoice(of: author(1))
        let after = rank(snapshot, earned, disliked: [item(3)]).earnedVoice(of: author(1))
        #expect(before > 0 && after == before / 2)
    }

    @Test("a blocked stranger takes nothing from the pool")
    func blocked() {
        let (snapshot, earned) = scene()
        var query = RankingQuery(ego: author(0), parameters: exactParameters(), earned: earned)
        query.blockedAuthors = [author(1)]
        let result = EngineName.discover.engine.rank(snapshot, query)
        #expect(result.earnedVoice(of: author(1)) == 0 && result.items.isEmpty)
    }
}
