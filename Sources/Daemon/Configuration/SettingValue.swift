/// A value as a file, a variable or a flag states it, before a setting takes it.
public enum SettingValue: Hashable, Sendable {
    case text(String)
    case list([String])
    case integer(Int)
    case decimal(Double)
    case flag(Bool)
    /// Something that no setting takes: a date, a table, a list of numbers.
    case other

    /// What plain text means for a setting: the environment and flags have nothing else. Lists are
    /// separated by commas; empty text is the empty list.
    init(text: String, for setting: Setting) {
        switch setting.kind {
        case .text, .choice: self = .text(text)
        case .addresses:
            self = .list(
                text.split(separator: ",").map { part in
                    String(part.drop(while: \.isWhitespace).prefix { !$0.isWhitespace })
                })
        case .integer: self = Int(text).map(SettingValue.integer) ?? .text(text)
        case .decimal: self = Double(text).map(SettingValue.decimal) ?? .text(text)
        case .flag:
            switch text.lowercased() {
            case "true", "yes", "1", "on": self = .flag(true)
            case "false", "no", "0", "off": self = .flag(false)
            default: self = .text(text)
            }
        }
    }

    /// This value if `kind` allows it, in the one form of that kind; nil otherwise.
    func checked(for kind: Setting.Kind) -> SettingValue? {
        switch (kind, self) {
        case (.text(let limit), .text(let text)):
            let isPrintable = text.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control
            }
            return (1...limit).contains(text.utf8.count) && isPrintable ? self : nil
        case (.choice(let names), .text(let text)): return names.contains(text) ? self : nil
        case (.addresses, .text(let text)): return SettingValue.list([text]).checked(for: kind)
        case (.addresses, .list(let list)):
            return list.count <= 16 && list.allSatisfy(TransportAddress.isValid) ? self : nil
        case (.integer(let range), .integer(let value)): return range.contains(value) ? self : nil
        case (.decimal(let range), .integer(let value)):
            return range.contains(Double(value)) ? .decimal(Double(value)) : nil
        case (.decimal(let range), .decimal(let value)): return range.contains(value) ? self : nil
        case (.flag, .flag): return self
        default: return nil
        }
    }

    /// As it is written in the file.
    var toml: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .list(let list): "[" + list.map(Self.quoted).joined(separator: ", ") + "]"
        case .integer(let value): String(value)
        case .decimal(let value): String(value)
        case .flag(let value): String(value)
        case .other: "?"
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}

/// `tcp://HOST:PORT`, as settings, invitations and `peers add` take it.
public enum TransportAddress {
    /// Longest address that fits into an invitation (docs/protocol.md, "Frames").
    public static let maximumBytes = 128

    /// Whether the form is right: nothing is looked up.
    public static func isValid(_ text: String) -> Bool {
        guard text.utf8.count <= maximumBytes, text.hasPrefix("tcp://"),
            text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
            let colon = text.lastIndex(of: ":")
        else { return false }
        let host = text[..<colon].dropFirst("tcp://".count)
        let port = text[colon...].dropFirst()
        guard !host.isEmpty, !host.contains("/"), port.utf8.allSatisfy({ (0x30...0x39) ~= $0 }),
            let number = UInt16(port), number > 0
        else { return false }
        return host.hasPrefix("[") ? host.hasSuffix("]") && host.count > 2 : !host.contains(":")
    }
}
