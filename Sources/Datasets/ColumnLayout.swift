/// Where each role stands in the lines of one file.
struct ColumnLayout: Hashable, Sendable {
    /// Column of each role, from 0.
    private(set) var positions: [ColumnRole: Int] = [:]
    /// Fields that every line has to have; nil when the file has no header and optional columns.
    let fieldCount: Int?
    /// Whether the header calls the weight a rating.
    private(set) var isRated = false

    subscript(role: ColumnRole) -> Int? { positions[role] }

    /// The layout that a header line states, nil when it is no header.
    ///
    /// A header is demanded (`isRequired`) or recognised by two known names, or by one that stands
    /// alone, or by the names that the user chose.
    init?(header: [String], inTrust: Bool, isRequired: Bool, choice: ColumnChoice) {
        var known = 0
        for (position, name) in header.enumerated() {
            guard let role = ColumnRole(name: name, inTrust: inTrust) else { continue }
            known += 1
            if positions[role] == nil { positions[role] = position }
        }
        let plain = header.map(ColumnRole.plainName)
        for (role, name) in choice.pairs(inTrust: inTrust) where Int(name) == nil {
            guard let position = plain.firstIndex(of: ColumnRole.plainName(name)) else { continue }
            positions[role] = position
            known += 2
        }
        guard isRequired || known >= 2 || (known == 1 && header.count == 1) else { return nil }
        fieldCount = header.count
        apply(numbersOf: choice, inTrust: inTrust)
        isRated =
            positions[.weight].map { ["rating", "stars", "score"].contains(plain[$0]) } ?? false
    }

    /// The layout of a file without header, from its first line: by position.
    init(columns: Int, inTrust: Bool, choice: ColumnChoice) {
        if inTrust {
            positions = [.user: 0, .target: 1, .weight: 2]
        } else if columns == 1 {
            positions = [.item: 0]
        } else {
            positions = [.user: 0, .item: 1]
            // Whoever names columns has a file of another shape: what stands third is unknown.
            if choice.isEmpty { positions.merge([.weight: 2, .time: 3]) { first, _ in first } }
        }
        // A lone item in the first line must not turn the users of later lines into items.
        fieldCount = choice.isEmpty && (inTrust || columns > 1) ? nil : columns
        apply(numbersOf: choice, inTrust: inTrust)
    }

    /// Chosen numbers win, and take the column from the role that it had by position.
    private mutating func apply(numbersOf choice: ColumnChoice, inTrust: Bool) {
        for (role, text) in choice.pairs(inTrust: inTrust) {
            guard let number = Int(text), number >= 1 else { continue }
            for other in ColumnRole.allCases where positions[other] == number - 1 {
                positions[other] = nil
            }
            positions[role] = number - 1
        }
    }

    /// What is missing to read rows at all, as a phrase; nil when nothing is.
    func missing(inTrust: Bool, choice: ColumnChoice) -> String? {
        for (role, name) in choice.pairs(inTrust: inTrust) {
            let found = positions[role]
            let fits = found.map { $0 < fieldCount ?? .max } ?? false
            guard fits, Int(name) == nil || found == (Int(name) ?? 0) - 1 else {
                return "there is no column \(name)"
            }
        }
        if inTrust {
            let isWhole = positions[.user] != nil && positions[.target] != nil
            return isWhole ? nil : "the header names no pair of users (source_id, target_id)"
        }
        return positions[.item] == nil ? "the header names no item column (item_id)" : nil
    }
}
