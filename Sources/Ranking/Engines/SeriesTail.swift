/// Notices when a series of vectors x, xN, xNN, ... has become geometric, and what its rest sums to.
///
/// For a rate c and T = x / (1 - c) the sum of the series from x on differs from T by
/// `(xN - c x) / (1 - c)` summed through the same series: with N losing at least alpha of the mass in
/// each step, the L1 error is at most `||xN - c x|| / ((1 - c) alpha)`, and `1 - alpha` of that one
/// step later. The bound needs no assumption about N's spectrum; where walks do not mix it is simply
/// never met.
struct SeriesTail {
    private var previous: [Double]
    private var previousMass: Double
    private let tolerance: Double

    /// `first` is x; the tolerance is on `||xN - c x|| / (1 - c)`.
    init(first: [Double], tolerance: Double) {
        previous = first
        previousMass = first.reduce(0, +)
        self.tolerance = tolerance
    }

    /// Takes the next vector of the series; `1 / (1 - c)` when the rest, from this vector on, is this
    /// vector times that. O(count).
    mutating func factor(next: [Double]) -> Double? {
        guard tolerance > 0 else { return nil }
        let mass = next.reduce(0, +)
        let rate = previousMass > 0 ? mass / previousMass : 0
        var difference = 0.0
        for place in next.indices {
            difference += abs(next[place] - rate * previous[place])
            previous[place] = next[place]
        }
        previousMass = mass
        guard rate < 1, difference <= tolerance * (1 - rate) else { return nil }
        return 1 / (1 - rate)
    }
}
