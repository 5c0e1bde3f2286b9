/// `tsalsa` that begins where it ended: after a small change of the graph the last solution is nearly
/// the new one.
///
/// Any change is allowed, also of trust, of the ego or of the parameters. After new interactions of a few
/// authors only what they move is followed (`WarmItemWalk`, `WarmTables`); after other changes what
/// the last solution lacks dies out in a few iterations. A query with dislikes is recomputed in full. The
/// shares equal those of `TrustedSalsa` within `2 epsilon`; the last bits depend on what was ranked before,
/// so that whoever needs byte-identical lists takes `TrustedSalsa`.
public struct WarmTrustedSalsa: Sendable {
    /// The last ranking.
    private struct Last {
        var snapshot: GraphSnapshot
        var query: RankingQuery
        var standing: TrustStanding
        /// Visits of authors by the item walk.
        var walkVisits: [Double]
        var massPerTrust: Double
        /// Where the item walk ended, until `kept` is made of it.
        var walk: (walk: ItemWalk, solution: WalkSolution)?
    }

    /// What is brought up to date after new interactions; made when it is first needed.
    private struct Kept {
        var walk: WarmItemWalk
        /// Nil until it is first needed, and after a change that moved what everybody says: then items are
        /// gone through as in a full recompute, and not prepared for what comes next, which takes longer.
        var tables: WarmTables?
    }

    private var last: Last?
    private var kept: Kept?

    public init() {}

    /// What `TrustedSalsa().rank` answers, within the tolerance. After new interactions of known authors
    /// and items about O(authors + items) and some looks at edges, now and then at every one, the first time
    /// since another change at each a few times; else O(edges) for each iteration.
    public mutating func rank(_ snapshot: GraphSnapshot, _ query: RankingQuery) -> RankingResult {
        query.validate(against: snapshot)
        let view = query.view(of: snapshot)
        // A dislike strikes the three largest contributors: among equals the last bits would choose.
        guard query.disliked.isEmpty, view.contains(query.ego) else {
            (last, kept) = (nil, nil)
            return TrustedSalsa().rank(snapshot, query)
        }
        return follow(view, query) ?? resume(view, query)
    }

    /// Authors with new rows beyond which following each is not tried.
    private static let mostAuthors = 64
    /// Of epsilon, what following may be off by in any share; the full recompute may be by a quarter.
    private static let followedPart = 0.7

    /// After new interactions of a few authors; nil after another change.
    private mutating func follow(_ view: GraphSnapshot, _ query: RankingQuery) -> RankingResult? {
        guard let last, Self.isSame(query, last.query),
            let changed = view.changedAuthors(since: last.snapshot, limit: Self.mostAuthors),
            var kept = kept ?? keep(last)
        else { return nil }
        self.kept = nil
        self.last?.walk = nil
        guard
            kept.walk.take(
                changed, from: last.snapshot, to: view,
                tolerance: Self.followedPart * query.parameters.epsilon)
        else { return nil }
        let result = tabled(&kept, changed, last, view, query) ?? counted(&kept, last, view, query)
        self.last?.snapshot = view
        self.last?.query = query
        self.last?.walkVisits = result.walkVisits
        self.kept = kept
        return result
    }

    /// From what was known of each item; nil where that is not kept.
    private func tabled(
        _ kept: inout Kept, _ changed: [Int], _ last: Last, _ view: GraphSnapshot,
        _ query: RankingQuery
    ) -> RankingResult? {
        guard var tables = kept.tables else { return nil }
        kept.tables = nil
        guard !kept.walk.isFar, !changed.contains(query.ego.position),
            query.excluded == last.query.excluded,
            tables.take(changed, kept.walk, from: last.snapshot, to: view, query)
        else { return nil }
        defer { kept.tables = tables }
        return RankingResult(
            .tsalsa, view, query, standing: last.standing, mass: tables.mass,
            tables: tables.tables)
    }

    /// All items gone through; and kept, where little changed and nothing is audited.
    private func counted(
        _ kept: inout Kept, _ last: Last, _ view: GraphSnapshot, _ query: RankingQuery
    ) -> RankingResult {
        let mass = kept.walk.mass(view, query, massPerTrust: last.massPerTrust)
        let result = RankingResult(
            .tsalsa, view, query, standing: last.standing, mass: mass, decay: .groups)
        if !kept.walk.isFar, query.parameters.independentVoices <= 1 {
            kept.tables = WarmTables(
                mass, result.tables, kept.walk, view, query,
                groups: last.standing.dominators.groups)
        }
        return result
    }

    /// Whether two queries are for the same trust and the same walk.
    private static func isSame(_ one: RankingQuery, _ other: RankingQuery) -> Bool {
        one.ego == other.ego && one.parameters == other.parameters
            && one.blockedAuthors == other.blockedAuthors && one.trustFactors == other.trustFactors
    }

    private func keep(_ last: Last) -> Kept? {
        guard let (walk, solution) = last.walk else { return nil }
        return Kept(
            walk: WarmItemWalk(
                solution, last.snapshot, trust: last.standing.trust, start: walk.start,
                popularity: walk.popularity, alpha: last.query.parameters.alphaSalsa))
    }

    /// After any change, from the last visits where they say anything.
    private mutating func resume(_ view: GraphSnapshot, _ query: RankingQuery) -> RankingResult {
        let known = last.flatMap { Known($0, in: view) }
        let isSame =
            query.ego == last?.query.ego && view.trust.offsets == last?.snapshot.trust.offsets
            && view.trust.columns == last?.snapshot.trust.columns
        let same = isSame ? last?.standing.dominators : nil
        let dominators = same ?? TrustDominators(view, ego: query.ego)
        let flow: TrustFlow
        if let known {
            // Nothing is left to whom no path leads any more: not even what dies out.
            let reachable = zip(known.visits, dominators.groups).map { $1 == nil ? 0 : $0 }
            flow = TrustFlow(
                view, ego: query.ego, alpha: query.parameters.alphaTrust,
                epsilon: query.parameters.epsilon, near: reachable)
        } else {
            flow = TrustFlow(
                view, ego: query.ego, alpha: query.parameters.alphaTrust,
                epsilon: query.parameters.epsilon)
        }
        let standing = TrustStanding(flow, dominators, query)
        let walk = ItemWalk(view, query, trust: standing.trust)
        let solution = walk.solution(query, near: known?.densities)
        let result = RankingResult(
            .tsalsa, view, query, standing: standing, mass: walk.mass(solution, query),
            decay: .groups)
        kept = nil
        last = Last(
            snapshot: view, query: query, standing: standing, walkVisits: result.walkVisits,
            massPerTrust: walk.massPerTrust, walk: (walk, solution))
        return result
    }

    /// A solution by the indices of a newer snapshot; nil between snapshots of plain lists of different
    /// sizes, where nothing says who is who.
    private struct Known {
        /// Of authors, by the trust walk.
        let visits: [Double]
        /// Of authors: visits by the item walk over trust. Where trust changes they stay.
        let densities: [Double]

        init?(_ last: Last, in view: GraphSnapshot) {
            let dense = zip(last.walkVisits, last.standing.trust).map { $1 > 0 ? $0 / $1 : 0 }
            let (old, new) = (last.snapshot.authorKeys, view.authorKeys)
            guard let visits = Self.moved(last.standing.flow.visits, old, new, view.authorCount),
                let densities = Self.moved(dense, old, new, view.authorCount)
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
