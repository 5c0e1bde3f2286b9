/// What attackers of recommendations gain, when runs have judged lists (`recommendation.egos`): ours beside the
/// undefended engines and the same network without attackers.
extension ReportPage {
    /// Metrics that have their pictures here.
    static let judged =
        ["spam_at_20", "recall_at_20", "hit_at_20", "spam_share"].flatMap {
            [$0, $0 + RecommendationStudy.twinSuffix]
        } + ["front_spam_at_20", "front_recall_at_20"]

    private static var methods: [String] { ListJudge.Method.allCases.map(\.rawValue) }

    func attackCharts() -> [Chart] {
        [
            byMethod(
                "spam_at_20", "Spam in the first 20",
                "Items that attackers push among the first 20 of a list, mean over the judged users, at the "
                    + "end. Lower is better; without attackers the same items are counted.", "items"
            ),
            byMethod(
                "recall_at_20", "Recall with and without attackers",
                "Share of what a user would like and has not said that is among the first 20. Higher is "
                    + "better.", "share found"),
            bySize("sybils", "attack.sybils", "Sybils"),
            bySize("edges", "attack.edges", "honest users' edges to attackers"),
            recallBySize(), front(),
        ].compactMap { $0 }
    }

    /// A group of bars a method, a bar a series, and one more a series for its network without attackers.
    private func byMethod(_ metric: String, _ title: String, _ text: String, _ unit: String)
        -> Chart?
    {
        let twin = metric + RecommendationStudy.twinSuffix
        let attacked = series.filter { $0.estimate("\(twin).\(Self.methods[0])") != nil }
        let names = series.map(\.name) + attacked.map { $0.name + " without attackers" }
        let groups = Self.methods.map { method in
            Chart.BarGroup(
                name: method,
                bars: series.map { $0.estimate("\(metric).\(method)") }
                    + attacked.map { $0.estimate("\(twin).\(method)") })
        }
        guard groups.contains(where: { $0.bars.contains { $0 != nil } }) else { return nil }
        return Chart(
            name: metric.hyphenated, title: title, text: text, xLabel: unit, yLabel: "engine",
            content: .bars(groups, series: names))
    }

    /// Gain against the size of the attack: a line a method, a point a series, its seeds the band.
    private func bySize(_ name: String, _ figure: String, _ label: String) -> Chart? {
        sized(
            Chart(
                name: "gain-by-\(name)", title: "Attack gain by \(label)",
                text: "Spam among the first 20, one point a series of runs.", xLabel: label,
                yLabel: "spam items",
                content: .lines(Self.methods.map { line($0, "spam_at_20.\($0)", figure) })))
    }

    private func recallBySize() -> Chart? {
        let twin = "recall_at_20" + RecommendationStudy.twinSuffix
        return sized(
            Chart(
                name: "recall-by-attackers", title: "Recall by attackers",
                text:
                    "Held-out items found, one point a series of runs; dots of the same size without "
                    + "attackers are the lines that end in `, no attack`.",
                xLabel: "identities of attackers", yLabel: "share found",
                content: .lines(
                    Self.methods.map { line($0, "recall_at_20.\($0)", "attack.identities") }
                        + Self.methods.map {
                            line("\($0), no attack", "\(twin).\($0)", "attack.identities")
                        })))
    }

    /// Nil unless the attack has more than one size.
    private func sized(_ chart: Chart) -> Chart? {
        guard case .lines(let lines) = chart.content,
            lines.contains(where: { $0.points.count > 1 })
        else { return nil }
        return chart
    }

    private func line(_ name: String, _ figure: String, _ size: String) -> Chart.Line {
        let points = series.compactMap { one -> Chart.Point? in
            guard let x = one.estimate(size)?.mean, x > 0, let y = one.estimate(figure) else {
                return nil
            }
            return Chart.Point(x: x, y: y)
        }
        return Chart.Line(name: name, points: points.sorted { $0.x < $1.x })
    }

    /// Relevance against cleanness along the restart of the walk: a line a method over all runs.
    private func front() -> Chart? {
        var found: [String: [String: (spam: [Double], recall: [Double])]] = [:]
        for row in series.flatMap(\.runs).flatMap(\.rows) {
            let parts = row.group.split(separator: " ", maxSplits: 1).map(String.init)
            let alpha = parts.count > 1 ? parts[1] : ""
            switch row.metric {
            case "front_spam_at_20":
                found[parts[0], default: [:]][alpha, default: ([], [])].spam.append(row.value)
            case "front_recall_at_20":
                found[parts[0], default: [:]][alpha, default: ([], [])].recall.append(row.value)
            default: break
            }
        }
        let lines = Self.methods.compactMap { method -> Chart.Line? in
            let points = (found[method] ?? [:]).values.compactMap { values -> Chart.Point? in
                guard let spam = Estimate(values.spam), let recall = Estimate(values.recall) else {
                    return nil
                }
                return Chart.Point(x: 1 - spam.mean / Double(ListJudge.length), y: recall)
            }
            return points.isEmpty
                ? nil : Chart.Line(name: method, points: points.sorted { $0.x < $1.x })
        }
        guard !lines.isEmpty else { return nil }
        return Chart(
            name: "trust-relevance", title: "Trust and relevance",
            text:
                "Each point is one restart of the trust walk (0.05 to 0.7; one point where there is "
                + "none), over all runs. Further right is cleaner, further up finds more.",
            xLabel: "share of the first 20 that is no spam", yLabel: "held-out items found",
            content: .lines(lines))
    }
}
