internal import Primitives

/// Reputation that is earned epoch by epoch and fades: MeritRank's epoch decay gamma (arXiv
/// 2207.09950).
///
/// `R_t = (1 - gamma) R_(t-1) + score_t`. It is freshness and no defence: what the honest earned before
/// an attack fades as well, so a larger gamma raises what an attacker gains (`docs/research`).
public struct EpochReputation: Hashable, Sendable {
    /// In [0, 1]: 0 forgets nothing, 1 knows the present epoch only.
    public let gamma: Double
    /// Per author; indices must mean the same authors in all epochs.
    public private(set) var scores: [Double]

    /// Requires gamma in [0, 1].
    public init(authorCount: Int, gamma: Double) {
        require((0...1).contains(gamma), "an epoch keeps between nothing and all")
        self.gamma = gamma
        scores = [Double](repeating: 0, count: authorCount)
    }

    /// Closes an epoch with what each author earned in it; requires one score per author.
    public mutating func close(_ earned: [Double]) {
        require(earned.count == scores.count, "an epoch gives every author a score")
        for author in scores.indices {
            scores[author] = (1 - gamma) * scores[author] + earned[author]
        }
    }
}
