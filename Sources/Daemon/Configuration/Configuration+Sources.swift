import Foundation
import TOMLKit

extension Configuration {
    /// Larger files are refused unread.
    static let maximumFileBytes = 1 << 20

    /// The settings from the file at `path` (none there means defaults), then the variables
    /// `VOUCHBIRD_SECTION_KEY`, then `flags`. Throws the first failure: unknown keys and values that
    /// are not allowed are refused, with file, line and key.
    public static func load(
        path: String, environment: [String: String], flags: [(Setting, String)] = []
    ) throws(ConfigurationFailure) -> Configuration {
        var configuration = Configuration()
        if let text = try read(path) { try configuration.merge(toml: text, path: path) }
        try configuration.merge(environment: environment)
        for (setting, text) in flags {
            try configuration.set(
                setting, to: SettingValue(text: text, for: setting), origin: .flag,
                source: "command line")
        }
        return configuration
    }

    /// The file that `init` writes: every setting with its explanation.
    public func fileText() -> String {
        var text = "# Vouchbird's settings. Environment and flags win over this file.\n"
        var section: Substring = ""
        for setting in Setting.allCases {
            let parts = setting.rawValue.split(separator: ".")
            if parts[0] != section {
                section = parts[0]
                text += "\n[\(section)]\n"
            }
            text += "# \(setting.summary)\n\(parts[1]) = \(value(of: setting).toml)\n"
        }
        return text
    }

    mutating func merge(toml text: String, path: String) throws(ConfigurationFailure) {
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ConfigurationFailure(
                message: "\(path), line \(error.source.begin.line): \(error.description)",
                hint: "write a new one beside it: vouchbird init --data-dir DIR")
        } catch {
            throw ConfigurationFailure(message: "\(path): \(error)")
        }
        let lines = ConfigurationLines(text)
        for section in table.keys.sorted() {
            guard let inner = table[section]?.table else {
                throw unknown(section, path, lines.line(of: section))
            }
            for key in inner.keys.sorted() {
                let name = "\(section).\(key)"
                let line = lines.line(of: name)
                guard let setting = Setting(rawValue: name) else {
                    throw unknown(name, path, line)
                }
                try set(
                    setting, to: inner[key].map(SettingValue.init(toml:)) ?? .other,
                    origin: .file(line: line), source: Self.place(path, line))
            }
        }
    }

    /// Variables that start with `VOUCHBIRD_` and are no setting are refused: a mistyped one would
    /// otherwise be ignored in silence.
    mutating func merge(environment: [String: String]) throws(ConfigurationFailure) {
        let others = ["VOUCHBIRD_DATA_DIR", "VOUCHBIRD_PASSPHRASE"]
        for name in environment.keys.sorted()
        where name.hasPrefix("VOUCHBIRD_") && !others.contains(name) {
            guard let setting = Setting.allCases.first(where: { $0.environmentName == name }) else {
                throw ConfigurationFailure(
                    message: "environment: there is no setting \(name)",
                    hint: "settings are: "
                        + Setting.allCases.map(\.environmentName).joined(
                            separator: ", "))
            }
            try set(
                setting, to: SettingValue(text: environment[name] ?? "", for: setting),
                origin: .environment, source: "environment, \(name)")
        }
    }

    private static func read(_ path: String) throws(ConfigurationFailure) -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationFailure(
                code: .inputOutput, message: "\(path) cannot be read", hint: "ls -l \(path)")
        }
        guard data.count <= maximumFileBytes, let text = String(data: data, encoding: .utf8) else {
            throw ConfigurationFailure(
                message: "\(path) is not a text file of at most \(maximumFileBytes) bytes")
        }
        return text
    }

    private func unknown(_ key: String, _ path: String, _ line: Int?) -> ConfigurationFailure {
        let section = key.split(separator: ".").first.map { "\($0)." } ?? ""
        let near = Setting.allCases.map(\.rawValue).filter { $0.hasPrefix(section) }
        let known = near.isEmpty ? Setting.allCases.map(\.rawValue) : near
        return ConfigurationFailure(
            message: "\(Self.place(path, line)): there is no setting \(key)",
            hint: "known here: " + known.joined(separator: ", "))
    }

    private static func place(_ path: String, _ line: Int?) -> String {
        line.map { "\(path), line \($0)" } ?? path
    }
}

extension SettingValue {
    init(toml value: any TOMLValueConvertible) {
        if let text = value.string {
            self = .text(text)
        } else if let flag = value.bool {
            self = .flag(flag)
        } else if let integer = value.int {
            self = .integer(integer)
        } else if let decimal = value.double {
            self = .decimal(decimal)
        } else if let array = value.array {
            let texts = array.map { $0.string }
            self = texts.contains(nil) ? .other : .list(texts.compactMap { $0 })
        } else {
            self = .other
        }
    }
}

/// Finds the line of a key: the parser keeps no places of values, and messages should.
struct ConfigurationLines {
    private var lines: [String: Int] = [:]

    init(_ text: String) {
        var section = ""
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let bare = line.drop(while: \.isWhitespace)
            if bare.hasPrefix("["), let end = bare.firstIndex(of: "]") {
                section = String(bare[bare.index(after: bare.startIndex)..<end])
                lines[section] = lines[section] ?? index + 1
            } else if let equals = bare.firstIndex(of: "="), !bare.hasPrefix("#") {
                let key = bare[..<equals].filter { !$0.isWhitespace && $0 != "\"" }
                let name = section.isEmpty ? String(key) : "\(section).\(key)"
                lines[name] = lines[name] ?? index + 1
            }
        }
    }

    func line(of name: String) -> Int? { lines[name] }
}
