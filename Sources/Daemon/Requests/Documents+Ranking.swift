import Primitives
import Ranking

extension RecommendDocument {
    /// Titles, names and the answer's time are filled in where they are known: on the loop.
    init(_ answered: Ranker.Answered, _ options: RecommendOptions) {
        let result = answered.result
        engine = result.engine.rawValue
        computedAt = answered.computedAt.text
        answerMilliseconds = 0
        rankMilliseconds = answered.milliseconds
        candidates = result.items.count
        items = result.items.prefix(options.count).map { ranked in
            Item(
                rank: ranked.rank, item: result.snapshot.id(of: ranked.item)?.description ?? "",
                title: nil, score: ranked.score, share: ranked.share,
                tier: ranked.tier == .supported ? "supported" : "single-voice",
                supporters: ranked.supporters,
                reasons: options.reasons == 0
                    ? []
                    : Reason.of(
                        result.explain(
                            ranked.item, maximumContributors: options.reasons,
                            withoutLargest: false), in: result, limit: options.reasons))
        }
    }
}

extension Reason {
    /// The largest contributors other than the ego.
    static func of(_ explanation: Explanation, in result: RankingResult, limit: Int) -> [Reason] {
        explanation.contributions.filter { $0.author != result.query.ego }.prefix(limit)
            .compactMap { contribution in
                guard let key = result.snapshot.key(of: contribution.author) else { return nil }
                let path = (contribution.path?.authors ?? []).compactMap {
                    result.snapshot.key(of: $0)
                }
                let voice = result.earnedVoice(of: contribution.author)
                return Reason(
                    author: key.text, name: nil, fraction: contribution.fraction,
                    path: path.map { AuthorReference(author: $0.text, name: nil) },
                    earned: voice > 0 ? voice : nil,
                    discoveries: voice > 0
                        ? discoveries(of: contribution.author, in: result, limit: 3) : nil)
            }
    }

    private static func discoveries(
        of author: AuthorIndex, in result: RankingResult, limit: Int
    ) -> [DiscoveryReference] {
        (result.query.earned?.reasons(for: author) ?? []).prefix(limit).compactMap { reason in
            result.snapshot.id(of: reason.discovery.item).map {
                DiscoveryReference(item: $0.description, title: nil)
            }
        }
    }
}

extension WhyDocument {
    init(_ id: ItemID, _ answered: Ranker.Answered) {
        let result = answered.result
        item = id.description
        engine = result.engine.rawValue
        candidates = result.items.count
        sentence = ""
        guard let index = result.snapshot.index(of: id) else {
            standing = "unknown-item"
            interactions = 0
            outOfReach = 0
            reasons = []
            return
        }
        let explanation = result.explain(index, maximumContributors: 10, cut: 20)
        // What an engine leaves out, because nothing speaks for it yet, is known all the same.
        let holders = answered.snapshot.authors(of: index)
        let unreached = holders.filter {
            result.trust[$0.position] <= 0 && result.earnedVoice(of: $0) <= 0
        }
        standing =
            explanation.standing == .unknownItem && !holders.isEmpty
            ? "no-one-in-reach" : Self.word(explanation.standing)
        rank = explanation.rank
        score = explanation.score
        share = explanation.share
        popularity = explanation.popularity
        concentration = explanation.concentration
        independence = explanation.independence
        witnesses = explanation.witnesses
        factor = explanation.factor
        rankWithoutLargest = explanation.rankWithoutLargest
        interactions = holders.count
        outOfReach = unreached.count
        reasons = Reason.of(explanation, in: result, limit: 10)
    }

    private static func word(_ standing: Explanation.Standing) -> String {
        switch standing {
        case .recommended: "recommended"
        case .alreadyKnown: "already-known"
        case .disliked: "disliked"
        case .excluded: "hidden"
        case .noOneInReach: "no-one-in-reach"
        case .notVisited: "not-visited"
        case .belowCut: "below-cut"
        case .singleVoice: "single-voice"
        case .unknownItem: "unknown-item"
        }
    }

    /// One sentence for a person.
    var explained: String {
        switch standing {
        case "recommended": "Recommended: rank \(rank ?? 0) of \(candidates)."
        case "already-known": "Not recommended: you have it already."
        case "disliked": "Not recommended: you disliked it."
        case "hidden": "Not recommended: you hid it."
        case "no-one-in-reach" where engine == EngineName.discover.rawValue:
            "Not recommended: \(interactions) authors known here have it, but no trust of yours reaches "
                + "any of them, and none has earned a hearing with it."
        case "no-one-in-reach":
            "Not recommended: \(interactions) authors known here have it, "
                + "but no trust of yours reaches any of them."
        case "not-visited":
            "Not recommended: people in your reach have it, but they share no taste with you."
        case "below-cut": "Known, but far down: rank \(rank ?? 0) of \(candidates)."
        case "single-voice" where engine == EngineName.discover.rawValue:
            "Rank \(rank ?? 0) of \(candidates), in the second row: everybody behind it reaches you through "
                + "one person, or is a stranger; that counts as one voice."
        case "single-voice":
            "Held back, rank \(rank ?? 0) of \(candidates): everybody behind it reaches you through "
                + "one person, which counts as one voice."
        default: "Not recommended: nobody known to this node has it."
        }
    }
}

extension EdgesDocument {
    /// The snapshot's edges in the order of their authors' keys; `only` one author's when given.
    init(
        _ snapshot: GraphSnapshot, only author: AuthorIndex?, _ kind: Request.EdgeKind,
        offset: Int, limit: Int
    ) {
        var found: [Edge] = []
        var passed = 0
        var hasMore = false
        let rows = kind == .trust ? snapshot.trust : snapshot.interactions
        search: for row in 0..<snapshot.authorCount {
            if let author, author.position != row { continue }
            guard let key = snapshot.key(of: AuthorIndex(UInt32(row))) else { continue }
            for entry in rows.entries(row) {
                let column = rows.columns[entry]
                let weight = rows.weights[entry]
                guard passed >= offset else {
                    passed += 1
                    continue
                }
                guard found.count < limit else {
                    hasMore = true
                    break search
                }
                let target =
                    kind == .trust
                    ? snapshot.key(of: AuthorIndex(column))?.text
                    : snapshot.id(of: ItemIndex(column))?.description
                found.append(
                    Edge(
                        author: key.text, target: target ?? "", kind: kind.rawValue,
                        weight: weight, time: nil))
            }
        }
        items = found
        nextCursor = hasMore ? String(offset + found.count) : nil
    }
}
