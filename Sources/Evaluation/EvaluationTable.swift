internal import Foundation

/// Reports side by side, as people and programs read them.
public struct EvaluationTable: Sendable {
    public enum Form: String, Hashable, Sendable, CaseIterable {
        case markdown, tsv, json
    }

    public let reports: [MethodReport]
    public let bootstrap: Bootstrap?
    /// The method that all others are compared with, user by user; nil compares with none.
    public let reference: String?

    public init(
        _ reports: [MethodReport], bootstrap: Bootstrap? = nil, reference: String? = nil
    ) {
        self.reports = reports
        self.bootstrap = bootstrap
        self.reference = reference
    }

    /// Every report without the reference's own, less the reference at the same length. Empty without
    /// a reference, or when no report bears its name.
    public var differences: [PairedDifference] {
        reports.compactMap { report in
            guard report.method != reference,
                let other = reports.first(where: { $0.method == reference && $0.k == report.k })
            else { return nil }
            return PairedDifference(report, minus: other, bootstrap: bootstrap)
        }
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
            blocks += Self.block(differences.filter { $0.k == k }, k: k)
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
        for difference in differences {
            for figure in difference.figures {
                lines.append(
                    "\(difference.name)\t\(difference.k)\t\(figure.name)\t\(figure.mean)\t"
                        + "\(figure.interval.map { "\($0.lowerBound)" } ?? "")\t"
                        + "\(figure.interval.map { "\($0.upperBound)" } ?? "")")
            }
        }
        return lines.joined(separator: "\n")
    }

    /// Differences of one length, one line a method: the mean, and where there is a bootstrap its
    /// interval.
    private static func block(_ differences: [PairedDifference], k: Int) -> [String] {
        guard let first = differences.first else { return [] }
        let titles = ["@\(k), difference"] + first.figures.map(\.name)
        let lines = differences.map { difference in
            let cells = difference.figures.map { figure in
                let range = figure.interval.map {
                    " (\(number($0.lowerBound)) to \(number($0.upperBound)))"
                }
                return number(figure.mean) + (range ?? "")
            }
            return line([difference.name] + cells)
        }
        return [([line(titles), line(titles.map { _ in "---" })] + lines).joined(separator: "\n")]
    }

    private func json() throws(EvaluationFailure) -> String {
        let items = reports.map { report in
            Document.Item(
                method: report.method, k: report.k, seconds: report.seconds,
                metrics: Self.byName(report.figures.map { ($0.name, $0.mean) }),
                intervals: bounds(report.figures.map { ($0.name, interval($0)) }))
        }
        let compared = differences.map { difference in
            Document.Difference(
                method: difference.method, minus: difference.reference, k: difference.k,
                metrics: Self.byName(difference.figures.map { ($0.name, $0.mean) }),
                intervals: bounds(difference.figures.map { ($0.name, $0.interval) }))
        }
        let document = Document(items: items, differences: reference == nil ? nil : compared)
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        do {
            return String(decoding: try encoder.encode(document), as: UTF8.self)
        } catch {
            throw EvaluationFailure(code: .usage, operation: "write JSON", message: "\(error)")
        }
    }

    private static func byName<Value>(_ figures: [(String, Value)]) -> [String: Value] {
        Dictionary(uniqueKeysWithValues: figures)
    }

    /// Both ends of the intervals that there are, by metric; nil without a bootstrap.
    private func bounds(_ figures: [(String, ClosedRange<Double>?)]) -> [String: [Double]]? {
        guard bootstrap != nil else { return nil }
        return Self.byName(
            figures.compactMap { name, range in
                range.map { (name, [$0.lowerBound, $0.upperBound]) }
            })
    }

    private struct Document: Encodable {
        var schema = "vouchbird.evaluation/1"
        var items: [Item]
        /// Absent without a reference.
        var differences: [Difference]?

        /// One method less the reference, user by user.
        struct Difference: Encodable {
            var method: String
            var minus: String
            var k: Int
            var metrics: [String: Double]
            /// 95 % of the paired difference, by metric; absent without a bootstrap.
            var intervals: [String: [Double]]?
        }

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
