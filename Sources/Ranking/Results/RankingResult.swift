/// A ranked list with everything that its explanations need. Immutable; holds its snapshot.
public struct RankingResult: Sendable {
    public let engine: EngineName
    /// The snapshot that was ranked, without the blocked authors.
    public let snapshot: GraphSnapshot
    public let query: RankingQuery
    /// The recommendations, best first: what the ego has, and what it disliked or excluded, is left
    /// out. Complete: take a prefix.
    public let items: RankedList
    /// Every item with a positive score in the same order, what is left out of `items` included. O(items).
    public var allItems: [ItemIndex] { tables.all }
    /// The ego's trust in each author: sums to 1 before factors and dislikes lower it.
    public let trust: [Double]
    /// Expected visits of each author by a trust walk.
    public let visits: [Double]
    /// The group of each author: one voice each; nil out of reach.
    public let groups: [AuthorIndex?]
    /// Expected visits of each author by the item walk (`taste`: what its weight in `mixture` is above 0).
    public let walkVisits: [Double]
    /// The weight of each author in the mixture of voices, negative where it speaks against its items
    /// (`taste`, `discover`); empty for other engines.
    public let mixture: [Double]
    /// Expected visits of each item, not normalised.
    public let itemVisits: [Double]
    /// `itemVisits` normalised to sum 1. Per item.
    public let shares: [Double]
    /// Popularity as the engine weighs it. Per item.
    public let popularity: [Double]
    /// Part of the item's support that passes one voice. Per item.
    public var concentration: [Double] { tables.concentration }
    /// How independent the item's support is, in [0, 1], against the ego's trust as a whole; nil where
    /// nobody asked, below the first `auditedPlaces`. Per item.
    public var independence: [Double?] { tables.independence }
    /// How many authors of average trust have the item outside the group that has most of it (`taste`,
    /// `discover`); empty for engines that do not ask. Per item.
    public let witnesses: [Double]
    /// Factor of the connectivity decay, by concentration, independence and witnesses. Per item.
    public var factors: [Double] { tables.factors }
    /// Per item; 0: not recommended.
    public var scores: [Double] { tables.scores }
    /// The voice of each author beside what trust gives it (`discover`); empty for other engines.
    public let earnedVoices: [Double]
    /// Fewer reachable groups than `youngNetworkGroups`.
    public let isYoungNetwork: Bool

    let contributions: Contributions
    private let massPerTrust: Double?
    private let massPerVoice: Double
    let tables: ItemTables

    /// How an engine lowers the scores of items that depend on few.
    enum Decay {
        /// By the concentration on dominator groups.
        case groups
        /// By ratios that the engine counted itself.
        case ratios([Double], factors: [Double])
        case none
    }

    init(
        _ engine: EngineName, _ snapshot: GraphSnapshot, _ query: RankingQuery,
        standing: TrustStanding, mass: WalkMass, decay: Decay, voiceGroups: [AuthorIndex?]? = nil,
        witnesses: Witnesses? = nil
    ) {
        let voices = Concentration(
            snapshot, ego: query.ego, groups: voiceGroups ?? standing.dominators.groups,
            contributions: mass.contributions)
        let (concentration, factors) = Self.judge(voices, query.parameters, decay)
        let young = Self.isYoung(standing.dominators, query, decay)
        var tables = ItemTables(
            concentration: concentration,
            independence: [Double?](repeating: nil, count: snapshot.itemCount), factors: factors,
            scores: Self.scores(
                mass,
                factors: witnesses.map { zip(factors, $0.factors).map { $0 * $1 } } ?? factors),
            supporters: voices.supporters,
            singleVoiceFrom: young ? query.parameters.tauHard : nil)
        let left = ItemTables.leftOut(snapshot, query)
        if case .groups = decay, query.parameters.independentVoices > 1 {
            var audit = Independence(
                snapshot, query, visits: standing.flow.visits,
                rule: Independence.Rule(engine, query.parameters))
            audit.audit(
                snapshot, mass.contributions, scores: &tables.scores, factors: &tables.factors,
                leftOut: left)
            tables.independence = audit.values
        }
        // After the audit, which goes by what it lowers: its own factor and that of the groups.
        if let witnesses {
            tables.factors = zip(tables.factors, witnesses.factors).map { $0 * $1 }
        }
        tables.sort(leftOut: left)
        self.init(
            engine, snapshot, query, standing: standing, mass: mass, tables: tables,
            witnesses: witnesses?.held ?? [])
    }

