/// The shapes of connectivity decay (beta, MeritRank, arXiv 2207.09950): what reaches its
/// goal through one vertex only is worth less.
public enum ConnectivityDecay: String, Hashable, Sendable, CaseIterable {
    case none
    /// Strikes at once above `tauHard`, as Web3Recommend ships it.
    case hard
    /// Grows in a line from `tau` to 1.
    case ramp

    /// The factor for a vertex of which a share `ratio` in [0, 1] arrives through one other vertex.
    public func factor(ratio: Double, parameters: RankingParameters) -> Double {
        switch self {
        case .none: 1
        case .hard: ratio > parameters.tauHard ? 1 - parameters.beta * ratio : 1
        case .ramp: 1 - parameters.beta * Self.ramp(ratio, from: parameters.tau)
        }
    }

    /// 0 up to `tau`, 1 at 1, straight between.
    static func ramp(_ ratio: Double, from tau: Double) -> Double {
        min(1, max(0, (ratio - tau) / (1 - tau)))
    }
}
