/// The rows of Web3Recommend's experiments as people and programs read them.
public struct ExperimentTables: Sendable {
    private let rows: [ExperimentRow]

    public init(_ rows: [ExperimentRow]) { self.rows = rows }

    /// One line for each point, numbers in full.
    public var tsv: String {
        let header = "network\texperiment\tmethod\tmetric\tvaried\tvalue\tegos\tmean\tmargin95"
        let lines = rows.map { row in
            [
                row.network, row.experiment.rawValue, row.method, row.metric.rawValue, row.varied,
                "\(row.value)", "\(row.sample.values.count)", "\(row.sample.mean)",
                "\(row.sample.margin)",
            ].joined(separator: "\t")
        }
        return ([header] + lines).joined(separator: "\n") + "\n"
    }

    /// One section an experiment. What is in the first 1,000 is in the lines alone.
    public var markdown: String {
        ExperimentRow.Experiment.allCases.compactMap(section).joined(separator: "\n\n") + "\n"
    }

    private func section(_ experiment: ExperimentRow.Experiment) -> String? {
        let own = rows.filter { $0.experiment == experiment }
        guard let first = own.first else { return nil }
        let values = Self.distinct(own.map(\.value))
        let networks = Self.distinct(own.map(\.network))
        var table = MarkdownTable(
            ["data", "method", "metric"]
                + values.map { "\(first.varied) \(MarkdownTable.number($0))" })
        for network in networks {
            for metric in ExperimentRow.Metric.allCases where metric != .top1000 {
                let block = own.filter { $0.network == network && $0.metric == metric }
                for method in Self.distinct(block.map(\.method)) {
                    let line = block.filter { $0.method == method }
                    table.add(
                        [network, method, metric.rawValue]
                            + values.map { value in
                                line.first { $0.value == value }
                                    .map { MarkdownTable.cell($0.sample) } ?? ""
                            })
                }
            }
        }
        let egos = networks.compactMap { network in
            own.filter { $0.network == network }.map(\.sample.values.count).max().map {
                "\($0) on \(network)"
            }
        }
        return "### \(Self.title(experiment))\n\nEgos: \(egos.joined(separator: ", ")).\n\n"
            + table.text
    }

    private static func title(_ experiment: ExperimentRow.Experiment) -> String {
        switch experiment {
        case .hitRate: "Held-out items that come back"
        case .overlap: "Rank-biased overlap with the list at alpha 0.1"
        case .beta: "Giga: 10 % collude, against beta"
        case .chain: "Linear: 30 % lead chains of Sybils"
        case .star: "Parallel: 30 % lead stars of Sybils"
        case .cycle: "Cycle: 30 % lead cycles of Sybils"
        case .fraction: "Multi-giga: part of the users who collude"
        case .singleChain: "Single linear: one attacker, seen by those who trust it"
        case .singleStar: "Single parallel: one attacker, seen by those who trust it"
        }
    }

    private static func distinct<Element: Equatable>(_ elements: [Element]) -> [Element] {
        elements.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
