/// A picture in a page: figure, accessible name and description, legend, and its numbers as a table.
extension Chart {
    func draw(into page: inout Markup) {
        page.element("figure", [("id", name)]) { page in
            page.element("h2", title)
            legend(&page)
            picture(&page)
            page.element("figcaption", text)
            page.element("details") { page in
                page.element("summary", "The numbers")
                page.element("div", [("class", "wide")]) { table(&$0) }
            }
        }
    }

    private func picture(_ page: inout Markup) {
        let height: Double
        switch content {
        case .lines: height = LinePicture.height
        case .bars(let groups, _): height = BarPicture(self, groups).height
        }
        page.element(
            "svg",
            [
                ("xmlns", "http://www.w3.org/2000/svg"),
                ("viewBox", "0 0 \(LinePicture.width.place) \(height.place)"), ("role", "img"),
                ("aria-labelledby", "\(name)-title \(name)-text"),
            ]
        ) { page in
            page.element("title", [("id", "\(name)-title")], title)
            page.element("desc", [("id", "\(name)-text")], text)
            switch content {
            case .lines(let lines): LinePicture(self, lines).draw(into: &page)
            case .bars(let groups, _): BarPicture(self, groups).draw(into: &page)
            }
        }
    }

    /// Who has no data in this picture is not named, and keeps its colour in the others.
    private func legend(_ page: inout Markup) {
        let entries: [(name: String, hasData: Bool)]
        switch content {
        case .lines(let lines): entries = lines.map { ($0.name, !$0.points.isEmpty) }
        case .bars(let groups, let series):
            entries = series.enumerated().map { position, name in
                (name, groups.contains { $0.bars[position] != nil })
            }
        }
        guard entries.count > 1 else { return }
        page.element("ul", [("class", "legend")]) { page in
            for (position, entry) in entries.enumerated() where entry.hasData {
                page.element("li", [("class", "s\(position % SeriesStyle.count)")], entry.name)
            }
        }
    }

    private func table(_ page: inout Markup) {
        page.element("table") { page in
            page.element("caption", title)
            switch content {
            case .lines(let lines): table(lines, &page)
            case .bars(let groups, let series): table(groups, series, &page)
            }
        }
    }

    private func table(_ lines: [Line], _ page: inout Markup) {
        page.head([xLabel] + lines.map(\.name))
        var rows: [Double: [Estimate?]] = [:]
        for (position, line) in lines.enumerated() {
            for point in line.points {
                rows[point.x, default: [Estimate?](repeating: nil, count: lines.count)][position] =
                    point.y
            }
        }
        page.element("tbody") { page in
            for (x, cells) in rows.sorted(by: { $0.key < $1.key }) {
                page.row(Shown.number(x), cells)
            }
        }
    }

    private func table(_ groups: [BarGroup], _ series: [String], _ page: inout Markup) {
        page.head([yLabel] + series)
        page.element("tbody") { page in
            for group in groups { page.row(group.name, group.bars) }
        }
    }
}

extension Markup {
    mutating func head(_ names: [String]) {
        element("thead") { page in
            page.element("tr") { page in
                for name in names { page.element("th", [("scope", "col")], name) }
            }
        }
    }

    /// A line of a table; `data-value` holds the mean with every digit.
    mutating func row(_ name: String, _ cells: [Estimate?]) {
        element("tr") { page in
            page.element("th", [("scope", "row")], name)
            for cell in cells {
                guard let cell else {
                    page.element("td", "")
                    continue
                }
                page.element("td", [("data-value", "\(cell.mean)")], Shown.estimate(cell))
            }
        }
    }
}
