import Daemon
import Foundation
import Primitives

/// Rows of exports, one function a form. Fields that come from others are escaped for their form.
enum ExportRow {
    /// Unix seconds of an RFC 3339 time, empty without one.
    static func seconds(_ time: String?) -> String {
        guard let instant = time.flatMap({ Instant(text: $0) }) else { return "" }
        let whole = instant.milliseconds / 1000
        let rest = instant.milliseconds % 1000
        return rest == 0
            ? String(whole) : TerminalText.decimal(Double(instant.milliseconds) / 1000, 3)
    }

    /// The shortest decimal that reads back as the same number.
    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    /// One line of JSON with sorted keys.
    static func json(_ value: some Encodable) throws -> String {
        String(decoding: try DocumentCoder.encode(value), as: UTF8.self)
    }

    /// Text inside an XML attribute or element.
    static func xml(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "\t", "\n", "\r": out += " "
            // XML 1.0 has no other control characters, not even escaped ones.
            case _ where scalar.value < 0x20: out += "\u{fffd}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// Where a player or a browser finds an item; nil when its identifier names no place.
    static func location(of item: String) -> String? {
        if item.hasPrefix("url:") { return String(item.dropFirst(4)) }
        let places = [
            ("doi:", "https://doi.org/"), ("ipfs:", "ipfs://"), ("btih:", "magnet:?xt=urn:btih:"),
        ]
        for (prefix, place) in places where item.hasPrefix(prefix) {
            return place + item.dropFirst(prefix.count)
        }
        let parts = item.split(separator: ":")
        guard parts.count == 3, parts[0] == "mbid" else { return nil }
        return "https://musicbrainz.org/\(parts[1])/\(parts[2])"
    }
}
