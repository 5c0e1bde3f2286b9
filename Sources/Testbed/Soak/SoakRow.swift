/// One bar of the threat model or of the design, and what was measured against it.
public struct SoakRow: Hashable, Sendable {
    /// As in `T20`, or a word where the bar has no row of its own.
    public var row: String
    /// What is measured, with its bar.
    public var bar: String
    /// What came of it, with units.
    public var measured: String
    public var isMet: Bool

    public init(_ row: String, _ bar: String, _ measured: String, isMet: Bool) {
        self.row = row
        self.bar = bar
        self.measured = measured
        self.isMet = isMet
    }

    /// A row of a table in Markdown.
    public var line: String { "| \(row) | \(bar) | \(measured) | \(isMet ? "met" : "MISSED") |" }

    public static let head = "| row | bar | measured | verdict |\n|---|---|---|---|"
}
