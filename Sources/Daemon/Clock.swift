import Foundation
public import Primitives

/// The only place of the daemon that reads a clock.
public enum Clock {
    private static let start = ContinuousClock.now

    public static func now() -> Moment {
        Moment(wall: wall(), monotonicMilliseconds: monotonicMilliseconds())
    }

    public static func wall() -> Instant {
        Instant(milliseconds: UInt64(max(0, Date().timeIntervalSince1970 * 1000)))
    }

    /// Milliseconds since the first use in this process.
    public static func monotonicMilliseconds() -> UInt64 {
        // First: it is made by its first use, and must not be later than now. A daemon that lost its turn for a
        // millisecond in between, on a busy machine, ended right there.
        let start = start
        let elapsed = (ContinuousClock.now - start).components
        return UInt64(elapsed.seconds) * 1000 + UInt64(elapsed.attoseconds / 1_000_000_000_000_000)
    }
}

extension Instant {
    /// RFC 3339 in UTC with milliseconds, as every document writes times.
    public var text: String {
        Date(timeIntervalSince1970: Double(milliseconds) / 1000)
            .formatted(Self.style(fraction: true))
    }

    /// Reads RFC 3339, with or without fractions, or seconds since 1970.
    public init?(text: String) {
        if let date = (try? Self.style(fraction: true).parse(text))
            ?? (try? Self.style(fraction: false).parse(text))
        {
            guard date.timeIntervalSince1970 >= 0 else { return nil }
            self.init(milliseconds: UInt64((date.timeIntervalSince1970 * 1000).rounded()))
        } else if let seconds = Double(text), seconds >= 0, seconds < 1e12 {
            self.init(milliseconds: UInt64(seconds * 1000))
        } else {
            return nil
        }
    }

    private static func style(fraction: Bool) -> Date.ISO8601FormatStyle {
        Date.ISO8601FormatStyle(includingFractionalSeconds: fraction)
    }
}
