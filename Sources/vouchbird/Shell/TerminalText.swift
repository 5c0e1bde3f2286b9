import Daemon
import Foundation
import Primitives

/// Text from the network made fit for a terminal, and numbers made fit for people.
enum TerminalText {
    /// `text` with every scalar that could steer a terminal or reorder a line shown as `\u{..}`.
    ///
    /// Everything that was written by somebody else passes here before it is printed.
    static func safe(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isHarmless(scalar) {
                out.append(scalar)
            } else {
                out.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            }
        }
        return String(out)
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
            .unassigned:
            // A joiner inside an emoji and a soft hyphen are format characters that change nothing.
            [0x200c, 0x200d, 0xad].contains(scalar.value)
        default: true
        }
    }

    /// At most `width` characters, the last of them an ellipsis when something was cut.
    static func clipped(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(max(0, width - 2)) + ".."
    }

    static func padded(_ text: String, to width: Int, right: Bool = false) -> String {
        let gap = String(repeating: " ", count: max(0, width - text.count))
        return right ? gap + text : text + gap
    }

    /// Columns as wide as their widest cell, two spaces between them, none at the end of a line.
    static func table(_ rows: [[String]], right: [Int] = []) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                padded(cell, to: widths[column], right: right.contains(column))
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// `61 907`.
    static func count(_ value: some BinaryInteger) -> String {
        let digits = Array(String(value))
        var out: [Character] = []
        for (index, digit) in digits.enumerated() {
            let rest = digits.count - index
            if index > 0, rest.isMultiple(of: 3), digits[index - 1] != "-" { out.append(" ") }
            out.append(digit)
        }
        return String(out)
    }

    /// `38 MB`.
    static func bytes(_ value: UInt64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var amount = Double(value)
        var unit = 0
        while amount >= 1000, unit < units.count - 1 {
            amount /= 1000
            unit += 1
        }
        let number = unit == 0 || amount >= 10 ? String(Int(amount.rounded())) : decimal(amount, 1)
        return "\(number) \(units[unit])"
    }

    /// `3 d 4 h`, `2 min`, `12 s`.
    static func duration(seconds: Double) -> String {
        let whole = Int(max(0, min(seconds, 1e12)))
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3600: return "\(whole / 60) min"
        case ..<86_400: return "\(whole / 3600) h \(whole % 3600 / 60) min"
        default: return "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
        }
    }

    /// `12 s ago` for an RFC 3339 time; the text itself when it is none.
    static func age(of time: String, now: Instant = Clock.wall()) -> String {
        guard let instant = Instant(text: time) else { return safe(time) }
        return duration(seconds: Double(now.milliseconds(since: instant)) / 1000) + " ago"
    }

    static func decimal(_ value: Double, _ places: Int) -> String {
        String(format: "%.\(places)f", locale: Locale(identifier: "en_US_POSIX"), value)
    }

    static func percent(_ fraction: Double) -> String { decimal(fraction * 100, 0) + " %" }

    /// Three significant digits, for scores.
    static func score(_ value: Double) -> String {
        String(format: "%.3g", locale: Locale(identifier: "en_US_POSIX"), value)
    }
}
