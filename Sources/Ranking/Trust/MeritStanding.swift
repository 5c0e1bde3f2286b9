internal import Primitives

/// Whom an ego trusts, by Monte Carlo walks with MeritRank's decays (Nasrulin, Ishmaev & Pouwelse,
/// arXiv 2207.09950).
///
/// Transitivity decay: a walk along trust stops at each author with the chance alpha. Connectivity
/// decay: an author whose walks nearly all met one other author before is worth `1 - beta ratio`;
/// at beta = 1 nothing behind a cut vertex is left. Epoch decay needs more than one epoch:
/// `EpochReputation`.
public struct MeritStanding: Sendable {
    public let ego: AuthorIndex
    /// Mean visits of a walk. Per author.
    public let visits: [Double]
    /// The share of walks that visit the author at all. Per author.
    public let hits: [Double]
    /// The largest share of the walks to an author that met one other author, not the ego, before they
    /// came to it first. Per author.
    public let ratios: [Double]
    /// That other author; nil for friends of the ego that every walk meets first. Per author.
    public let bottlenecks: [AuthorIndex?]
    /// What the connectivity decay leaves, at most 1. Per author.
    public let factors: [Double]
    /// What the estimator gives each author other than the ego, normalised to sum 1 before the
    /// connectivity decay takes its part. The ego has 0. Per author.
    public let scores: [Double]

    /// Uses `alphaTrust`, `beta`, `connectivityDecay`, `tau`, `tauHard`, `meritEstimator`, `walks` and
    /// `seed`. An ego outside the snapshot trusts nobody.
    ///
    /// O(trust edges + walks / alpha^2): the walks and, for the bottlenecks, what lies before each first
    /// visit. 4 bytes a visit.
    public init(_ snapshot: GraphSnapshot, ego: AuthorIndex, _ parameters: RankingParameters) {
        let count = snapshot.authorCount
        let walks = TrustWalks(
            snapshot, from: ego, alpha: parameters.alphaTrust, seed: parameters.seed)
        let paths = walks.paths(0..<UInt64(parameters.walks))
        let counts = paths.counts(vertexCount: count)
        let found = paths.bottlenecks(of: 0..<count, besides: ego.value, vertexCount: count)
        let inverse = 1 / Double(parameters.walks)
        let decay = parameters.connectivityDecay
        self.ego = ego
        visits = counts.visits.map { Double($0) * inverse }
        hits = counts.hits.map { Double($0) * inverse }
        ratios = (0..<count).map { $0 == ego.position ? 0 : found[$0].ratio }
        bottlenecks = (0..<count).map { author in
            author == ego.position ? nil : found[author].vertex.map { AuthorIndex($0) }
        }
        factors = ratios.map { decay.factor(ratio: $0, parameters: parameters) }
        scores = Self.scores(
            parameters.meritEstimator == .hits ? counts.hits : counts.visits, factors, ego: ego)
    }

    /// Authors of positive score, best first; equal ones by index. O(n log n).
    public var ranked: [RankedAuthor] {
        let order = scores.indices.filter { scores[$0] > 0 }.sorted {
            scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1
        }
        return order.enumerated().map { place, author in
            RankedAuthor(
                author: AuthorIndex(position: author), rank: place + 1, score: scores[author],
                visits: visits[author], hits: hits[author], ratio: ratios[author],
                bottleneck: bottlenecks[author], factor: factors[author])
        }
    }

    private static func scores(
        _ counts: [Int], _ factors: [Double], ego: AuthorIndex
    ) -> [Double] {
        var total = counts.reduce(0, +)
        if ego.position < counts.count { total -= counts[ego.position] }
        guard total > 0 else { return factors.map { _ in 0 } }
        return counts.indices.map { author in
            author == ego.position
                ? 0 : Double(counts[author]) / Double(total) * factors[author]
        }
    }
}

/// One author in the order of trust, with what made its score.
public struct RankedAuthor: Hashable, Sendable {
    public let author: AuthorIndex
    /// From 1.
    public let rank: Int
    public let score: Double
    /// Mean visits of a walk.
    public let visits: Double
    /// The share of walks that visit the author.
    public let hits: Double
    /// The largest share of these walks that met one other author before.
    public let ratio: Double
    /// That other author.
    public let bottleneck: AuthorIndex?
    /// What the connectivity decay left, at most 1.
    public let factor: Double
}
