internal import Primitives

/// How the streams of many walks come from one seed.
public enum WalkStreams: String, Hashable, Sendable {
    /// Walk k starts a generator at the k-th word of the generator of the seed.
    case independent
    /// Walk k starts its generator at `seed + k * 0x9E3779B97F4A7C15`: the rule of the shared traces.
    ///
    /// SplitMix64 adds that very number for each word, so walk k + 1 reads the words of walk k from the
    /// second one on. Every walk has the right law, but walks are correlated: 100,000 of them were
    /// three to four times as far from the exact visits as independent ones, and T6 does not hold.
    case overlapping

    func generator(seed: UInt64, walk: UInt64) -> SeededRandom {
        let shifted = SeededRandom(seed: seed &+ walk &* 0x9E37_79B9_7F4A_7C15)
        guard self == .independent else { return shifted }
        var words = shifted
        return SeededRandom(seed: words.next())
    }
}

/// Seeded Monte Carlo walks along trust: the sampled counterpart of `TrustFlow`.
///
/// Per visit one draw decides whether the walk stops (below alpha) and a second one, where there is
/// an edge, the next author: the first in ascending order whose running sum of weights passes the
/// draw times the sum. Every walk draws from its own stream, so walks can be run in any order.
public struct TrustWalks: Sendable {
    private let snapshot: GraphSnapshot
    private let start: AuthorIndex
    private let alpha: Double
    private let seed: UInt64
    private let streams: WalkStreams

    /// Requires alpha in (0, 1].
    public init(
        _ snapshot: GraphSnapshot, from start: AuthorIndex, alpha: Double, seed: UInt64,
        streams: WalkStreams = .independent
    ) {
        require(alpha > 0 && alpha <= 1, "a walk stops with a positive chance")
        self.snapshot = snapshot
        self.start = start
        self.alpha = alpha
        self.seed = seed
        self.streams = streams
    }

    /// The authors of one walk in order; empty when the start is not in the snapshot.
    public func path(_ walk: UInt64) -> [AuthorIndex] {
        var authors: [AuthorIndex] = []
        follow(walk) { authors.append(AuthorIndex(position: $0)) }
        return authors
    }

    /// Frequencies over the first walks: mean visits of each author, and the share of walks that hit
    /// it at least once (the estimator of T6).
    public func frequencies(walks: Int) -> (visits: [Double], hits: [Double]) {
        var visits = [Int](repeating: 0, count: snapshot.authorCount)
        var hits = visits
        var seen = [Int](repeating: -1, count: snapshot.authorCount)
        for walk in 0..<walks {
            follow(UInt64(walk)) { author in
                visits[author] += 1
                if seen[author] != walk {
                    seen[author] = walk
                    hits[author] += 1
                }
            }
        }
        let count = Double(max(1, walks))
        return (visits.map { Double($0) / count }, hits.map { Double($0) / count })
    }

    private func follow(_ walk: UInt64, _ visit: (Int) -> Void) {
        guard snapshot.contains(start) else { return }
        let rows = snapshot.trust
        var random = streams.generator(seed: seed, walk: walk)
        var author = start.position
        visit(author)
        while random.unit() >= alpha {
            let range = rows.entries(author)
            guard let last = range.last else { return }
            var total = 0.0
            for entry in range { total += rows.weights[entry] }
            let target = random.unit() * total
            var sum = 0.0
            var chosen = last
            for entry in range {
                sum += rows.weights[entry]
                if sum > target {
                    chosen = entry
                    break
                }
            }
            author = Int(rows.columns[chosen])
            visit(author)
        }
    }
}
