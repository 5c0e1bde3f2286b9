internal import Primitives

/// Seeded Monte Carlo walks along trust: the sampled counterpart of `TrustFlow`.
///
/// Per visit one draw decides whether the walk stops (below alpha) and a second one, where there is
/// an edge, the next author: the first in ascending order whose running sum of weights passes the
/// draw times the sum. Every walk draws from its own stream, so walks can be run in any order.
public struct TrustWalks: Sendable {
    /// Vertices of one walk at most: what fewer than one walk in 10^9 reaches.
    public let limit: Int
    private let authorCount: Int
    private let start: AuthorIndex
    private let alpha: Double
    private let seed: UInt64
    private let streams: WalkStreams
    private let rows: WalkRows

    /// Requires alpha in (0, 1]. O(trust edges).
    public init(
        _ snapshot: GraphSnapshot, from start: AuthorIndex, alpha: Double, seed: UInt64,
        streams: WalkStreams = .independent
    ) {
        require(alpha > 0 && alpha <= 1, "a walk stops with a positive chance")
        limit = alpha < 1 ? TrustFlow.iterations(alpha: alpha, epsilon: 1e-9) + 1 : 1
        authorCount = snapshot.authorCount
        self.start = start
        self.alpha = alpha
        self.seed = seed
        self.streams = streams
        rows = WalkRows(weighted: snapshot.trust)
    }

    /// The authors of one walk in order; empty when the start is not in the snapshot.
    public func path(_ walk: UInt64) -> [AuthorIndex] {
        paths(walk..<walk + 1, width: 1).vertices.map { AuthorIndex($0) }
    }

    /// Frequencies over the first walks: mean visits of each author, and the share of walks that hit
    /// it at least once (the estimator of T6). `width` walkers take turns; it changes no result.
    public func frequencies(
        walks: Int, width: Int = 64
    ) -> (visits: [Double], hits: [Double]) {
        let (visits, hits) = paths(0..<UInt64(max(0, walks)), width: width)
            .counts(vertexCount: authorCount)
        let count = Double(max(1, walks))
        return (visits.map { Double($0) / count }, hits.map { Double($0) / count })
    }

    func paths(_ walks: Range<UInt64>, width: Int = WalkKernel.defaultWidth) -> WalkPaths {
        guard start.position < authorCount else { return WalkPaths(walkCount: walks.count) }
        var recorder = PathRecorder(walks, from: start.value, limit: limit, slots: width)
        _ = WalkKernel(
            from: start.value, forth: rows, alpha: alpha, seed: seed, streams: streams, width: width
        ).run(walks, into: &recorder)
        return recorder.paths
    }
}
