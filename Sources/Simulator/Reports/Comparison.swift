/// What differs between two series, figure by figure, with intervals.
public struct Comparison: Sendable {
    public struct Line: Sendable {
        public let figure: String
        public let first: Estimate
        public let second: Estimate
        /// `second - first`.
        public let difference: Estimate

        /// Whether the interval of the difference leaves 0 out; nil where there is none.
        public var isClear: Bool? {
            difference.halfWidth.map { $0 == 0 ? difference.mean != 0 : abs(difference.mean) > $0 }
        }
    }

    /// Whether differences are taken seed by seed.
    public let isPaired: Bool
    /// Figures that both state, in the order of the first; those that are 0 in both are left out.
    public let lines: [Line]
    /// Figures that one of the two does not state.
    public let missing: [String]

    public init(_ first: RunSeries, _ second: RunSeries) {
        let seeds = Set(first.runs.map(\.seed))
        isPaired = seeds == Set(second.runs.map(\.seed)) && seeds.count == first.runs.count
        var lines: [Line] = []
        var missing: [String] = []
        for name in first.figureNames {
            let (one, other) = (first.figures(name), second.figures(name))
            let (before, after) = (Self.ordered(one), Self.ordered(other))
            let isSame = one.keys.sorted() == other.keys.sorted() && isPaired
            guard let left = Estimate(before), let right = Estimate(after),
                let difference = isSame
                    ? Estimate.paired(before, after) : Estimate.welch(before, after)
            else {
                missing.append(name)
                continue
            }
            guard before.contains(where: { $0 != 0 }) || after.contains(where: { $0 != 0 }) else {
                continue
            }
            lines.append(Line(figure: name, first: left, second: right, difference: difference))
        }
        missing += second.figureNames.filter { !first.figureNames.contains($0) }
        self.lines = lines
        self.missing = missing
    }

    /// A table for a terminal.
    public var text: String {
        var rows = [["", "figure", "first", "second", "difference"]]
        for line in lines {
            let mark = line.isClear.map { $0 ? "*" : "" } ?? "?"
            rows.append([
                mark, line.figure, Shown.estimate(line.first), Shown.estimate(line.second),
                Shown.estimate(line.difference),
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        var text = rows.map { row in
            row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column < 2 ? cell + space : space + cell
            }.joined(separator: "  ")
        }.joined(separator: "\n")
        text +=
            isPaired
            ? "\n\ndifferences seed by seed, ± 95 % (paired t)"
            : "\n\ndifferences of means, ± 95 % (Welch's t)"
        text += "; * leaves 0 out, ? too few seeds to say"
        if !missing.isEmpty {
            text += "\nin one of the two only: " + missing.joined(separator: ", ")
        }
        return text
    }

    private static func ordered(_ values: [UInt64: Double]) -> [Double] {
        values.sorted { $0.key < $1.key }.map(\.value)
    }
}
