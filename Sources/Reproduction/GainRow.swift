/// One point of a sweep: gains of the same attacks.
public struct GainRow: Hashable, Sendable {
    public enum Sweep: String, Hashable, Sendable, CaseIterable {
        case published, alpha, beta, gamma, sybils
    }

    public enum Measure: String, Hashable, Sendable, CaseIterable {
        /// By personalised hitting probability, sampled.
        case hits
        /// By personalised PageRank, sampled.
        case visits
        /// Visits by power iteration.
        case exactVisits = "exact-visits"
        /// The most that visits could gain (T1): p_S / (alpha visits of the attacker).
        case bound
    }

    public let network: String
    public let sweep: Sweep
    public let shape: SybilShape
    public let measure: Measure
    public let alpha: Double
    public let beta: Double
    /// Nil: one epoch.
    public let gamma: Double?
    public let sybils: Int
    /// One value for each attack.
    public let gains: Sample
}

/// What the paper prints, to stand beside ours.
public enum PublishedGain {
    /// Gain of 50 Sybils of shape `both` on the MakerDAO forum (2,057 users, alpha 0.01), from the stored
    /// results of arXiv 2207.09950.
    public static func value(_ measure: GainRow.Measure, beta: Double) -> Double? {
        let figures: [Double: (hits: Double, visits: Double)] = [
            0: (7.53, 1.55), 0.5: (3.23, 0.65), 0.9: (0.55, 0.108), 1: (0, 0),
        ]
        guard let found = figures[beta] else { return nil }
        switch measure {
        case .hits: return found.hits
        case .visits: return found.visits
        case .exactVisits, .bound: return nil
        }
    }
}
