internal import RealModule

/// How much a walk along trust from the ego visits each author (section A of `docs/ranking.md`).
///
/// Exact personalised PageRank by iteration in place, truncated so that the L1 error of the visits stays
/// below `epsilon` (T5). What a walk loses at an author that trusts nobody returns to the ego.
public struct TrustFlow: Sendable {
    /// Expected visits of one walk; at most `1 / alpha` in all. One per author.
    public let visits: [Double]
    /// `visits` normalised to sum 1; all 0 when the ego is not in the snapshot.
    public let trust: [Double]
    public let alpha: Double

    /// O(iterations x trust edges within reach).
    public init(_ snapshot: GraphSnapshot, ego: AuthorIndex, alpha: Double, epsilon: Double) {
        self.alpha = alpha
        guard snapshot.contains(ego) else {
            visits = [Double](repeating: 0, count: snapshot.authorCount)
            trust = visits
            return
        }
        visits = Self.visits(
            snapshot.trust, from: ego.position, alpha: alpha, epsilon: epsilon, absorbing: [])
        let total = visits.reduce(0, +)
        trust = visits.map { $0 / total }
    }

    /// The same from visits that are nearly right: what they lack is walked until its sum is provably
    /// below a tenth of `epsilon`. O(iterations x trust edges); after a small change few iterations.
    init(
        _ snapshot: GraphSnapshot, ego: AuthorIndex, alpha: Double, epsilon: Double,
        near known: [Double]
    ) {
        self.alpha = alpha
        let going = snapshot.trust.scales.map { $0 * (1 - alpha) }
        var visits = known
        var next = [Double](repeating: 0, count: known.count)
        next[ego.position] = 1
        Self.spread(known, going, snapshot.trust, into: &next)
        // The first pass leaves no author with visits that has no way to it.
        swap(&visits, &next)
        var lacking = visits
        for author in lacking.indices { lacking[author] -= next[author] }
        // As long as a walk that starts afresh would take, and as long again.
        for _ in 0..<2 * Self.iterations(alpha: alpha, epsilon: epsilon) {
            let rest = lacking.reduce(0) { $0 + abs($1) }
            if rest * (1 - alpha) <= Self.tailPart * epsilon * alpha { break }
            for author in next.indices { next[author] = 0 }
            Self.spread(lacking, going, snapshot.trust, into: &next)
            swap(&lacking, &next)
            for author in visits.indices { visits[author] += lacking[author] }
        }
        for author in visits.indices { visits[author] = max(0, visits[author]) }
        self.visits = visits
        let total = visits.reduce(0, +)
        trust = visits.map { $0 / total }
    }

    /// Where a walk ends: it stops by chance, or because an author trusts nobody. Sums to 1 up to the
    /// truncation.
    public func endpoints(_ snapshot: GraphSnapshot) -> [Double] {
        (0..<visits.count).map { author in
            snapshot.trust.scales[author] > 0 ? visits[author] * alpha : visits[author]
        }
    }

    /// The number of iterations `ceil(ln(epsilon alpha) / ln(1 - alpha))` (140 for 0.15 and 1e-9).
    public static func iterations(alpha: Double, epsilon: Double) -> Int {
        max(1, Int((Double.log(epsilon * alpha) / Double.log(1 - alpha)).rounded(.up)))
    }

    /// The chance that a trust walk from the ego ever enters a set of authors: `p_S` of T1 and T2; for a
    /// single author the hit probability. 1 when the set holds the ego.
    public static func entryProbability(
        _ snapshot: GraphSnapshot, ego: AuthorIndex, into region: [AuthorIndex], alpha: Double,
        epsilon: Double
    ) -> Double {
        guard snapshot.contains(ego) else { return 0 }
        var absorbing = [Bool](repeating: false, count: snapshot.authorCount)
        for author in region where snapshot.contains(author) { absorbing[author.position] = true }
        if absorbing[ego.position] { return 1 }
        let visits = visits(
            snapshot.trust, from: ego.position, alpha: alpha, epsilon: epsilon,
            absorbing: absorbing)
        return zip(visits, absorbing).reduce(0) { $1.1 ? $0 + $1.0 : $0 }
    }

    /// What the tail of the series may take of the tolerance: a tenth, so that both truncations together
    /// stay below it.
    private static let tailPart = 0.1

    /// Walks do not go on from absorbing authors; an empty array stands for none.
    ///
    /// Author after author passes on all that waits there, what has just arrived included (Gauss and
    /// Seidel), so that two thirds of the passes do. What waits after a pass is a linear map of what waited
    /// before it and sums to `1 - alpha` of that at most: the series that `SeriesTail` looks at.
    private static func visits(
        _ rows: CompressedRows, from start: Int, alpha: Double, epsilon: Double, absorbing: [Bool]
    ) -> [Double] {
        let count = rows.rowCount
        var going = rows.scales.map { $0 * (1 - alpha) }
        if !absorbing.isEmpty {
            for author in 0..<count where absorbing[author] { going[author] = 0 }
        }
        var waiting = [Double](repeating: 0, count: count)
        waiting[start] = 1
        var passed = [Double](repeating: 0, count: count)
        var visits = passed
        var series = SeriesTail(first: waiting, tolerance: tailPart * epsilon * alpha)
        for _ in 0..<iterations(alpha: alpha, epsilon: epsilon) {
            pass(&waiting, going, rows, noting: &passed)
            let tail = absorbing.isEmpty ? series.factor(next: waiting) : nil
            let factor = tail ?? 1
            var rest = 0.0
            for author in 0..<count {
                visits[author] += passed[author] * factor
                rest += waiting[author]
            }
            if tail != nil { break }
            // What is left adds less than rest / alpha.
            if rest < epsilon * alpha { break }
        }
        return visits
    }

    /// One pass over all authors in turn; `passed` is what each handed on, or kept for having nobody.
    private static func pass(
        _ waiting: inout [Double], _ going: [Double], _ rows: CompressedRows,
        noting passed: inout [Double]
    ) {
        let columns = rows.columns.span
        let weights = rows.weights.span
        var waiting = waiting.mutableSpan
        for author in 0..<rows.rowCount {
            let mass = waiting[author]
            passed[author] = mass
            guard mass != 0 else { continue }
            waiting[author] = 0
            RowProducts.scatter(
                mass * going[author], rows.entries(author), columns, weights, to: &waiting)
        }
    }

    /// One step of mass along the rows, added to `next`.
    private static func spread(
        _ mass: [Double], _ going: [Double], _ rows: CompressedRows, into next: inout [Double]
    ) {
        let columns = rows.columns.span
        let weights = rows.weights.span
        var next = next.mutableSpan
        for author in mass.indices where mass[author] != 0 {
            RowProducts.scatter(
                mass[author] * going[author], rows.entries(author), columns, weights, to: &next)
        }
    }
}
