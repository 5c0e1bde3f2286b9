/// What one picture of a report shows, before it is drawn.
public struct Chart: Sendable {
    public struct Point: Sendable {
        public var x: Double
        public var y: Estimate

        public init(x: Double, y: Estimate) {
            self.x = x
            self.y = y
        }
    }

    /// One line with its band.
    public struct Line: Sendable {
        public var name: String
        /// Ascending by `x`.
        public var points: [Point]

        public init(name: String, points: [Point]) {
            self.name = name
            self.points = points
        }
    }

    /// One named group of bars, a bar a series.
    public struct BarGroup: Sendable {
        public var name: String
        public var bars: [Estimate?]

        public init(name: String, bars: [Estimate?]) {
            self.name = name
            self.bars = bars
        }
    }

    public enum Content: Sendable {
        case lines([Line])
        case bars([BarGroup], series: [String])
    }

    /// A word of letters, digits and hyphens, unique in a page.
    public var name: String
    public var title: String
    /// One sentence: what is shown, and what would be good.
    public var text: String
    public var xLabel: String
    public var yLabel: String
    public var isLogarithmic = false
    /// The most that can be, where there is such a thing: a share is at most 1.
    public var most: Double?
    /// A value that must not be passed.
    public var bound: (name: String, value: Double)?
    public var content: Content

    public init(
        name: String, title: String, text: String, xLabel: String, yLabel: String,
        isLogarithmic: Bool = false, most: Double? = nil,
        bound: (name: String, value: Double)? = nil, content: Content
    ) {
        self.name = name
        self.title = title
        self.text = text
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.isLogarithmic = isLogarithmic
        self.most = most
        self.bound = bound
        self.content = content
    }
}

extension RunSeries {
    /// A metric over virtual time, a point for each tick that any run states.
    func line(_ metric: String, group: String) -> Chart.Line {
        line { $0.metric == metric && $0.group == group ? Double($0.tick) : nil }
    }

    /// Points at the place that `place` gives a row, over the seeds.
    func line(at place: (MetricRow) -> Double?) -> Chart.Line {
        var values: [Double: [Double]] = [:]
        for run in runs {
            for row in run.rows {
                if let x = place(row) { values[x, default: []].append(row.value) }
            }
        }
        let points = values.sorted { $0.key < $1.key }.compactMap { x, found in
            Estimate(found).map { Chart.Point(x: x, y: $0) }
        }
        return Chart.Line(name: name, points: points)
    }

    /// A cumulative distribution: a run says nothing between its steps, so that it is carried forward.
    func distribution(_ metric: String) -> Chart.Line {
        let steps = runs.map { run -> [(x: Double, y: Double)] in
            run.rows.compactMap { row in
                guard row.metric == metric, let x = Double(row.group) else { return nil }
                return (x, row.value)
            }.sorted { $0.x < $1.x }
        }.filter { !$0.isEmpty }
        let places = Set(steps.flatMap { $0.map(\.x) }).sorted()
        var cursors = [Int](repeating: 0, count: steps.count)
        let points = places.compactMap { x -> Chart.Point? in
            var values: [Double] = []
            for (position, run) in steps.enumerated() {
                while cursors[position] < run.count, run[cursors[position]].x <= x {
                    cursors[position] += 1
                }
                values.append(cursors[position] == 0 ? 0 : run[cursors[position] - 1].y)
            }
            return Estimate(values).map { Chart.Point(x: x, y: $0) }
        }
        return Chart.Line(name: name, points: points)
    }
}
