/// The ego's trust in everybody, and the groups that count as one voice each.
struct TrustStanding {
    let flow: TrustFlow
    let dominators: TrustDominators
    /// Trust after the factors of the query and the dislikes; not normalised again.
    var trust: [Double]

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
        let found = mass(trust)
        let disliked = Set(query.disliked).sorted().filter { snapshot.contains($0) }
        guard !disliked.isEmpty else { return found }
        for item in disliked {
            let contributors = found.contributions.ordered(for: item, in: snapshot)
            for other in contributors.lazy.filter({ $0.author != query.ego }).prefix(3) {
                trust[other.author.position] *= 0.5
            }
        }
        return mass(trust)
    }
}
