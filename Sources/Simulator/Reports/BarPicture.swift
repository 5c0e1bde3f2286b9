/// Draws groups of horizontal bars with whiskers for their intervals.
struct BarPicture {
    private let chart: Chart
    private let groups: [Chart.BarGroup]
    private let x: Axis

    private static let names = 190.0
    private static let right = 690.0
    private static let top = 10.0
    private static let gap = 10.0
    private static let bottom = 44.0

    init(_ chart: Chart, _ groups: [Chart.BarGroup]) {
        self.chart = chart
        self.groups = groups
        let bars = groups.flatMap(\.bars).compactMap { $0 }
        let values = bars.flatMap { [$0.low, $0.high] }
        x = Axis(
            holding: values + (chart.bound.map { [$0.value] } ?? []) + [0],
            places: Self.names...Self.right, least: bars.contains { $0.mean < 0 } ? nil : 0,
            most: chart.most)
    }

    var height: Double {
        Self.top + groups.reduce(0) { $0 + groupHeight($1) + Self.gap } + Self.bottom
    }

    func draw(into page: inout Markup) {
        let floor = height - Self.bottom
        for tick in x.ticks {
            page.empty(
                "line",
                [
                    ("class", "grid"), ("x1", x.place(tick).place), ("y1", Self.top.place),
                    ("x2", x.place(tick).place), ("y2", floor.place),
                ])
            page.element(
                "text",
                [
                    ("class", "tick"), ("x", x.place(tick).place), ("y", (floor + 16).place),
                    ("text-anchor", "middle"),
                ], Shown.tick(tick))
        }
        var next = Self.top
        for group in groups {
            draw(group, at: next, &page)
            next += groupHeight(group) + Self.gap
        }
        page.element(
            "text",
            [
                ("class", "label"), ("x", ((Self.names + Self.right) / 2).place),
                ("y", (height - 8).place), ("text-anchor", "middle"),
            ], chart.xLabel)
        guard let bound = chart.bound else { return }
        page.empty(
            "line",
            [
                ("class", "bound"), ("x1", x.place(bound.value).place), ("y1", Self.top.place),
                ("x2", x.place(bound.value).place), ("y2", floor.place),
            ])
        page.element(
            "text",
            [
                ("class", "note"), ("x", (x.place(bound.value) - 6).place),
                ("y", (floor - 4).place), ("text-anchor", "end"),
            ], bound.name)
    }

    private func draw(_ group: Chart.BarGroup, at start: Double, _ page: inout Markup) {
        page.element(
            "text",
            [
                ("class", "name"), ("x", (Self.names - 8).place),
                ("y", (start + groupHeight(group) / 2 + 4).place), ("text-anchor", "end"),
            ], group.name)
        let thickness = barHeight(group)
        for (position, bar) in group.bars.enumerated() {
            guard let bar, bar.mean != 0 else { continue }
            let top = start + Double(position) * thickness
            let (zero, end) = (x.place(0), x.place(bar.mean))
            page.empty(
                "rect",
                [
                    ("class", "bar s\(position % SeriesStyle.count)"),
                    ("x", min(zero, end).place), ("y", (top + 1).place),
                    ("width", max(1, abs(end - zero)).place), ("height", (thickness - 2).place),
                ])
            guard let half = bar.halfWidth, half > 0 else { continue }
            let middle = (top + thickness / 2).place
            page.empty(
                "line",
                [
                    ("class", "whisker"), ("x1", x.place(bar.low).place), ("y1", middle),
                    ("x2", x.place(bar.high).place), ("y2", middle),
                ])
        }
    }

    private func barHeight(_ group: Chart.BarGroup) -> Double { group.bars.count > 1 ? 12 : 16 }

    private func groupHeight(_ group: Chart.BarGroup) -> Double {
        max(16, barHeight(group) * Double(group.bars.count))
    }
}
