internal import RealModule

/// `tsalsa`: personalised SALSA in which a step back from an item goes to an author in proportion to
/// the ego's trust in that author (sections A to E of `docs/ranking.md`). Exact, bounded by T2.
public struct TrustedSalsa: RankingEngine {
    public init() {}

    public var name: EngineName { .tsalsa }

    public func rank(_ snapshot: GraphSnapshot, _ query: RankingQuery) -> RankingResult {
        query.validate(against: snapshot)
        let view = query.view(of: snapshot)
        var standing = TrustStanding(view, query)
        let found = standing.heedingDislikes(view, query) {
            ItemWalk(view, query, trust: $0).mass(query)
        }
        return RankingResult(name, view, query, standing: standing, mass: found, decay: .groups)
    }

    /// `ceil(ln(epsilon) / ln(1 - alpha))`: the L1 error of the shares stays below epsilon (T5).
    public static func iterations(alpha: Double, epsilon: Double) -> Int {
        max(1, Int((Double.log(epsilon) / Double.log(1 - alpha)).rounded(.up)))
    }
}
