internal import Foundation

/// A table as the documents show it, numbers with three figures.
struct MarkdownTable {
    private var lines: [String]

    init(_ header: [String]) {
        lines = [Self.line(header), "|" + String(repeating: "---|", count: header.count)]
    }

    mutating func add(_ cells: [String]) { lines.append(Self.line(cells)) }

    var text: String { lines.joined(separator: "\n") }

    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e6
            ? "\(Int(value))" : String(format: "%.3g", value)
    }

    /// A mean with half of its 95 % interval, where that is not below a thousandth of it.
    static func cell(_ sample: Sample) -> String {
        sample.margin > sample.mean / 1_000
            ? "\(number(sample.mean)) ± \(number(sample.margin))" : number(sample.mean)
    }

    private static func line(_ cells: [String]) -> String {
        "| " + cells.joined(separator: " | ") + " |"
    }
}
