/// Reads one file of a known format as a stream: chunks of bytes in, rows out.
///
/// It does no I/O and holds one line at most. A bad line is a row of its own with the reason, and
/// the rest goes in; only a file whose header makes every line useless fails as a whole.
public struct DatasetReader: Sendable {
    public let format: DatasetFormat
    /// Whether the header calls the weights ratings; known after the first line.
    public var isRated: Bool { layout?.isRated ?? false }
    /// Whether rows name their user; known after the first line.
    public var hasUsers: Bool { layout?[.user] != nil }

    private let choice: ColumnChoice
    private var splitter = LineSplitter()
    private var separator = FieldSeparator.tab
    private var layout: ColumnLayout?

    public init(format: DatasetFormat, columns choice: ColumnChoice = ColumnChoice()) {
        self.format = format
        self.choice = choice
    }

    /// The rows that `chunk` completes, in the order of the file. Lines that are blank or start with
    /// `#`, and a header, give no row. O(bytes).
    public mutating func read(_ chunk: [UInt8]) throws(DatasetFailure) -> [DatasetLine] {
        var rows: [DatasetLine] = []
        for line in splitter.append(chunk) { try read(line, into: &rows) }
        return rows
    }

    /// The row of a last line without an end.
    public mutating func finish() throws(DatasetFailure) -> [DatasetLine] {
        var rows: [DatasetLine] = []
        if let line = splitter.finish() { try read(line, into: &rows) }
        return rows
    }

    private mutating func read(
        _ line: RawLine, into rows: inout [DatasetLine]
    ) throws(DatasetFailure) {
        guard var bytes = line.bytes else {
            rows.append(
                DatasetLine(
                    number: line.number,
                    row: .rejected(
                        reason: "longer than \(LineSplitter.maximumLineBytes) bytes")))
            return
        }
        if line.number == 1, bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
        guard bytes.first != 0x23, bytes.contains(where: { $0 != 0x20 && $0 != 0x09 }) else {
            return
        }
        if layout == nil { separator = .guess(from: bytes) }
        guard let fields = separator.split(bytes) else {
            rows.append(
                DatasetLine(
                    number: line.number,
                    row: .rejected(reason: "not UTF-8, or cannot be cut into fields")))
            return
        }
        let isHeader = try layOut(fields, line.number)
        guard !isHeader, let layout else { return }
        rows.append(DatasetLine(number: line.number, row: row(fields, layout)))
    }

    /// Settles the layout by the first line of content; true when that line was a header.
    private mutating func layOut(
        _ fields: [String], _ number: UInt64
    ) throws(DatasetFailure) -> Bool {
        guard layout == nil else { return false }
        let inTrust = format.holdsTrust
        let isRequired =
            switch format {
            case .plain, .trust: false
            case .inter, .net, .hetrec, .hetrecFriends: true
            }
        let header = ColumnLayout(
            header: fields, inTrust: inTrust, isRequired: isRequired, choice: choice)
        let settled =
            header ?? ColumnLayout(columns: fields.count, inTrust: inTrust, choice: choice)
        if let missing = settled.missing(inTrust: inTrust, choice: choice) {
            throw DatasetFailure(line: number, message: missing)
        }
        layout = settled
        return header != nil
    }

    private func row(_ fields: [String], _ layout: ColumnLayout) -> DatasetRow {
        if let expected = layout.fieldCount, fields.count != expected {
            return .rejected(reason: "\(fields.count) fields where \(expected) were announced")
        }
        let most = format.holdsTrust ? 3 : 4
        if layout.fieldCount == nil, fields.count > most {
            return .rejected(reason: "\(fields.count) fields, at most \(most) without a header")
        }
        let value = { (role: ColumnRole) -> String? in
            guard let position = layout[role], position < fields.count else { return nil }
            return fields[position].isEmpty ? nil : fields[position]
        }
        if let text = value(.weight), NumberText.decimal(text) == nil {
            return .rejected(reason: "weight is not a number")
        }
        let weight = value(.weight).flatMap(NumberText.decimal)
        if layout[.user] != nil, value(.user) == nil { return .rejected(reason: "no user") }
        return format.holdsTrust
            ? trust(value(.user), value(.target), weight)
            : interaction(value, weight)
    }

    private func trust(_ source: String?, _ target: String?, _ weight: Double?) -> DatasetRow {
        guard let source, let target else { return .rejected(reason: "no trusted user") }
        guard source != target else { return .rejected(reason: "a user trusting themselves") }
        if let weight, !(0...NumberText.maximumWeight).contains(weight) {
            return .rejected(reason: "weight is not within 0 and 1e9")
        }
        return .trust(.init(source: source, target: target, weight: weight))
    }

    private func interaction(
        _ value: (ColumnRole) -> String?, _ weight: Double?
    ) -> DatasetRow {
        guard let item = value(.item) else { return .rejected(reason: "no item") }
        if let weight,
            !(NumberText.minimumWeight...NumberText.maximumWeight).contains(weight)
        {
            return .rejected(reason: "weight is not within 0.001 and 1e9")
        }
        let time = value(.time).flatMap(NumberText.time)
        if value(.time) != nil, time == nil {
            return .rejected(reason: "time is neither Unix time nor a date")
        }
        return .interaction(
            .init(
                user: value(.user), item: item, weight: weight, time: time, title: value(.title)))
    }
}
