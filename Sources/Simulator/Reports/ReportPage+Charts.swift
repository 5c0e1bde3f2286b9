/// Which pictures a report has. Each is left out when no run states its metrics.
extension ReportPage {
    /// Metrics over time that have a picture of their own; others come last, one picture each.
    private static let known = Set([
        "convergence", "bytes_per_delivery", "copies_per_delivery", "delay_cdf", "map_fill",
        "disk_bytes", "memory_bytes", "store_queue",
    ]).union(judged)
    /// More pictures of other metrics help nobody.
    private static let otherPictures = 12

    func charts() -> [Chart] {
        [
            propagation(),
            overTime(
                "convergence", "Convergence",
                "Records of honest, trusted authors held by honest nodes, over what their authors "
                    + "have published. 1: everybody holds everything.", "share held",
                most: 1),
            overTime(
                "bytes_per_delivery", "Bytes per delivery",
                "Bytes that honest nodes sent since the start, over records that arrived somewhere "
                    + "new. Lower is cheaper.", "bytes"),
            overTime(
                "copies_per_delivery", "Copies per delivery",
                "Records received over records that were new. 1 is the least that is possible; "
                    + "GossipSub with a mesh of six needs about 5.", "copies", bound: ("least", 1)),
            fill(),
            overTime(
                "disk_bytes", "Disk", "The fullest disk of an honest node.", "bytes",
                bound: limit("disk_bytes_bound", "budget")),
            overTime(
                "memory_bytes", "Memory", "The largest resident memory of a node.", "bytes",
                bound: limit("memory_bytes_bound", "bound")),
            overTime(
                "store_queue", "Store queue",
                "Operations that wait for the disk on the node where most of them do.",
                "operations"),
            attack(), faults(), verdicts(),
        ].compactMap { $0 } + attackCharts() + others()
    }

    private func propagation() -> Chart? {
        lines(
            Chart(
                name: "propagation", title: "Propagation",
                text:
                    "Share of deliveries of honest authors' records within a time after their author "
                    + "had stored them. Further left is faster.",
                xLabel: "milliseconds after publication", yLabel: "share of deliveries",
                isLogarithmic: true, most: 1,
                content: .lines(series.map { $0.distribution("delay_cdf") })))
    }

    private func overTime(
        _ metric: String, _ title: String, _ text: String, _ unit: String,
        most: Double? = nil, bound: (name: String, value: Double)? = nil
    ) -> Chart? {
        lines(
            Chart(
                name: metric.hyphenated, title: title, text: text, xLabel: "seconds",
                yLabel: unit, most: most, bound: bound,
                content: .lines(
                    series.map { one in
                        one.line {
                            $0.metric == metric && $0.group != MetricRow.figureGroup
                                ? Double($0.tick) : nil
                        }
                    })))
    }

    /// A bound that runs state as a figure, the largest of them.
    private func limit(_ figure: String, _ name: String) -> (name: String, value: Double)? {
        let values = series.flatMap { $0.figures(figure).map(\.value) }
        return values.max().map { (name, $0) }
    }

    private func fill() -> Chart? {
        var names: [String] = []
        let highest = series.map { one -> [String: [Double]] in
            var found: [String: [Double]] = [:]
            for run in one.runs {
                var most: [String: Double] = [:]
                for row in run.rows where row.metric == "map_fill" {
                    most[row.group] = max(most[row.group] ?? 0, row.value)
                    if !names.contains(row.group) { names.append(row.group) }
                }
                for (name, value) in most { found[name, default: []].append(value) }
            }
            return found
        }
        let groups = names.map { name in
            Chart.BarGroup(name: name, bars: highest.map { Estimate($0[name] ?? []) })
        }
        return bars(
            Chart(
                name: "map-fill", title: "Queues and maps against their caps",
                text:
                    "The fullest each bounded map of an honest node was at any sample. Nothing may "
                    + "pass 1.", xLabel: "share of the cap", yLabel: "map", most: 1,
                bound: ("cap", 1),
                content: .bars(groups, series: series.map(\.name))))
    }

    private func attack() -> Chart? {
        let names = [
            ("region_mass", "trust that the region got"), ("region_mass_bound", "most that it may"),
        ]
        let groups = names.map { figure, name in
            Chart.BarGroup(name: name, bars: series.map { $0.estimate(figure) })
        }
        guard groups[1].bars.contains(where: { $0?.mean ?? 0 > 0 }) else { return nil }
        return bars(
            Chart(
                name: "attack", title: "Attack",
                text:
                    "Trust in all Byzantine authors together over the ego's trust in itself, at the "
                    + "honest node where it is largest, beside the bound of T2.",
                xLabel: "trust over the ego's own", yLabel: "figure",
                content: .bars(groups, series: series.map(\.name))))
    }

    private func faults() -> Chart? {
        figureBars(
            "faults", "Faults that struck", "How often each fault struck.", prefix: "fault.",
            unit: "times")
    }

    private func verdicts() -> Chart? {
        figureBars(
            "verdicts", "Verdicts", "What became of the records that honest nodes received.",
            prefix: "verdict.", unit: "records")
    }

    private func figureBars(
        _ name: String, _ title: String, _ text: String, prefix: String, unit: String
    ) -> Chart? {
        var names: [String] = []
        for one in series {
            for figure in one.figureNames where figure.hasPrefix(prefix) {
                let isZero = one.figures(figure).allSatisfy { $0.value == 0 }
                if !isZero, !names.contains(figure) { names.append(figure) }
            }
        }
        let groups = names.map { figure in
            Chart.BarGroup(
                name: String(figure.dropFirst(prefix.count)),
                bars: series.map { $0.estimate(figure) })
        }
        return bars(
            Chart(
                name: name, title: title, text: text, xLabel: unit, yLabel: "kind",
                content: .bars(groups, series: series.map(\.name))))
    }

    /// Every other metric that moves over time.
    private func others() -> [Chart] {
        var places: [String: Set<UInt64>] = [:]
        var order: [String] = []
        for row in series.flatMap(\.runs).flatMap(\.rows)
        where row.group != MetricRow.figureGroup && !Self.known.contains(row.metric) {
            if places[row.metric] == nil { order.append(row.metric) }
            places[row.metric, default: []].insert(row.tick)
        }
        return order.filter { places[$0]?.count ?? 0 > 1 }.prefix(Self.otherPictures)
            .compactMap { metric in
                overTime(
                    metric, metric.replacingUnderscores, "The metric `\(metric)` over time.",
                    metric.replacingUnderscores)
            }
    }

    private func lines(_ chart: Chart) -> Chart? {
        guard case .lines(let lines) = chart.content else { return nil }
        return lines.contains { !$0.points.isEmpty } ? chart : nil
    }

    private func bars(_ chart: Chart) -> Chart? {
        guard case .bars(let groups, _) = chart.content else { return nil }
        return groups.contains { $0.bars.contains { $0 != nil } } ? chart : nil
    }
}

extension String {
    var hyphenated: String { String(map { $0 == "_" || $0 == "." ? "-" : $0 }) }
    var replacingUnderscores: String { String(map { $0 == "_" ? " " : $0 }) }
}
