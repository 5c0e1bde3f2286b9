/// What stands at a column while rows are multiplied with it: what a row gathers there, and how it takes
/// what a row leaves.
protocol RowCell {
    var gathered: Double { get }
    mutating func receive(_ mass: Double)
}

extension Double: RowCell {
    @inline(__always) var gathered: Double { self }
    @inline(__always) mutating func receive(_ mass: Double) { self += mass }
}

/// The two products of a row of author-item weights that every engine is made of. Four entries at a time:
/// the place of a column is checked once, and no sum waits for the one before it.
enum RowProducts {
    /// `sum over the row of weight * cell`.
    @inline(__always)
    static func gather<Cell: RowCell>(
        _ range: Range<Int>, _ columns: Span<UInt32>, _ weights: Span<Double>,
        from cells: Span<Cell>
    ) -> Double {
        var columns = columns.extracting(range)
        var weights = weights.extracting(range)
        var (first, second, third, fourth) = (0.0, 0.0, 0.0, 0.0)
        while columns.count >= 4, weights.count >= 4 {
            first += weights[0] * cells[Int(columns[0])].gathered
            second += weights[1] * cells[Int(columns[1])].gathered
            third += weights[2] * cells[Int(columns[2])].gathered
            fourth += weights[3] * cells[Int(columns[3])].gathered
            columns = columns.extracting(4...)
            weights = weights.extracting(4...)
        }
        for place in 0..<min(columns.count, weights.count) {
            first += weights[place] * cells[Int(columns[place])].gathered
        }
        return (first + second) + (third + fourth)
    }

    /// Each cell of the row receives `push * weight`.
    @inline(__always)
    static func scatter<Cell: RowCell>(
        _ push: Double, _ range: Range<Int>, _ columns: Span<UInt32>, _ weights: Span<Double>,
        to cells: inout MutableSpan<Cell>
    ) {
        guard push != 0 else { return }
        var columns = columns.extracting(range)
        var weights = weights.extracting(range)
        while columns.count >= 4, weights.count >= 4 {
            cells[Int(columns[0])].receive(push * weights[0])
            cells[Int(columns[1])].receive(push * weights[1])
            cells[Int(columns[2])].receive(push * weights[2])
            cells[Int(columns[3])].receive(push * weights[3])
            columns = columns.extracting(4...)
            weights = weights.extracting(4...)
        }
        for place in 0..<min(columns.count, weights.count) {
            cells[Int(columns[place])].receive(push * weights[place])
        }
    }
}
