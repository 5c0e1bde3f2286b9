internal import Foundation

/// Reports side by side, as people and programs read them.
public struct EvaluationTable: Sendable {
    public enum Form: String, Hashable, Sendable, CaseIterable {
        case markdown, tsv, json
    }

    public let reports: [MethodReport]
    public let bootstrap: Bootstrap?

    public init(_ reports: [MethodReport], bootstrap: Bootstrap? = nil) {
        self.reports = reports
        self.bootstrap = bootstrap
    }

    public func text(_ form: Form) throws(EvaluationFailure) -> String {
        switch form {
        case .markdown: markdown
        case .tsv: tsv
        case .json: try json()
        }
    }

    /// One table per length; the interval of NDCG beside it when there is a bootstrap.
    private var markdown: String {
        var blocks: [String] = []
        for k in Set(reports.map(\.k)).sorted() {
            let group = reports.filter { $0.k == k }
            guard let first = group.first else { continue }
            let names = first.figures.map(\.name)
            let titles = ["@\(k)"] + names + (bootstrap == nil ? [] : ["ndcg 95 %"]) + ["s"]
            var lines = [Self.line(titles), Self.line(titles.map { _ in "---" })]
            for report in group {
                var cells = [report.method] + report.figures.map { Self.number($0.mean) }
                if let bootstrap {
                    let range = bootstrap.interval(report.accuracy.ndcg)
                    cells.append(
                        "\(Self.number(range.lowerBound))-\(Self.number(range.upperBound))")
                }
                lines.append(Self.line(cells + [String(format: "%.1f", report.seconds)]))
            }
            blocks.append(lines.joined(separator: "\n"))
        }
        return blocks.joined(separator: "\n\n")
    }

    /// One line per method, length and metric, numbers in full.
    private var tsv: String {
        var lines = ["method\tk\tmetric\tvalue\tlow\thigh"]
        for report in reports {
            for figure in report.figures {
                let range = interval(figure)
                lines.append(
                    "\(report.method)\t\(report.k)\t\(figure.name)\t\(figure.mean)\t"
                        + "\(range.map { "\($0.lowerBound)" } ?? "")\t"
                        + "\(range.map { "\($0.upperBound)" } ?? "")")
            }
        }
        return lines.joined(separator: "\n")
    }

    private func json() throws(EvaluationFailure) -> String {
        let items = reports.map { report in
            Document.Item(
                method: report.method, k: report.k, seconds: report.seconds,
                metrics: Dictionary(
                    uniqueKeysWithValues: report.figures.map { ($0.name, $0.mean) }),
                intervals: bootstrap == nil
                    ? nil
                    : Dictionary(
                        uniqueKeysWithValues: report.figures.compactMap { figure in
                            interval(figure).map {
                                (figure.name, [$0.lowerBound, $0.upperBound])
                            }
                        }))
        }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        do {
            return String(decoding: try encoder.encode(Document(items: items)), as: UTF8.self)
        } catch {
            throw EvaluationFailure(code: .usage, operation: "write JSON", message: "\(error)")
        }
    }

    private struct Document: Encodable {
        var schema = "vouchbird.evaluation/1"
        var items: [Item]

        struct Item: Encodable {
            var method: String
            var k: Int
            var seconds: Double
            var metrics: [String: Double]
            /// 95 %, by metric; absent without a bootstrap.
            var intervals: [String: [Double]]?
        }
    }

    private func interval(_ figure: MethodReport.Figure) -> ClosedRange<Double>? {
        guard let bootstrap, let values = figure.values else { return nil }
        return bootstrap.interval(values)
    }

    private static func line(_ cells: [String]) -> String {
        "| " + cells.joined(separator: " | ") + " |"
    }

    private static func number(_ value: Double) -> String {
        value >= 100 ? String(format: "%.1f", value) : String(format: "%.4f", value)
    }
}
