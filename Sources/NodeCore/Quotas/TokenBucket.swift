import Primitives

/// How often something may happen: at once, and over time.
public struct Rate: Hashable, Sendable {
    /// Sustained, per hour; at least 1 and below 2^48.
    public var perHour: UInt64
    /// At once after a long rest; below 2^32.
    public var burst: UInt64

    public init(perHour: UInt64, burst: UInt64) {
        self.perHour = perHour
        self.burst = burst
    }

    public static let unlimited = Rate(perHour: .max, burst: .max)

    var isUnlimited: Bool { burst == .max }

    /// What a share in 0...1 of it comes to; a burst below one token is none.
    func part(_ share: Double) -> Rate {
        guard !isUnlimited else { return self }
        let share = min(1, max(0, share))
        return Rate(
            perHour: max(1, UInt64(Double(perHour) * share)), burst: UInt64(Double(burst) * share))
    }
}

/// A token bucket that remembers what was spent, not what is left: its owner may change its rate meanwhile, and a
/// stranger who becomes a friend has the friend's burst less what it spent, at once.
///
/// Time is our own monotonic clock, so that no author's own dates buy anything (T9). Integers throughout.
struct TokenBucket: Hashable, Sendable {
    /// Billionths of a token that were spent and not yet forgiven, as of `settledAt`.
    private var debt: UInt64 = 0
    private var settledAt: UInt64 = 0

    private static let token: UInt64 = 1_000_000_000

    /// Whether one more token may be spent. `time` is in monotonic milliseconds and never goes back.
    func mayTake(_ rate: Rate, at time: UInt64) -> Bool {
        rate.isUnlimited || debt(rate, at: time) + Self.token <= rate.burst * Self.token
    }

    /// Spends tokens, also beyond the burst: what was asked for is counted when it comes.
    mutating func take(_ rate: Rate, count: Int = 1, at time: UInt64) {
        guard !rate.isUnlimited else { return }
        debt = debt(rate, at: time) + UInt64(count) * Self.token
        settledAt = time
    }

    private func debt(_ rate: Rate, at time: UInt64) -> UInt64 {
        let elapsed = time > settledAt ? time - settledAt : 0
        // A token an hour is 2,500 / 9 billionths a millisecond. What overflows pays any burst back.
        let (paid, isAll) = elapsed.multipliedReportingOverflow(by: rate.perHour * 2_500)
        return isAll || paid / 9 >= debt ? 0 : debt - paid / 9
    }
}
