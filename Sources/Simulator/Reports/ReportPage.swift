/// One self-contained page about runs: nothing is loaded from anywhere, and every number is computed from the rows of
/// the runs.
///
/// Well-formed XML, so that its tables can be read back by a program: `data-value` of a cell is the mean over
/// the seeds with every digit.
public struct ReportPage: Sendable {
    public let series: [RunSeries]

    /// Requires at least one series.
    public init(_ series: [RunSeries]) { self.series = series }

    /// The page. O(rows).
    public var html: String {
        var page = Markup()
        page.element("html", [("xmlns", "http://www.w3.org/1999/xhtml"), ("lang", "en")]) { page in
            page.element("head") { page in
                page.empty("meta", [("charset", "utf-8")])
                page.empty(
                    "meta",
                    [("name", "viewport"), ("content", "width=device-width, initial-scale=1")])
                page.element("title", title)
                page.element("style") { $0.raw(Self.style) }
            }
            page.element("body") { page in
                page.element("h1", title)
                opening(&page)
                runs(&page)
                for chart in charts() { chart.draw(into: &page) }
                figures(&page)
                violations(&page)
                scenarios(&page)
            }
        }
        return "<!DOCTYPE html>\n" + page.text
    }

    private var title: String { "simnet: " + series.map(\.name).joined(separator: ", ") }

    private func opening(_ page: inout Markup) {
        let count = series.reduce(0) { $0 + $1.runs.count }
        let bad = series.flatMap(\.runs).filter { $0.violationCount > 0 }.count
        page.element("p") { page in
            page.raw("\(count) \(count == 1 ? "run" : "runs"). ")
            page.element(
                "span", [("class", bad == 0 ? "good" : "bad")],
                bad == 0 ? "Nothing was violated." : "\(bad) with violations.")
            if series.contains(where: { $0.runs.count > 1 }) {
                page.raw(
                    "Lines and bars are means over the seeds; bands, whiskers and ± are 95 % "
                        + "confidence intervals (Student's t).")
            } else {
                page.raw("One seed each: there are no intervals.")
            }
        }
    }

    private func runs(_ page: inout Markup) {
        page.element("div", [("class", "wide")]) { page in
            page.element("table") { page in
                page.element("caption", "What was run")
                page.element("thead") { page in
                    page.element("tr") { page in
                        page.element("th", [("scope", "col")], "series")
                        page.element("th", [("scope", "col"), ("class", "words")], "what")
                        for name in ["seeds", "seconds", "events", "checks", "violations"] {
                            page.element("th", [("scope", "col")], name)
                        }
                    }
                }
                page.element("tbody") { page in
                    for one in series { run(one, &page) }
                }
            }
        }
    }

    private func run(_ one: RunSeries, _ page: inout Markup) {
        let seeds = one.runs.map(\.seed).sorted()
        let span = seeds.count == 1 ? "\(seeds[0])" : "\(seeds.count)"
        func sum(_ value: (RunRecord) -> Double) -> String {
            Shown.number(one.runs.reduce(0) { $0 + value($1) })
        }
        page.element("tr") { page in
            page.element("th", [("scope", "row")], one.name)
            page.element("td", [("class", "words")], one.runs.first?.summary ?? "")
            page.element("td", span)
            page.element("td", sum { Double($0.durationMilliseconds) / 1000 })
            page.element("td", sum { Double($0.events) })
            page.element("td", sum { Double($0.checks) })
            page.element("td", sum { Double($0.violationCount) })
        }
    }

    private func figures(_ page: inout Markup) {
        var names: [String] = []
        for one in series {
            for name in one.figureNames where !names.contains(name) { names.append(name) }
        }
        guard !names.isEmpty else { return }
        page.element("figure", [("id", "figures")]) { page in
            page.element("h2", "Every figure at the end")
            page.element("div", [("class", "wide")]) { page in
                page.element("table") { page in
                    page.element("caption", "Means over the seeds")
                    page.head(["figure"] + series.map(\.name))
                    page.element("tbody") { page in
                        for name in names { page.row(name, series.map { $0.estimate(name) }) }
                    }
                }
            }
        }
    }

    private func violations(_ page: inout Markup) {
        let bad = series.flatMap { one in one.runs.map { (one.name, $0) } }
            .filter { $0.1.violationCount > 0 }
        guard !bad.isEmpty else { return }
        page.element("figure", [("id", "violations")]) { page in
            page.element("h2", "Violations")
            page.element("ul") { page in
                for (name, run) in bad {
                    for violation in run.violations {
                        page.element("li", "\(name), seed \(run.seed): \(violation)")
                    }
                }
            }
        }
    }

    private func scenarios(_ page: inout Markup) {
        page.element("figure", [("id", "scenarios")]) { page in
            page.element("h2", "Scenarios")
            page.element(
                "p", [("class", "soft")], "As the first seed of each series resolved them.")
            for one in series {
                guard let first = one.runs.min(by: { $0.seed < $1.seed }) else { continue }
                page.element("details") { page in
                    page.element(
                        "summary", "\(one.name): seed \(first.seed), trace hash \(first.traceHash)")
                    page.element("pre", first.scenario)
                }
            }
        }
    }
}
