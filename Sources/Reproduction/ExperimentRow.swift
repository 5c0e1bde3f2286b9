/// One point of one experiment.
public struct ExperimentRow: Hashable, Sendable {
    public enum Experiment: String, Hashable, Sendable, CaseIterable {
        case hitRate = "hit-rate"
        case overlap
        /// Giga: the walk's connectivity decay against colluders.
        case beta
        case chain
        case star
        case cycle
        /// Multi-giga: the part of the users who collude.
        case fraction
        case singleChain = "single-chain"
        case singleStar = "single-star"
    }

    public enum Metric: String, Hashable, Sendable, CaseIterable {
        /// Whether the held-out item is in the first so many.
        case hit
        /// Rank-biased overlap with the list at alpha 0.1.
        case overlap
        /// Part of all scores that spam items hold: the paper's reputation gain.
        case gain
        /// Spam items in the first 20, 100 or 1,000.
        case top20 = "top-20"
        case top100 = "top-100"
        case top1000 = "top-1000"
    }

    public let network: String
    public let experiment: Experiment
    public let method: String
    public let metric: Metric
    /// What is varied, and its value.
    public let varied: String
    public let value: Double
    /// One value for each ego.
    public let sample: Sample
}
