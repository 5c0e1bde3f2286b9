internal import Foundation

/// The rows of MeritRank's experiments as people and programs read them.
public struct GainTables: Sendable {
    private let rows: [GainRow]

    public init(_ rows: [GainRow]) { self.rows = rows }

    /// One line for each point, numbers in full.
    public var tsv: String {
        var lines = [
            "network\tsweep\ttopology\tmeasure\talpha\tbeta\tgamma\tsybils\tattacks\tgain\tmargin95"
        ]
        for row in rows {
            let numbers = [row.alpha, row.beta].map { "\($0)" }
            let fields =
                [row.network, row.sweep.rawValue, row.shape.rawValue, row.measure.rawValue]
                + numbers
                + [
                    row.gamma.map { "\($0)" } ?? "", "\(row.sybils)", "\(row.gains.values.count)",
                    "\(row.gains.mean)", "\(row.gains.margin)",
                ]
            lines.append(fields.joined(separator: "\t"))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// One section a sweep.
    public var markdown: String {
        [published]
            .appending(
                sweep(.alpha, "Gain against alpha (beta 0)") { MarkdownTable.number($0.alpha) }
            )
            .appending(sweep(.beta, "Gain against beta") { MarkdownTable.number($0.beta) })
            .appending(
                sweep(.sybils, "Gain against the number of Sybils (beta 0)") { "\($0.sybils)" }
            )
            .appending(
                sweep(.gamma, "Gain against the epoch decay gamma (beta 0)") {
                    MarkdownTable.number($0.gamma ?? 0)
                }
            )
            .joined(separator: "\n\n") + "\n"
    }

    private var published: String {
        let own = rows.filter { $0.sweep == .published && $0.shape == .both }
        let networks = names(own)
        var table = MarkdownTable(["beta", "measure", "paper, MakerDAO"] + networks)
        for measure in [GainRow.Measure.hits, .visits] {
            for beta in Set(own.map(\.beta)).sorted() {
                let paper = PublishedGain.value(measure, beta: beta).map(MarkdownTable.number) ?? ""
                let cells = networks.map { network in
                    cell(
                        own.first {
                            $0.network == network && $0.beta == beta && $0.measure == measure
                        })
                }
                table.add([MarkdownTable.number(beta), measure.rawValue, paper] + cells)
            }
        }
        return heading("As published", own) + "\n" + table.text
    }

    private func sweep(
        _ sweep: GainRow.Sweep, _ title: String, _ key: (GainRow) -> String
    ) -> String {
        let own = rows.filter { $0.sweep == sweep }
        var keys: [String] = []
        for row in own where !keys.contains(key(row)) { keys.append(key(row)) }
        var table = MarkdownTable(
            ["network", "topology", "measure"] + keys.map { "\(sweep.rawValue) \($0)" })
        for network in names(own) {
            for shape in SybilShape.allCases {
                for measure in GainRow.Measure.allCases {
                    let line = own.filter {
                        $0.network == network && $0.shape == shape && $0.measure == measure
                    }
                    guard !line.isEmpty else { continue }
                    let cells = keys.map { wanted in cell(line.first { key($0) == wanted }) }
                    table.add([network, shape.rawValue, measure.rawValue] + cells)
                }
            }
        }
        return heading(title, own) + "\n" + table.text
    }

    private func heading(_ title: String, _ rows: [GainRow]) -> String {
        var said: [String] = []
        let alphas = Set(rows.map(\.alpha))
        if alphas.count == 1, let alpha = alphas.first { said.append("alpha \(alpha)") }
        let sybils = Set(rows.map(\.sybils))
        if sybils.count == 1, let count = sybils.first { said.append("\(count) Sybils") }
        let attacks = names(rows).compactMap { name in
            rows.first { $0.network == name }.map { "\($0.gains.values.count) on \(name)" }
        }
        said.append("attacks: " + attacks.joined(separator: ", "))
        return "### \(title)\n\n\(said.joined(separator: "; ")).\n"
    }

    private func names(_ rows: [GainRow]) -> [String] {
        var names: [String] = []
        for row in rows where !names.contains(row.network) { names.append(row.network) }
        return names
    }

    private func cell(_ row: GainRow?) -> String { row.map { MarkdownTable.cell($0.gains) } ?? "" }
}

extension [String] {
    fileprivate func appending(_ element: String) -> [String] { self + [element] }
}
