/// GossipSub's Sybil set-up (Vyzovitis et al. 2020, arXiv 2007.02754) on our network: how fast and how completely records of
/// honest authors reach honest nodes while four times as many Sybils promise and do not deliver.
public struct GossipSubStudy: Sendable {
    public enum Setting: String, CaseIterable, Sendable {
        case none = "no Sybils"
        /// The paper's cold boot: honest nodes and Sybils join together.
        case start = "from the start"
        /// The Sybils join a warm network, with the first record that is measured.
        case running = "when warm"
    }

    /// What one run measured, after the warm-up.
    public struct Row: Sendable {
        public let setting: Setting
        public let seed: UInt64
        public let honest: Int
        public let sybils: Int
        public let p50Milliseconds: Double
        public let p99Milliseconds: Double
        /// Of what honest authors said in the whole run, the part that honest nodes hold at the end.
        public let held: Double
        public let copiesPerDelivery: Double
        public let bytesPerDelivery: Double
        public let violations: Int
    }

    private let scenario: Scenario

    /// `scenario` as `simnet/scenarios/gossipsub.toml` has it, with as many honest nodes as are asked for and Sybils in
    /// the scenario's proportion; links shrink where there are few nodes.
    public init(_ scenario: Scenario, honest: Int) {
        var scenario = scenario
        scenario.droppers = scenario.droppers * honest / scenario.honestNodes
        scenario.honestNodes = honest
        scenario.authors = min(scenario.authors, max(1, honest / 4))
        scenario.hostileLinks = min(scenario.hostileLinks, max(1, honest / 2))
        scenario.dialledLinks = min(scenario.dialledLinks, max(1, honest / 6))
        self.scenario = scenario
    }

    /// Runs one network to its end.
    public func run(
        _ setting: Setting, seed: UInt64, progress: (UInt64, UInt64) -> Void = { _, _ in }
    ) -> Row {
        var scenario = scenario
        if setting == .none { scenario.droppers = 0 }
        if setting == .running { scenario.hostileFromSeconds = scenario.warmUpSeconds }
        let report = Simulation(scenario, seed: seed).run(progress: progress)
        func figure(_ name: String) -> Double {
            report.figures.first { $0.name == name }?.value ?? .nan
        }
        let held = report.rows.last { $0.metric == "convergence" }?.value ?? 0
        return Row(
            setting: setting, seed: seed, honest: scenario.honestNodes, sybils: scenario.droppers,
            p50Milliseconds: figure("delay_p50_milliseconds"),
            p99Milliseconds: figure("delay_p99_milliseconds"), held: held,
            copiesPerDelivery: figure("copies_per_delivery"),
            bytesPerDelivery: figure("bytes_per_delivery"), violations: report.violationCount)
    }

    // MARK: Tables

    private static let columns: [(name: String, value: @Sendable (Row) -> Double)] = [
        ("p50 ms", { $0.p50Milliseconds }), ("p99 ms", { $0.p99Milliseconds }),
        ("held at the end", { $0.held }), ("copies a delivery", { $0.copiesPerDelivery }),
        ("bytes a delivery", { $0.bytesPerDelivery }), ("violations", { Double($0.violations) }),
    ]

    /// One line a setting: means over the seeds, with 95 % intervals where there are several.
    public static func markdown(_ rows: [Row]) -> String {
        let names = ["Sybils", "honest", "Sybil nodes"] + columns.map(\.name)
        var text = "| " + names.joined(separator: " | ") + " |\n"
        text += "|" + String(repeating: "---|", count: names.count) + "\n"
        for setting in Setting.allCases {
            let found = rows.filter { $0.setting == setting }
            guard let first = found.first else { continue }
            let cells = columns.map { column in
                Estimate(found.map(column.value)).map { estimate in
                    Shown.number(estimate.mean)
                        + (estimate.halfWidth.map { " ± \(Shown.number($0))" } ?? "")
                } ?? ""
            }
            text +=
                "| "
                + ([setting.rawValue, "\(first.honest)", "\(first.sybils)"] + cells)
                .joined(separator: " | ") + " |\n"
        }
        return text
    }

    /// Every row with every digit.
    public static func tsv(_ rows: [Row]) -> String {
        var text =
            "setting\tseed\thonest\tsybils\t"
            + columns.map { $0.name.replacing(" ", with: "_") }.joined(separator: "\t") + "\n"
        for row in rows {
            let cells = columns.map { "\($0.value(row))" }
            text +=
                ([row.setting.rawValue, "\(row.seed)", "\(row.honest)", "\(row.sybils)"] + cells)
                .joined(separator: "\t") + "\n"
        }
        return text
    }
}
