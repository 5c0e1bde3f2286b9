internal import Primitives

/// How much more one method has than another on the same users, metric by metric.
///
/// Two intervals that overlap may hide a difference that nearly every user shows; the interval of the
/// difference, user by user, does not (Sakai, SIGIR 2006).
public struct PairedDifference: Sendable {
    public let method: String
    /// What is subtracted.
    public let reference: String
    public let k: Int
    public let figures: [Figure]

    /// One metric that is measured per user.
    public struct Figure: Hashable, Sendable {
        public let name: String
        /// Mean over users of the method's value less the reference's.
        public let mean: Double
        /// 95 %; nil without a bootstrap.
        public let interval: ClosedRange<Double>?
    }

    /// Requires reports of one evaluator at one length. O(metrics x resamples x users).
    public init(_ report: MethodReport, minus other: MethodReport, bootstrap: Bootstrap?) {
        require(report.k == other.k, "paired reports are of one length")
        method = report.method
        reference = other.method
        k = report.k
        figures = zip(report.figures, other.figures).compactMap { mine, theirs in
            guard let values = mine.values, let others = theirs.values else { return nil }
            return Figure(
                name: mine.name, mean: mine.mean - theirs.mean,
                interval: bootstrap?.interval(values, minus: others))
        }
    }

    /// As tables name it.
    public var name: String { "\(method) - \(reference)" }
}
