import TOMLKit

/// Why a scenario cannot be run: where, what, and what would be right.
public struct ScenarioFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public let message: String
    public let hint: String?

    public init(message: String, hint: String?) {
        self.message = message
        self.hint = hint
    }

    public var description: String { hint.map { "\(message) (\($0))" } ?? message }
}

extension Scenario {
    /// Reads the text of a scenario file. `path` stands in messages only.
    public init(toml text: String, path: String) throws(ScenarioFailure) {
        self.init()
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ScenarioFailure(
                message: "\(path), line \(error.source.begin.line): \(error.description)",
                hint: nil)
        } catch {
            throw ScenarioFailure(message: "\(path): \(error)", hint: nil)
        }
        let lines = KeyLines(text)
        for section in table.keys.sorted() {
            guard let inner = table[section]?.table else {
                throw Self.unknown(section, lines.place(path, section))
            }
            for key in inner.keys.sorted() {
                let name = "\(section).\(key)"
                guard let value = inner[key] else { continue }
                try set(name, to: ScenarioValue(toml: value), at: lines.place(path, name))
            }
        }
        try check(path: path, lines)
    }

    /// Sets one key from text, as `--set section.key=value` does.
    public mutating func set(_ assignment: String) throws(ScenarioFailure) {
        let parts = assignment.split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw ScenarioFailure(
                message: "--set \(assignment): not of the form section.key=value", hint: nil)
        }
        let name = String(parts[0])
        try set(name, to: ScenarioValue(text: String(parts[1])), at: "--set \(assignment)")
        try check(path: "--set \(assignment)", KeyLines(""))
    }

    /// The file form, every key stated.
    public var toml: String {
        var text = ""
        var section: Substring = ""
        for field in ScenarioField.all {
            let parts = field.name.split(separator: ".")
            if parts[0] != section {
                section = parts[0]
                text += text.isEmpty ? "[\(section)]\n" : "\n[\(section)]\n"
            }
            text += "\(parts[1]) = \(field.toml(in: self))\n"
        }
        return text
    }

    private mutating func set(_ name: String, to value: ScenarioValue, at place: String)
        throws(ScenarioFailure)
    {
        guard let field = ScenarioField.all.first(where: { $0.name == name }) else {
            throw Self.unknown(name, place)
        }
        switch (field.kind, value) {
        case (.integer(let path, let range), .integer(let number)) where range.contains(number):
            self[keyPath: path] = number
        case (.decimal(let path, let range), .decimal(let number)) where range.contains(number):
            self[keyPath: path] = number
        case (.decimal(let path, let range), .integer(let number))
        where range.contains(Double(number)):
            self[keyPath: path] = Double(number)
        case (.flag(let path), .flag(let flag)): self[keyPath: path] = flag
        case (.choice(let path, let names), .text(let text)) where names.contains(text):
            self[keyPath: path] = text
        case (.text(let path), .text(let text)): self[keyPath: path] = text
        default:
            throw ScenarioFailure(
                message: "\(place): \(name) cannot be \(value)", hint: "allowed: \(field.allowed)")
        }
    }

    /// What no single key can say.
    private func check(path: String, _ lines: KeyLines) throws(ScenarioFailure) {
        if isModel { try checkModel(path: path, lines) }
        if hasFiles, !usesRealSignatures {
            throw ScenarioFailure(
                message: "\(lines.place(path, "nodes.store")): real files hold real signatures "
                    + "only, and fidelity is \(fidelity)",
                hint: "run.fidelity = \"full\", or nodes.store = \"memory\"")
        }
        if bitFlips > 0, !hasFiles {
            throw ScenarioFailure(
                message: "\(lines.place(path, "faults.bit_flips")): a store in memory has no bits",
                hint: "nodes.store = \"sqlite\"")
        }
        if egos == 0, attack != RecommendationAttack.none.rawValue {
            throw ScenarioFailure(
                message: "\(lines.place(path, "recommendation.attack")): nobody's lists are judged",
                hint: "recommendation.egos of 1 or more")
        }
        if freeRiders >= honestNodes {
            throw ScenarioFailure(
                message: "\(lines.place(path, "trust.free_riders")): \(freeRiders) free riders "
                    + "among \(honestNodes) honest nodes", hint: "fewer than nodes.honest")
        }
        if behindNAT >= honestNodes {
            throw ScenarioFailure(
                message: "\(lines.place(path, "nodes.behind_nat")): nobody among \(honestNodes) "
                    + "honest nodes can be dialled", hint: "fewer than nodes.honest")
        }
        if prefixes > 0, netgroups == 1 {
            throw ScenarioFailure(
                message: "\(lines.place(path, "faults.prefixes")): everybody is in one prefix",
                hint: "network.prefixes of 2 or more")
        }
    }

    /// The model knows neither faults nor adversaries.
    private func checkModel(path: String, _ lines: KeyLines) throws(ScenarioFailure) {
        for field in ScenarioField.all where field.isDrawn || field.name == "recommendation.egos" {
            guard case .integer(let count, _) = field.kind, self[keyPath: count] > 0 else {
                continue
            }
            throw ScenarioFailure(
                message: "\(lines.place(path, field.name)): fidelity model knows no \(field.name)",
                hint: "0, or another fidelity")
        }
    }

    private static func unknown(_ name: String, _ place: String) -> ScenarioFailure {
        let section = name.split(separator: ".").first.map { "\($0)." } ?? ""
        let near = ScenarioField.all.map(\.name).filter { $0.hasPrefix(section) }
        let sections = ScenarioField.all.map { String($0.name.prefix { $0 != "." }) }
        var distinct: [String] = []
        for section in sections where distinct.last != section { distinct.append(section) }
        return ScenarioFailure(
            message: "\(place): there is no key \(name)",
            hint: "known: " + (near.isEmpty ? distinct : near).joined(separator: ", "))
    }
}

