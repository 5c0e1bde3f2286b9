/// `tsalsa` that begins where it ended: after a small change of the graph the last solution is nearly
/// the new one, and what it lacks dies out in a few iterations.
///
/// Any change is allowed, also of trust, of the ego or of the parameters; the fewer authors it touches,
/// the fewer iterations it takes. A query with dislikes is recomputed in full. The shares equal those of
/// `TrustedSalsa` within `2 epsilon`; the last bits depend on what was ranked before, so that whoever
/// needs byte-identical lists takes `TrustedSalsa`.
public struct WarmTrustedSalsa: Sendable {
    private struct Solution {
        var snapshot: GraphSnapshot
        var ego: AuthorIndex
        var visits: [Double]
        /// Visits over popularity: where popularity changes they stay, and visits follow.
        var densities: [Double]
        var dominators: TrustDominators
    }

    private var last: Solution?

    public init() {}

    /// What `TrustedSalsa().rank` answers, within the tolerance. O(edges) for each iteration.
    public mutating func rank(_ snapshot: GraphSnapshot, _ query: RankingQuery) -> RankingResult {
        query.validate(against: snapshot)
        let view = query.view(of: snapshot)
        // A dislike strikes the three largest contributors: among equals the last bits would choose.
        guard let last, query.disliked.isEmpty, view.contains(query.ego),
            let known = Known(last, in: view)
        else {
            return remember(TrustedSalsa().rank(snapshot, query), dominators: nil)
        }
        let isSame =
            query.ego == last.ego && view.trust.offsets == last.snapshot.trust.offsets
            && view.trust.columns == last.snapshot.trust.columns
        let dominators = isSame ? last.dominators : TrustDominators(view, ego: query.ego)
        // Nothing is left to whom no path leads any more: not even what dies out.
        let reachable = zip(known.visits, dominators.groups).map { $1 == nil ? 0 : $0 }
        let flow = TrustFlow(
            view, ego: query.ego, alpha: query.parameters.alphaTrust,
            epsilon: query.parameters.epsilon, near: reachable)
        let standing = TrustStanding(flow, dominators, query)
        let found = ItemWalk(view, query, trust: standing.trust)
            .mass(query, near: known.densities)
        let result = RankingResult(
            .tsalsa, view, query, standing: standing, mass: found, decay: .groups)
        return remember(result, dominators: dominators)
    }

    private mutating func remember(
        _ result: RankingResult, dominators: TrustDominators?
    ) -> RankingResult {
        last = Solution(
            snapshot: result.snapshot, ego: result.query.ego, visits: result.visits,
            densities: zip(result.itemVisits, result.popularity).map {
                $1 >= .leastNormalMagnitude ? $0 / $1 : 0
            },
            dominators: dominators ?? TrustDominators(result.snapshot, ego: result.query.ego))
        return result
    }

    /// A solution by the indices of a newer snapshot; nil between snapshots of plain lists of different
    /// sizes, where nothing says who is who.
    private struct Known {
        let visits: [Double]
        let densities: [Double]

        init?(_ last: Solution, in view: GraphSnapshot) {
            guard
                let visits = Self.moved(
                    last.visits, last.snapshot.authorKeys, view.authorKeys, view.authorCount),
                let densities = Self.moved(
                    last.densities, last.snapshot.itemIDs, view.itemIDs, view.itemCount)
            else { return nil }
            self.visits = visits
            self.densities = densities
        }

        /// Both lists of names ascend.
        private static func moved<Name: Comparable>(
            _ values: [Double], _ old: [Name], _ new: [Name], _ count: Int
        ) -> [Double]? {
            if values.count == count, old == new { return values }
            guard old.count == values.count, new.count == count else { return nil }
            var moved = [Double](repeating: 0, count: count)
            var from = 0
            for (to, name) in new.enumerated() {
                while from < old.count, old[from] < name { from += 1 }
                if from < old.count, old[from] == name { moved[to] = values[from] }
            }
            return moved
        }
    }
}
