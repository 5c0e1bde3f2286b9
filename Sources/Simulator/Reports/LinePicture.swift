/// Draws lines with their bands.
struct LinePicture {
    private let chart: Chart
    private let lines: [Chart.Line]
    private let x: Axis
    private let y: Axis

    static let width = 720.0
    static let height = 320.0
    private static let across = 64.0...700.0
    private static let bottom = 272.0
    private static let top = 14.0

    init(_ chart: Chart, _ lines: [Chart.Line]) {
        self.chart = chart
        self.lines = lines
        let points = lines.flatMap(\.points)
        x = Axis(
            holding: points.map(\.x), places: Self.across, isLogarithmic: chart.isLogarithmic,
            fromZero: false)
        let bound = chart.bound.map { [$0.value] } ?? []
        y = Axis(
            holding: points.flatMap { [$0.y.low, $0.y.high] } + bound + [0],
            places: 0...(Self.bottom - Self.top),
            least: points.contains { $0.y.mean < 0 } ? nil : 0,
            most: chart.most)
    }

    func draw(into page: inout Markup) {
        grid(&page)
        for (position, line) in lines.enumerated() {
            band(line, position, &page)
            curve(line, position, &page)
        }
        guard let bound = chart.bound else { return }
        let height = (Self.bottom - y.place(bound.value)).place
        page.empty(
            "line",
            [
                ("class", "bound"), ("x1", Self.across.lowerBound.place), ("y1", height),
                ("x2", Self.across.upperBound.place), ("y2", height),
            ])
        page.element(
            "text",
            [
                ("class", "note"), ("x", (Self.across.upperBound - 4).place),
                ("y", (Self.bottom - y.place(bound.value) + 14).place), ("text-anchor", "end"),
            ], bound.name)
    }

    private func grid(_ page: inout Markup) {
        for tick in y.ticks {
            let height = Self.bottom - y.place(tick)
            page.empty(
                "line",
                [
                    ("class", "grid"), ("x1", Self.across.lowerBound.place), ("y1", height.place),
                    ("x2", Self.across.upperBound.place), ("y2", height.place),
                ])
            page.element(
                "text",
                [
                    ("class", "tick"), ("x", (Self.across.lowerBound - 8).place),
                    ("y", (height + 4).place), ("text-anchor", "end"),
                ], Shown.tick(tick))
        }
        for tick in x.ticks {
            page.element(
                "text",
                [
                    ("class", "tick"), ("x", x.place(tick).place),
                    ("y", (Self.bottom + 18).place), ("text-anchor", "middle"),
                ], Shown.tick(tick))
        }
        page.element(
            "text",
            [
                ("class", "label"),
                ("x", ((Self.across.lowerBound + Self.across.upperBound) / 2).place),
                ("y", (Self.height - 10).place), ("text-anchor", "middle"),
            ], chart.xLabel)
        let middle = (Self.bottom + Self.top) / 2
        page.element(
            "text",
            [
                ("class", "label"), ("x", "14"), ("y", middle.place), ("text-anchor", "middle"),
                ("transform", "rotate(-90 14 \(middle.place))"),
            ], chart.yLabel)
    }

    private func band(_ line: Chart.Line, _ position: Int, _ page: inout Markup) {
        guard line.points.contains(where: { $0.y.halfWidth ?? 0 > 0 }) else { return }
        let above = line.points.map { at($0.x, $0.y.high) }
        let below = line.points.reversed().map { at($0.x, $0.y.low) }
        page.empty(
            "polygon",
            [
                ("class", "band s\(position % SeriesStyle.count)"),
                ("points", (above + below).joined(separator: " ")),
            ])
    }

    private func curve(_ line: Chart.Line, _ position: Int, _ page: inout Markup) {
        let style = "s\(position % SeriesStyle.count)"
        if line.points.count == 1, let only = line.points.first {
            page.empty(
                "circle",
                [
                    ("class", "dot \(style)"), ("cx", x.place(only.x).place),
                    ("cy", (Self.bottom - y.place(only.y.mean)).place), ("r", "4"),
                ])
            return
        }
        page.empty(
            "polyline",
            [
                ("class", "curve \(style)"),
                ("points", line.points.map { at($0.x, $0.y.mean) }.joined(separator: " ")),
            ])
    }

    private func at(_ horizontal: Double, _ vertical: Double) -> String {
        "\(x.place(horizontal).place),\((Self.bottom - y.place(vertical)).place)"
    }
}