    /// From tables that are in order.
    init(
        _ engine: EngineName, _ snapshot: GraphSnapshot, _ query: RankingQuery,
        standing: TrustStanding, mass: WalkMass, tables: ItemTables, witnesses: [Double] = []
    ) {
        self.engine = engine
        self.snapshot = snapshot
        self.query = query
        self.tables = tables
        self.witnesses = witnesses
        trust = standing.trust
        visits = standing.flow.visits
        groups = standing.dominators.groups
        walkVisits = mass.authorVisits
        mixture = mass.mixture
        itemVisits = mass.itemVisits
        shares = mass.shares
        popularity = mass.popularity
        contributions = mass.contributions
        massPerTrust = mass.massPerTrust
        massPerVoice = mass.massPerVoice
        earnedVoices = mass.earned
        isYoungNetwork = tables.singleVoiceFrom != nil
        items = RankedList(
            order: tables.listed, scores: tables.scores, shares: mass.shares,
            popularity: mass.popularity, concentration: tables.concentration,
            factors: tables.factors, supporters: tables.supporters,
            singleVoiceFrom: tables.singleVoiceFrom)
    }

    /// The rank of an item in `items`, from 1; nil when it is not recommended. O(log items).
    public func position(of item: ItemIndex) -> Int? {
        snapshot.contains(item) ? tables.place(of: item).map { $0 + 1 } : nil
    }

    /// What an author's voice owes to what it earned; 0 unless the engine is `discover`.
    public func earnedVoice(of author: AuthorIndex) -> Double {
        author.position < earnedVoices.count ? earnedVoices[author.position] : 0
    }

    /// What one author contributed to an item's share; 0 when it does not have the item.
    public func contribution(of author: AuthorIndex, to item: ItemIndex) -> Double {
        guard snapshot.contains(author), snapshot.contains(item),
            let entry = snapshot.interactions.entry(row: author.position, column: item.value)
        else { return 0 }
        return contributions.value(
            author: author.position, entry: entry, weights: snapshot.interactions.weights)
    }

    /// The most of all item mass that a region can deliver, whatever its identities, edges, weights or
    /// items (T2; for `taste` and `discover` the bound on voices times the most that a voice can say, and
    /// earned voices are never more than their pool). In [0, 1]; nil
    /// for the baselines, which have no such bound. O(region).
    public func massBound(of region: [AuthorIndex]) -> Double? {
        guard let massPerTrust else { return nil }
        var held = 0.0
        var earned = 0.0
        for author in Set(region).sorted() where snapshot.contains(author) {
            if author == query.ego { return 1 }
            guard snapshot.interactions.scales[author.position] > 0 else { continue }
            held += trust[author.position]
            earned += earnedVoice(of: author)
        }
        return min(1, massPerTrust * held + massPerVoice * earned)
    }

    /// The part of all item mass that a region did deliver: of each item what the region added, at most
    /// the item's share. O(items + edges of the region).
    public func share(deliveredBy region: [AuthorIndex]) -> Double {
        zip(contributions.delivered(by: region, in: snapshot), shares)
            .reduce(0) { $0 + max(0, min($1.0, $1.1)) }
    }

    /// The part of all item mass that lies on a set of items.
    public func share(ofItems items: [ItemIndex]) -> Double {
        Set(items).sorted().reduce(0) { sum, item in
            snapshot.contains(item) ? sum + shares[item.position] : sum
        }
    }
}

/// One recommendation.
public struct RankedItem: Hashable, Sendable {
    public enum Tier: String, Hashable, Sendable {
        case supported
        /// In a network of fewer than three reachable groups, an item that one voice alone supports:
        /// it stands below all others and is labelled.
        case singleVoice
    }

    public let item: ItemIndex
    /// From 1.
    public let rank: Int
    public let score: Double
    /// Part of all item mass.
    public let share: Double
    public let popularity: Double
    /// Part of the support that passes one voice.
    public let concentration: Double
    /// Factor of the connectivity decay, at most 1.
    public let factor: Double
    /// Authors other than the ego that contributed.
    public let supporters: Int
    public let tier: Tier
}

extension RankingResult {
    private static func judge(
        _ voices: Concentration, _ parameters: RankingParameters, _ decay: Decay
    ) -> (concentration: [Double], factors: [Double]) {
        switch decay {
        case .groups:
            let found = voices.concentration
            return (found, Concentration.factors(found, parameters))
        case .ratios(let ratios, let factors):
            return (ratios, factors)
        case .none:
            let found = voices.concentration
            return (found, [Double](repeating: 1, count: found.count))
        }
    }

    private static func isYoung(
        _ dominators: TrustDominators, _ query: RankingQuery, _ decay: Decay
    ) -> Bool {
        guard case .groups = decay else { return false }
        return dominators.groupCount(ego: query.ego) < query.parameters.youngNetworkGroups
    }

    private static func scores(_ mass: WalkMass, factors: [Double]) -> [Double] {
        let exponent = mass.popularityExponent
        return mass.shares.indices.map { item in
            ItemTables.score(
                share: mass.shares[item], factor: factors[item],
                popularity: mass.popularity[item], exponent: exponent)
        }
    }
}
