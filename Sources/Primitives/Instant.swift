/// A point of wall-clock time in milliseconds since 1970-01-01T00:00:00Z, as records carry it.
public struct Instant: Hashable, Comparable, Sendable {
    public var milliseconds: UInt64

    public init(milliseconds: UInt64) { self.milliseconds = milliseconds }

    public static func < (left: Self, right: Self) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// This instant moved forward, saturating at the largest representable instant.
    public func advanced(byMilliseconds delta: UInt64) -> Instant {
        let (sum, overflow) = milliseconds.addingReportingOverflow(delta)
        return Instant(milliseconds: overflow ? .max : sum)
    }

    /// Milliseconds from `earlier` to here; 0 when `earlier` is later.
    public func milliseconds(since earlier: Instant) -> UInt64 {
        milliseconds > earlier.milliseconds ? milliseconds - earlier.milliseconds : 0
    }
}

/// Time as the core is given it with every input: the wall clock for records and ages, a monotonic
/// clock for timers, so that a jump of the wall clock never fires or starves a timer.
public struct Moment: Hashable, Sendable {
    /// Wall clock; may jump.
    public var wall: Instant
    /// Milliseconds of a clock that never goes back; its origin means nothing.
    public var monotonicMilliseconds: UInt64

    public init(wall: Instant, monotonicMilliseconds: UInt64) {
        self.wall = wall
        self.monotonicMilliseconds = monotonicMilliseconds
    }
}
