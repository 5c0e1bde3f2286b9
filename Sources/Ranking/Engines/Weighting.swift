public import Primitives
internal import RealModule

/// How an interaction's raw weight becomes the weight of an edge:
/// `transform(weight) * 2^(-age / halfLife)`.
///
/// The half-life is the epoch decay (gamma) of MeritRank (arXiv 2207.09950): freshness,
/// not defence.
public struct Weighting: Hashable, Sendable {
    public enum Transform: String, Hashable, Sendable {
        /// `ln(1 + w)`: the hundredth play says less than the second.
        case log1p
        /// The weight as it is, for graph files.
        case identity
    }

    public var transform: Transform
    /// Nil: age does not matter.
    public var halfLifeMilliseconds: UInt64?

    public init(transform: Transform = .log1p, halfLifeMilliseconds: UInt64? = nil) {
        self.transform = transform
        self.halfLifeMilliseconds = halfLifeMilliseconds
    }

    /// The weight of an edge at `now`; 0 only where the decay underflows.
    public func effectiveWeight(_ weight: Double, time: Instant, now: Instant) -> Double {
        let base = transformed(weight)
        guard let halfLife = halfLifeMilliseconds, halfLife > 0 else { return base }
        let age = Double(now.milliseconds(since: time)) / Double(halfLife)
        return base * Double.exp2(-age)
    }

    /// The binary logarithm of the effective weight up to a summand that is the same for all edges:
    /// orders edges the same way at every instant, so that eviction does not depend on when it runs.
    func standing(_ weight: Double, time: Instant) -> Double {
        let base = Double.log2(transformed(weight))
        guard let halfLife = halfLifeMilliseconds, halfLife > 0 else { return base }
        return base + Double(time.milliseconds) / Double(halfLife)
    }

    private func transformed(_ weight: Double) -> Double {
        switch transform {
        case .log1p: Double.log(onePlus: weight)
        case .identity: weight
        }
    }
}
