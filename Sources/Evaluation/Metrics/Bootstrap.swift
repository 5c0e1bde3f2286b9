internal import Primitives

/// A 95 % percentile bootstrap interval of a mean over users (Efron 1979; Sakai, SIGIR 2006), seeded.
public struct Bootstrap: Hashable, Sendable {
    public let resamples: Int
    public let seed: UInt64

    /// Requires at least one resample.
    public init(resamples: Int, seed: UInt64) {
        require(resamples >= 1, "a bootstrap draws at least once")
        self.resamples = resamples
        self.seed = seed
    }

    /// The interval of the mean; the mean itself for fewer than two values. O(resamples x values).
    public func interval(_ values: [Double]) -> ClosedRange<Double> {
        guard values.count > 1 else { return (values.first ?? 0)...(values.first ?? 0) }
        var random = SeededRandom(seed: seed, stream: "bootstrap")
        var means: [Double] = []
        means.reserveCapacity(resamples)
        for _ in 0..<resamples {
            var sum = 0.0
            for _ in values.indices { sum += values[random.below(values.count)] }
            means.append(sum / Double(values.count))
        }
        means.sort()
        let low = Int(0.025 * Double(resamples))
        let high = min(resamples - 1, Int(0.975 * Double(resamples)))
        return means[low]...means[high]
    }

    /// The interval of the mean difference of two methods on the same users: 0 outside of it is a
    /// difference. Requires arrays of one length.
    public func interval(_ values: [Double], minus others: [Double]) -> ClosedRange<Double> {
        require(values.count == others.count, "paired values are of the same users")
        return interval(zip(values, others).map { $0 - $1 })
    }
}
