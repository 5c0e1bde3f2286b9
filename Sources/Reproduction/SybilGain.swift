public import Ranking

/// What Sybils earn their attacker, as MeritRank's experiments count it.
public struct SybilGain: Sendable {
    private let merit: MeritStanding
    private let attacker: Int
    private let sybils: Range<Int>

    public init(_ merit: MeritStanding, attacker: AuthorIndex, sybils: Range<Int>) {
        self.merit = merit
        self.attacker = attacker.position
        self.sybils = sybils
    }

    /// The Sybils' scores over the attacker's own; 0 where the attacker has none.
    public func value(_ estimator: RankingParameters.MeritEstimator, beta: Double) -> Double {
        let scores = scores(estimator, beta: beta)
        guard scores[attacker] > 0 else { return 0 }
        return sybils.reduce(0) { $0 + scores[$1] } / scores[attacker]
    }

    /// Scores with the published connectivity decay: who is reached through one vertex in every walk
    /// keeps 1 - beta, and what they lose lifts all others in proportion, by 1 / (1 - lost).
    public func scores(
        _ estimator: RankingParameters.MeritEstimator, beta: Double
    ) -> [Double] {
        let estimate = estimator == .hits ? merit.hits : merit.visits
        let total = estimate.reduce(0, +) - estimate[merit.ego.position]
        guard total > 0 else { return estimate.map { _ in 0 } }
        var shares = estimate.map { $0 / total }
        shares[merit.ego.position] = 0
        let isCut = merit.ratios.map { $0 >= 1 }
        let lost = zip(shares, isCut).reduce(0) { $1.1 ? $0 + beta * $1.0 : $0 }
        return zip(shares, isCut).map { share, isCut in
            isCut ? (1 - beta) * share : lost < 1 ? share / (1 - lost) : 0
        }
    }
}
