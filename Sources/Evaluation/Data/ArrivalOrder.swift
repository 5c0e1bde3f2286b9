internal import Primitives

extension InteractionTable {
    /// The window of drawn times: a year.
    static let windowMilliseconds: UInt64 = 365 * 86_400_000

    /// The same rows, each without a time at an instant of one year drawn for its user and item alone:
    /// an order of arrival for data that has none.
    ///
    /// What this order can show: that what comes later is not used for what came before. What it cannot:
    /// fashion, early adopters, people who follow others; whoever shares a taste is first as often as
    /// second. The same seed gives the same order, whatever the order of rows.
    public func arriving(seed: UInt64) -> InteractionTable {
        InteractionTable(
            rows.map { row in
                guard row.time == nil else { return row }
                var random = SeededRandom(
                    seed: seed, stream: "arrival \(row.user.utf8.count) \(row.user) \(row.item)")
                let time = Instant(
                    milliseconds: UInt64(random.below(Int(Self.windowMilliseconds))))
                return Row(user: row.user, item: row.item, weight: row.weight, time: time)
            }, rejectedLines: rejectedLines)
    }
}
