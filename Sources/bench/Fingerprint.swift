import Primitives
import Ranking

/// The whole output of the engines on one set of records that arrives in a hundred orders, as a hash:
/// `make determinism` compares what a debug and a release build print.
struct Fingerprint {
    private static let orders = 100
    private static let shape = PowerLawGraph.Shape(
        authors: 60, items: 200, trustEdges: 600, interactions: 2_000)

    /// One line an engine; throws when two orders of arrival differ in a bit, or when nobody earned
    /// anything that `discover` could hear.
    static func lines(seed: UInt64) throws -> [String] {
        let feed = Feed(PowerLawGraph(shape, seed: seed), seed: seed)
        var random = SeededRandom(seed: seed, stream: "orders")
        var order = (0..<feed.edges.count + feed.trust.count).map { $0 }
        var found: [UInt64]?
        let engines = EngineName.allCases
        for _ in 0..<orders {
            random.shuffle(&order)
            var graph = InteractionGraph(ego: feed.keys[0])
            var ledger = EarnedTrustLedger(ego: feed.keys[0])
            for place in order {
                feed.add(place, to: &graph)
                feed.note(place, in: &ledger)
            }
            let now = Instant(milliseconds: 1_800_000_000_000)
            let snapshot = graph.snapshot(ego: feed.keys[0], at: now)
            guard let ego = snapshot.ego else { throw BenchFailure("the ego is missing") }
            let earned = ledger.earned(in: snapshot, ego: ego, now: now)
            guard earned.strengths.contains(where: { $0 > 0 }) else {
                throw BenchFailure("nobody earned anything")
            }
            let hashes = engines.map { engine in
                var query = RankingQuery(ego: ego)
                query.parameters.walks = 1_000
                query.earned = earned
                return hash(engine.engine.rank(snapshot, query))
            }
            guard found == nil || found == hashes else {
                throw BenchFailure("two orders of arrival give different lists")
            }
            found = hashes
        }
        return zip(engines, found ?? []).map { "\($0.rawValue) \(String($1, radix: 16))" }
    }

    /// FNV-1a over every number of every item.
    private static func hash(_ result: RankingResult) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ word: UInt64) {
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                hash = (hash ^ (word >> shift & 255)) &* 0x100_0000_01b3
            }
        }
        for ranked in result.items {
            mix(UInt64(ranked.item.value))
            mix(UInt64(ranked.rank))
            mix(UInt64(ranked.supporters))
            for value in [
                ranked.score, ranked.share, ranked.popularity, ranked.concentration, ranked.factor,
            ] {
                mix(value.bitPattern)
            }
        }
        for trust in result.trust { mix(trust.bitPattern) }
        for voice in result.earnedVoices { mix(voice.bitPattern) }
        for witnessed in result.witnesses { mix(witnessed.bitPattern) }
        return hash
    }
}
