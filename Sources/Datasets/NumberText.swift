import Primitives

/// Numbers and times as data sets write them.
enum NumberText {
    /// Largest weight that a record can carry: a billion plays (docs/protocol.md, "Records").
    static let maximumWeight = 1e9
    /// Smallest weight that does not round to zero thousandths.
    static let minimumWeight = 0.0005
    /// Largest time in milliseconds that a record can carry.
    static let maximumMilliseconds = Double(UInt64(1) << 48)

    /// A finite decimal number; hexadecimal, "nan" and "inf" are not numbers here.
    static func decimal(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ Array("0123456789+-.eE".utf8).contains($0) }),
            let value = Double(text), value.isFinite
        else { return nil }
        return value
    }

    /// Unix seconds, Unix milliseconds (from 10^11, which as seconds would be the year 5138), or
    /// `2024-05-06[T07:08[:09[.123]]][Z]` in UTC. Nil for anything else.
    static func time(_ text: String) -> Instant? {
        if let number = decimal(text) {
            let milliseconds = number >= 1e11 ? number : number * 1000
            guard milliseconds >= 0, milliseconds <= maximumMilliseconds else { return nil }
            return Instant(milliseconds: UInt64(milliseconds))
        }
        return calendarTime(text)
    }

    private static func calendarTime(_ text: String) -> Instant? {
        var body = Substring(text)
        if body.last == "Z" || body.last == "z" { body.removeLast() }
        let halves = body.split(maxSplits: 1, omittingEmptySubsequences: false) {
            $0 == "T" || $0 == "t" || $0 == " "
        }
        guard let first = halves.first, let days = days(first) else { return nil }
        guard halves.count == 2 else { return Instant(milliseconds: days * 86_400_000) }
        guard let milliseconds = millisecondsOfDay(halves[1]) else { return nil }
        return Instant(milliseconds: days * 86_400_000 + milliseconds)
    }

    /// Days from 1970-01-01, by the civil-calendar arithmetic of eras of 400 years.
    private static func days(_ text: Substring) -> UInt64? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4,
            let year = whole(parts[0], 1970...9999), let month = whole(parts[1], 1...12),
            let day = whole(parts[2], 1...monthDays(month, of: year))
        else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return UInt64(era * 146_097 + dayOfEra - 719_468)
    }

    private static func monthDays(_ month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    private static func millisecondsOfDay(_ text: Substring) -> UInt64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let hour = whole(parts[0], 0...23),
            let minute = whole(parts[1], 0...59)
        else { return nil }
        var seconds = 0.0
        if parts.count == 3 {
            guard let value = decimal(String(parts[2])), value >= 0, value < 61 else { return nil }
            seconds = value
        }
        return UInt64(hour * 3_600_000 + minute * 60_000) + UInt64(seconds * 1000)
    }

    private static func whole(_ text: Substring, _ range: ClosedRange<Int>) -> Int? {
        guard (1...4).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text)
        else { return nil }
        return range.contains(value) ? value : nil
    }
}
