/// One figure of an experiment, once for each attack or ego.
public struct Sample: Hashable, Sendable {
    public let values: [Double]

    public init(_ values: [Double]) { self.values = values }

    /// 0 of nothing.
    public var mean: Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }

    /// Half of the 95 % interval of the mean, by its standard error; 0 for fewer than two values.
    public var margin: Double {
        guard values.count > 1 else { return 0 }
        let mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let count = Double(values.count)
        return 1.96 * (squares / (count - 1) / count).squareRoot()
    }
}
