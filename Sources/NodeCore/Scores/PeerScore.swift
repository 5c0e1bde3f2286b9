import Primitives

/// What a peer is worth as an upstream: what it brought, less the time since.
///
/// The drift is strictly negative: who forwards nothing falls, whatever else it does (the lesson of CVE-2022-47547, where a
/// peer that never forwarded was never below zero). The cap bounds how long a past lasts: from anywhere, ten
/// idle minutes end below the threshold, and whoever falls there is not chosen again for forty.
struct PeerScore: Hashable, Sendable {
    /// Thousandths of a point as of `settledAt`.
    private var value: Int64
    private var settledAt: UInt64
    /// Until when the peer is not chosen, having fallen below the threshold.
    private(set) var barredUntil: UInt64 = 0
    /// Until when no link of the peer is taken, having sent what no honest peer sends; how often that was.
    private(set) var bannedUntil: UInt64 = 0
    private var bans: UInt64 = 0
    /// The newest version of the protocol that the peer ever spoke.
    private(set) var newestVersion: UInt64 = 0

    /// Below this a peer is not chosen. Points fall by one a minute.
    static let threshold: Int64 = 0
    private static let millisecondsPerThousandth: UInt64 = 60
    private static let cap: Int64 = 10_000
    private static let floor: Int64 = -20_000
    /// A new peer has half of what the best have.
    private static let start: Int64 = 5_000
    /// A record that was new here and of somebody whom trust reaches.
    private static let novelty: Int64 = 100
    private static let rejection: Int64 = 1_000
    private static let brokenPromise: Int64 = 1_000
    /// Four times the longest fall.
    private static let barMilliseconds: UInt64 = 4 * 10 * 60_000
    private static let banMilliseconds: UInt64 = 10 * 60_000
    private static let mostDoublings: UInt64 = 7

    /// A peer that is met at a moment, in monotonic milliseconds.
    init(at time: UInt64) {
        value = Self.start
        settledAt = time
    }

    // MARK: Inputs

    mutating func brought(_ records: Int, at time: UInt64) {
        settle(at: time)
        value = min(Self.cap, value + Int64(min(records, 1_000)) * Self.novelty)
    }

    mutating func wasRejected(at time: UInt64) { lose(Self.rejection, at: time) }
    mutating func brokePromise(at time: UInt64) { lose(Self.brokenPromise, at: time) }

    /// Ten minutes the first time, twice as long each further time, 21 hours at most.
    mutating func ban(at time: UInt64) {
        lose(0, at: time)
        bannedUntil = time + Self.banMilliseconds << min(bans, Self.mostDoublings)
        bans += 1
    }

    mutating func note(version: UInt64) { newestVersion = max(newestVersion, version) }

    // MARK: Queries

    /// Thousandths of a point.
    func points(at time: UInt64) -> Int64 {
        var settled = self
        settled.settle(at: time)
        return settled.value
    }

    /// Whether the peer may be chosen as an upstream.
    func isEligible(at time: UInt64) -> Bool {
        var settled = self
        settled.settle(at: time)
        return settled.value > Self.threshold && time >= settled.barredUntil
    }

    func isBanned(at time: UInt64) -> Bool { time < bannedUntil }

    // MARK: Helpers

    private mutating func lose(_ loss: Int64, at time: UInt64) {
        settle(at: time)
        let before = value
        value = max(Self.floor, value - loss)
        if before > Self.threshold, value <= Self.threshold { bar(from: time) }
    }

    private mutating func settle(at time: UInt64) {
        guard time > settledAt else { return }
        let drift = Int64(clamping: (time - settledAt) / Self.millisecondsPerThousandth)
        guard drift > 0 else { return }
        let start = settledAt
        // Only whole thousandths are taken, so that looking often costs nothing.
        settledAt += UInt64(drift) * Self.millisecondsPerThousandth
        let before = value
        value = max(Self.floor, value - min(drift, Self.cap - Self.floor))
        guard before > Self.threshold, value <= Self.threshold else { return }
        bar(from: start + UInt64(before - Self.threshold) * Self.millisecondsPerThousandth)
    }

    private mutating func bar(from time: UInt64) {
        barredUntil = max(barredUntil, time + Self.barMilliseconds)
    }
}
