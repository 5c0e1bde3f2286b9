/// Why an item is recommended, or why not.
public struct Explanation: Hashable, Sendable {
    public let item: ItemIndex
    public let standing: Standing
    /// Rank in the list, from 1; nil when the item is not in it.
    public let rank: Int?
    public let score: Double
    /// Part of all item mass.
    public let share: Double
    public let popularity: Double
    /// Part of the support that passes one voice.
    public let concentration: Double
    /// How independent the support is, in [0, 1]; nil below the places that were asked about, and for
    /// engines that do not ask.
    public let independence: Double?
    /// How many authors of average trust have it outside the group that has most of it; nil for engines
    /// that do not ask.
    public let witnesses: Double?
    /// Factor of the connectivity decay, at most 1: what concentration, independence and witnesses
    /// leave of the score.
    public let factor: Double
    /// Everybody who contributed, the ego included, largest first: they sum to `share`. With `taste`
    /// those whose taste speaks against the item come last and are negative.
    public let contributions: [Contribution]
    /// What the rank would be had nobody ever heard of the largest contributor other than the ego; nil
    /// when the item would not be in the list, or has no such contributor.
    public let rankWithoutLargest: Int?

    /// What one author brought to the item.
    public struct Contribution: Hashable, Sendable {
        public let author: AuthorIndex
        /// Part of all item mass.
        public let value: Double
        /// Part of the item's share.
        public let fraction: Double
        /// How the ego's trust reaches the author best; nil for the ego, past the number of
        /// contributors that were asked for, and where the engine does not need trust.
        public let path: TrustPath?
    }

    public enum Standing: Hashable, Sendable {
        case recommended(rank: Int)
        /// The ego has it.
        case alreadyKnown
        case disliked
        /// Hidden or blocked.
        case excluded
        /// Nobody whom trust reaches has it.
        case noOneInReach(interactions: Int, unreachableAuthors: Int)
        /// Authors within reach have it, yet the engine does not get to it: they share no taste with
        /// the ego, or more of those who have it speak against it than for it.
        case notVisited(authorsInReach: Int)
        /// In the list, below the cut.
        case belowCut(rank: Int)
        /// One voice alone supports it, which pushed it down or into the second tier.
        case singleVoice(rank: Int)
        /// Nobody known has it.
        case unknownItem
    }
}

extension RankingResult {
    /// Explains an item, recommended or not. Every contribution is listed; the first
    /// `maximumContributors` other than the ego carry their best trust path. A rank above `cut` counts
    /// as not recommended.
    ///
    /// Contributions are complete for every engine: exact ones derive them from the visits of each
    /// author, `web3recommend` from the walked steps from each author to the item.
    /// O(trust edges log authors), and one more ranking for the rank without the largest contributor
    /// unless `withoutLargest` is false.
    public func explain(
        _ item: ItemIndex, maximumContributors: Int = 5, cut: Int = 20, withoutLargest: Bool = true
    ) -> Explanation {
        guard snapshot.contains(item), !snapshot.holders.places(item.position).isEmpty else {
            return .unknown(item)
        }
        let place = item.position
        let ordered = shares[place] > 0 ? contributions.ordered(for: item, in: snapshot) : []
        let largest = ordered.first { $0.author != query.ego }
        return Explanation(
            item: item, standing: standing(of: item, cut: cut), rank: position(of: item),
            score: scores[place], share: shares[place], popularity: popularity[place],
            concentration: concentration[place], independence: independence[place],
            witnesses: witnesses.isEmpty ? nil : witnesses[place], factor: factors[place],
            contributions: listed(ordered, share: shares[place], paths: maximumContributors),
            rankWithoutLargest: withoutLargest
                ? largest.flatMap { rank(of: item, without: $0.author) } : nil)
    }

    private func listed(
        _ ordered: [(author: AuthorIndex, value: Double)], share: Double, paths: Int
    ) -> [Explanation.Contribution] {
        let paths = max(0, paths)
        let finder =
            ordered.isEmpty || paths == 0 ? nil : TrustPathFinder(snapshot, from: query.ego)
        var given = 0
        return ordered.map { author, value in
            var path: TrustPath?
            if author != query.ego, given < paths {
                path = finder?.path(to: author)
                given += 1
            }
            return Explanation.Contribution(
                author: author, value: value, fraction: value / share, path: path)
        }
    }

    private func standing(of item: ItemIndex, cut: Int) -> Explanation.Standing {
        if snapshot.has(query.ego, item) { return .alreadyKnown }
        if query.disliked.contains(item) { return .disliked }
        if query.excluded.contains(item) { return .excluded }
        guard let rank = position(of: item) else {
            let authors = snapshot.authors(of: item)
            let reached = authors.count { groups[$0.position] != nil }
            return reached == 0
                ? .noOneInReach(
                    interactions: authors.count, unreachableAuthors: authors.count - reached)
                : .notVisited(authorsInReach: reached)
        }
        let ranked = items[rank - 1]
        let single = concentration[item.position] >= query.parameters.tauHard
        if ranked.tier == .singleVoice { return .singleVoice(rank: rank) }
        if rank <= cut { return .recommended(rank: rank) }
        return single ? .singleVoice(rank: rank) : .belowCut(rank: rank)
    }

    /// Ranks again with one more blocked author. O(a ranking).
    private func rank(of item: ItemIndex, without author: AuthorIndex) -> Int? {
        var asked = query
        asked.blockedAuthors.append(author)
        return engine.engine.rank(snapshot, asked).position(of: item)
    }
}

extension Explanation {
    fileprivate static func unknown(_ item: ItemIndex) -> Explanation {
        Explanation(
            item: item, standing: .unknownItem, rank: nil, score: 0, share: 0, popularity: 0,
            concentration: 0, independence: nil, witnesses: nil, factor: 1, contributions: [],
            rankWithoutLargest: nil)
    }
}