/// A value as a file or a flag states it.
enum ScenarioValue: CustomStringConvertible {
    case integer(Int)
    case decimal(Double)
    case flag(Bool)
    case text(String)
    case other

    init(toml value: any TOMLValueConvertible) {
        if let text = value.string {
            self = .text(text)
        } else if let flag = value.bool {
            self = .flag(flag)
        } else if let number = value.int {
            self = .integer(number)
        } else if let number = value.double {
            self = .decimal(number)
        } else {
            self = .other
        }
    }

    init(text: String) {
        if let number = Int(text) {
            self = .integer(number)
        } else if let number = Double(text) {
            self = .decimal(number)
        } else if let flag = Bool(text) {
            self = .flag(flag)
        } else {
            self = .text(text)
        }
    }

    var description: String {
        switch self {
        case .integer(let number): "\(number)"
        case .decimal(let number): "\(number)"
        case .flag(let flag): "\(flag)"
        case .text(let text): "\"\(text)\""
        case .other: "a table, a list or a date"
        }
    }
}

/// Finds the line of a key: the parser keeps no places of values.
struct KeyLines {
    private var lines: [String: Int] = [:]

    init(_ text: String) {
        var section = ""
        let all = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in all.enumerated() {
            let bare = line.drop(while: \.isWhitespace)
            if bare.hasPrefix("["), let end = bare.firstIndex(of: "]") {
                section = String(bare[bare.index(after: bare.startIndex)..<end])
                lines[section] = lines[section] ?? index + 1
            } else if let equals = bare.firstIndex(of: "="), !bare.hasPrefix("#") {
                let key = String(bare[..<equals].filter { !$0.isWhitespace && $0 != "\"" })
                let name = section.isEmpty ? key : "\(section).\(key)"
                lines[name] = lines[name] ?? index + 1
            }
        }
    }

    func place(_ path: String, _ name: String) -> String {
        lines[name].map { "\(path), line \($0)" } ?? path
    }
}
