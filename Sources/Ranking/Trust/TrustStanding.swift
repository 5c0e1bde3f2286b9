/// The ego's trust in everybody, and the groups that count as one voice each.
struct TrustStanding {
    let flow: TrustFlow
    let dominators: TrustDominators
    /// Trust after the factors of the query and the dislikes; not normalised again.
    var trust: [Double]
    /// What the dislikes left of each author's voice, however it came by it: 1, or less.
    private(set) var heard: [Double]

    init(_ snapshot: GraphSnapshot, _ query: RankingQuery) {
        self.init(
            TrustFlow(
                snapshot, ego: query.ego, alpha: query.parameters.alphaTrust,
                epsilon: query.parameters.epsilon),
            TrustDominators(snapshot, ego: query.ego), query)
    }

    init(_ flow: TrustFlow, _ dominators: TrustDominators, _ query: RankingQuery) {
        self.flow = flow
        self.dominators = dominators
        trust = flow.trust
        heard = [Double](repeating: 1, count: flow.trust.count)
        for (author, factor) in query.trustFactors.enumerated() {
            trust[author] *= min(1, max(0, factor))
        }
    }

    /// The mass for the present trust; when something is disliked, its three largest contributors
    /// lose half their trust and the mass is found again. A dislike stays with this ego: it is never
    /// gossiped onward as slander.
    mutating func heedingDislikes(
        _ snapshot: GraphSnapshot, _ query: RankingQuery, mass: ([Double]) -> WalkMass
    ) -> WalkMass {
        heedingDislikes(snapshot, query) { trust, _ in mass(trust) }
    }

    /// The same for voices that do not come from trust alone: `heard` is what dislikes left of them.
    mutating func heedingDislikes(
        _ snapshot: GraphSnapshot, _ query: RankingQuery,
        mass: (_ trust: [Double], _ heard: [Double]) -> WalkMass
    ) -> WalkMass {
        let found = mass(trust, heard)
        let disliked = Set(query.disliked).sorted().filter { snapshot.contains($0) }
        guard !disliked.isEmpty else { return found }
        for item in disliked {
            let contributors = found.contributions.ordered(for: item, in: snapshot)
                .lazy.filter { $0.value > 0 && $0.author != query.ego }
            for other in contributors.prefix(3) {
                trust[other.author.position] *= 0.5
                heard[other.author.position] *= 0.5
            }
        }
        return mass(trust, heard)
    }
}
