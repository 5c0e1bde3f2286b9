/// A non-negative weight in thousandths, so that every node reads the same number.
public struct Weight: Hashable, Comparable, Sendable {
    public static let zero = Weight(unchecked: 0)
    public static let one = Weight(unchecked: 1000)
    public let thousandths: UInt64

    private init(unchecked thousandths: UInt64) { self.thousandths = thousandths }

    /// Nil above `WireLimits.weightThousandths`.
    public init?(thousandths: UInt64) {
        guard thousandths <= WireLimits.weightThousandths else { return nil }
        self.thousandths = thousandths
    }

    /// The nearest thousandth; nil for a negative, non-finite or too large value.
    public init?(_ value: Double) {
        guard value.isFinite, value >= 0, value * 1000 <= Double(WireLimits.weightThousandths)
        else { return nil }
        thousandths = UInt64((value * 1000).rounded())
    }

    public var value: Double { Double(thousandths) / 1000 }

    public static func < (left: Self, right: Self) -> Bool { left.thousandths < right.thousandths }
}
