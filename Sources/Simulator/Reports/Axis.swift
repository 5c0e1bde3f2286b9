internal import Foundation

/// One axis of a picture: from values to places, with round ticks.
struct Axis {
    let range: ClosedRange<Double>
    let places: ClosedRange<Double>
    let isLogarithmic: Bool
    private(set) var ticks: [Double] = []

    /// An axis that holds all of `values` and starts at 0, or at a power of ten. `least` and `most` cut off what
    /// an interval claims beyond what can be.
    init(
        holding values: [Double], places: ClosedRange<Double>, isLogarithmic: Bool = false,
        fromZero: Bool = true, least: Double? = nil, most ceiling: Double? = nil
    ) {
        self.places = places
        let finite = values.filter(\.isFinite).map {
            min(max($0, least ?? $0), ceiling ?? .infinity)
        }
        let positive = finite.filter { $0 > 0 }
        self.isLogarithmic = isLogarithmic && !positive.isEmpty
        guard let least = finite.min(), let most = finite.max() else {
            range = 0...1
            ticks = [0, 1]
            return
        }
        if self.isLogarithmic {
            let low = floor(log10(positive.min() ?? 1))
            let high = max(low + 1, ceil(log10(most)))
            range = pow(10, low)...pow(10, high)
            ticks = stride(from: low, through: high, by: 1).map { pow(10, $0) }
            return
        }
        let start = fromZero ? min(0, least) : least
        let step = Self.step(max(most - start, abs(most) * 1e-6, 1e-12) / 5)
        let first = floor(start / step)
        let last = max(first + 1, ceil(most / step - 1e-9))
        range = (first * step)...(last * step)
        ticks = stride(from: first, through: last, by: 1).map { $0 * step }
    }

    func place(_ value: Double) -> Double {
        let share: Double
        if isLogarithmic {
            let low = log10(range.lowerBound)
            share = (log10(max(value, range.lowerBound)) - low) / (log10(range.upperBound) - low)
        } else {
            share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        }
        let clipped = min(1, max(0, share))
        return places.lowerBound + clipped * (places.upperBound - places.lowerBound)
    }

    /// 1, 2 or 5 times a power of ten, at least `least`.
    private static func step(_ least: Double) -> Double {
        let power = pow(10, floor(log10(least)))
        for factor in [1.0, 2, 5] where factor * power >= least * 0.999 { return factor * power }
        return 10 * power
    }
}

/// Numbers as people read them, everywhere the same.
enum Shown {
    /// Whole numbers with groups of three; others with four digits that count.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        if value == value.rounded(), abs(value) < 1e15 { return grouped(value) }
        if abs(value) >= 10_000 { return grouped(value.rounded()) }
        return String(format: "%.4g", value)
    }

    /// Short, for an axis: 1.5 M rather than 1,500,000.
    static func tick(_ value: Double) -> String {
        for (size, letter) in [(1e9, " G"), (1e6, " M"), (1e4, " k")] where abs(value) >= size {
            let unit = size == 1e4 ? 1e3 : size
            return String(format: "%.4g", value / unit) + letter
        }
        return String(format: "%.4g", value)
    }

    static func estimate(_ estimate: Estimate) -> String {
        guard let half = estimate.halfWidth, half > 0 else { return number(estimate.mean) }
        return "\(number(estimate.mean)) ± \(number(half))"
    }

    private static func grouped(_ value: Double) -> String {
        var digits = String(format: "%.0f", abs(value))
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits = String(digits.dropLast(3))
        }
        groups.insert(digits, at: 0)
        return (value < 0 ? "-" : "") + groups.joined(separator: ",")
    }
}
