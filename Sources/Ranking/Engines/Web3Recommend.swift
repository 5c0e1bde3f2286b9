internal import Primitives

/// `web3recommend`: the seeded Monte Carlo walk of Web3Recommend (Madhwal & Pouwelse, arXiv
/// 2307.01411) with its connectivity decay. The baseline to beat, kept as its prototype runs it; what
/// the prototype got wrong outside the walk is not copied (`docs/ranking.md`, "The baselines").
///
/// A dislike only drops the item: the walk has no place where a share of trust could be halved.
public struct Web3Recommend: RankingEngine {
    public init() {}

    public var name: EngineName { .web3recommend }

    /// O(walks x steps), and 4 bytes for each step.
    public func rank(_ snapshot: GraphSnapshot, _ query: RankingQuery) -> RankingResult {
        query.validate(against: snapshot)
        let view = query.view(of: snapshot)
        let standing = TrustStanding(view, query)
        var sampler = TasteWalkSampler(view, query, trust: standing.trust)
        sampler.run()
        let walks = Double(query.parameters.walks)
        let steps = sampler.edgeCounts.reduce(0) { $0 + Int($1) }
        let inverse = steps > 0 ? 1 / Double(steps) : 0
        let shares = sampler.itemCounts.map { Double($0) * inverse }
        let mass = WalkMass(
            authorVisits: sampler.authorCounts.map { Double($0) / walks },
            itemVisits: sampler.itemCounts.map { Double($0) / walks },
            popularity: popularity(view, query), shares: shares,
            contributions: .edges(sampler.edgeCounts.map { Double($0) * inverse }),
            popularityExponent: 0, massPerTrust: nil)
        let ratios = sampler.bottlenecks()
        let decay = query.parameters.connectivityDecay
        let factors = ratios.map { decay.factor(ratio: $0, parameters: query.parameters) }
        return RankingResult(
            name, view, query, standing: standing, mass: mass,
            decay: .ratios(ratios, factors: factors))
    }

    /// The sum of affinities to each item: for display, the score does not use it.
    private func popularity(_ snapshot: GraphSnapshot, _ query: RankingQuery) -> [Double] {
        let all = [Double](repeating: 1, count: snapshot.authorCount)
        let rows = snapshot.interactions
        let affinity = query.parameters.normalisesAffinity ? rows.scales : all
        return InteractionKernel(snapshot, mass: all).scatter(affinity)
    }
}
