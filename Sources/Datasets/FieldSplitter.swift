/// What stands between two fields of a line.
enum FieldSeparator: Hashable, Sendable {
    case tab
    /// With the quotes of RFC 4180, within one line.
    case comma
    /// Two colons, as in the `.dat` files of MovieLens.
    case colons
    /// Any run of spaces, as in SNAP's and FilmTrust's files.
    case spaces
    /// None: a line is one name, blanks and commas included.
    case none

    /// Tabs win over commas, commas over the rest: names hold commas and spaces more often than tabs. A
    /// name may hold `::` once; a line of three fields holds it twice.
    static func guess(from line: ArraySlice<UInt8>) -> FieldSeparator {
        if line.contains(0x09) { return .tab }
        if line.contains(0x2c) { return .comma }
        if splitColons(line).count > 2 { return .colons }
        return line.split(separator: 0x20).count > 1 ? .spaces : .none
    }

    /// The fields, trimmed of spaces; nil when the line cannot be cut: a quote is not closed, bytes
    /// are not UTF-8, or a tab stands in a file of lone names.
    func split(_ line: ArraySlice<UInt8>) -> [String]? {
        let parts: [ArraySlice<UInt8>]
        switch self {
        case .tab: parts = line.split(separator: 0x09, omittingEmptySubsequences: false)
        case .colons: parts = Self.splitColons(line)
        case .spaces: parts = line.split(separator: 0x20)
        case .none:
            guard !line.contains(0x09) else { return nil }
            parts = [line]
        case .comma:
            guard let quoted = Self.splitQuoted(line) else { return nil }
            parts = quoted
        }
        var fields: [String] = []
        fields.reserveCapacity(parts.count)
        for part in parts {
            guard let text = String(validating: Self.trimmed(part), as: UTF8.self) else {
                return nil
            }
            fields.append(text)
        }
        return fields
    }

    private static func splitColons(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var fields: [ArraySlice<UInt8>] = []
        var start = line.startIndex
        var position = start
        while position + 1 < line.endIndex {
            guard line[position] == 0x3a, line[position + 1] == 0x3a else {
                position += 1
                continue
            }
            fields.append(line[start..<position])
            position += 2
            start = position
        }
        fields.append(line[start...])
        return fields
    }

    private static func splitQuoted(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        guard line.contains(0x22) else {
            return line.split(separator: 0x2c, omittingEmptySubsequences: false)
        }
        var fields: [ArraySlice<UInt8>] = []
        var field: [UInt8] = []
        var isQuoted = false
        var position = line.startIndex
        while position < line.endIndex {
            let byte = line[position]
            let next = position + 1 < line.endIndex ? line[position + 1] : nil
            switch (byte, isQuoted) {
            case (0x22, true) where next == 0x22:
                field.append(byte)
                position += 1
            case (0x22, true): isQuoted = false
            case (0x22, false) where field.allSatisfy({ $0 == 0x20 }):
                field = []
                isQuoted = true
            case (0x2c, false):
                fields.append(field[...])
                field = []
            default: field.append(byte)
            }
            position += 1
        }
        fields.append(field[...])
        return isQuoted ? nil : fields
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x0d }
        var rest = bytes.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}
