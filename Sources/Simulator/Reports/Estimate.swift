/// The mean of values over seeds with its 95 % confidence interval by Student's t.
public struct Estimate: Hashable, Sendable {
    public let mean: Double
    public let count: Int
    /// Half the width of the interval; nil for a single value, of which nothing is known.
    public let halfWidth: Double?

    /// Nil without values. O(n).
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let (mean, variance) = Self.moments(values)
        self.mean = mean
        count = values.count
        halfWidth = variance.map {
            Self.quantile(degrees: values.count - 1) * ($0 / Double(values.count)).squareRoot()
        }
    }

    private init(mean: Double, count: Int, halfWidth: Double?) {
        self.mean = mean
        self.count = count
        self.halfWidth = halfWidth
    }

    public var low: Double { mean - (halfWidth ?? 0) }
    public var high: Double { mean + (halfWidth ?? 0) }

    /// `second - first` where both were measured with the same seeds: of the differences seed by seed.
    /// Requires as many values as seeds.
    public static func paired(_ first: [Double], _ second: [Double]) -> Estimate? {
        Estimate(zip(first, second).map { $1 - $0 })
    }

    /// `second - first` of independent samples (Welch 1947); no interval below two values each.
    public static func welch(_ first: [Double], _ second: [Double]) -> Estimate? {
        guard !first.isEmpty, !second.isEmpty else { return nil }
        let (one, other) = (moments(first), moments(second))
        let count = min(first.count, second.count)
        let difference = other.mean - one.mean
        guard let oneVariance = one.variance, let otherVariance = other.variance else {
            return Estimate(mean: difference, count: count, halfWidth: nil)
        }
        let a = oneVariance / Double(first.count)
        let b = otherVariance / Double(second.count)
        guard a + b > 0 else { return Estimate(mean: difference, count: count, halfWidth: 0) }
        let degrees =
            (a + b) * (a + b)
            / (a * a / Double(first.count - 1) + b * b / Double(second.count - 1))
        return Estimate(
            mean: difference, count: count,
            halfWidth: quantile(degrees: Int(degrees)) * (a + b).squareRoot())
    }

    private static func moments(_ values: [Double]) -> (mean: Double, variance: Double?) {
        let mean = values.reduce(0, +) / Double(values.count)
        guard values.count > 1 else { return (mean, nil) }
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, squares / Double(values.count - 1))
    }

    /// The 0.975 quantile of Student's t. Above 30 degrees by the expansion in 1/degrees of Abramowitz &
    /// Stegun 26.7.5, which is exact to four digits there.
    static func quantile(degrees: Int) -> Double {
        if degrees <= table.count { return table[max(0, degrees - 1)] }
        let z = 1.959964
        let n = Double(degrees)
        let first = (z * z * z + z) / 4
        let second = (5 * z * z * z * z * z + 16 * z * z * z + 3 * z) / 96
        return z + first / n + second / (n * n)
    }

    private static let table = [
        12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010,
        2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739,
        2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
    ]
}
