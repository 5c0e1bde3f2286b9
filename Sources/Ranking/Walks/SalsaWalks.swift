internal import Primitives

/// GraphJet's walk (Sharma et al., VLDB 2016): from the ego to one of its items, back to one of the
/// authors that have it, and so on, every edge of a vertex as likely as any other; at an author it
/// stops by chance and the next walk begins at the ego.
///
/// The sampled counterpart of `salsa` on a graph of equal weights.
public struct SalsaWalks: Sendable {
    private let authorCount: Int
    private let itemCount: Int
    private let edgeCount: Int
    private let kernel: WalkKernel?

    /// Requires alpha in (0, 1]. `width` walkers take turns; it changes no result. O(1).
    public init(
        _ snapshot: GraphSnapshot, from ego: AuthorIndex, alpha: Double,
        stop: RankingParameters.SalsaStop = .users, seed: UInt64, width: Int = 64
    ) {
        authorCount = snapshot.authorCount
        itemCount = snapshot.itemCount
        edgeCount = snapshot.interactions.entryCount
        kernel =
            snapshot.contains(ego)
            ? WalkKernel(
                from: ego.value, forth: WalkRows(uniform: snapshot.interactions),
                back: WalkRows(uniform: snapshot.holders), alpha: alpha,
                stopsAtBack: stop == .everywhere, seed: seed, width: width)
            : nil
    }

    /// How often the first walks came to each item, and their steps: one to an item, one back.
    /// O(steps).
    public func arrivals(walks: Int) -> (items: [UInt32], steps: Int) {
        var counts = ArrivalCounts(vertexCount: itemCount)
        let steps = kernel?.run(0..<UInt64(max(0, walks)), into: &counts) ?? 0
        return (counts.arrivals, steps)
    }

    /// The same with the edges that were taken and the visits of authors.
    func edges(walks: Int) -> EdgeCounts {
        var counts = EdgeCounts(
            from: kernel?.start ?? 0, edgeCount: edgeCount, sourceCount: authorCount,
            vertexCount: itemCount)
        _ = kernel?.run(0..<UInt64(max(0, walks)), into: &counts)
        return counts
    }
}
