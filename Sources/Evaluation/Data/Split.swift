internal import Primitives

/// How interactions are cut into those that a method learns from and those that it is asked for.
public enum Split: Hashable, Sendable {
    /// Of each user a share of the items, drawn by the seed: `round(share * items)` of them, and
    /// always at least one stays in train.
    case leaveOut(share: Double)
    /// The last share of all rows in time; rows of one instant stay on one side. What a method is
    /// asked for lies after everything that it has seen.
    case temporal(share: Double)
    /// Of a share of the users, drawn by the seed, all items but `kept`: what does a method know about
    /// somebody new?
    case coldStart(share: Double, kept: Int)

    /// `leave-out:0.2`, `temporal:0.2`, `cold-start:0.1:3`; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, let share = Double(parts[1]), share > 0, share < 1 else {
            return nil
        }
        switch (parts[0], parts.count) {
        case ("leave-out", 2): self = .leaveOut(share: share)
        case ("temporal", 2): self = .temporal(share: share)
        case ("cold-start", 3):
            guard let kept = Int(parts[2]), kept >= 0 else { return nil }
            self = .coldStart(share: share, kept: kept)
        default: return nil
        }
    }

    /// Cuts a table. The same table, in any order of rows, and seed give the same cut.
    ///
    /// Throws `.content` for a temporal split of rows without times. O(rows log rows).
    public func apply(
        to table: InteractionTable, seed: UInt64
    ) throws(EvaluationFailure) -> (train: InteractionTable, test: InteractionTable) {
        let rows = table.rows.sorted { ($0.user, $0.item) < ($1.user, $1.item) }
        let isTest: [Bool]
        switch self {
        case .leaveOut(let share):
            isTest = Self.drawn(rows, seed: seed) { count in
                min(count - 1, Int((share * Double(count)).rounded()))
            }
        case .temporal(let share): isTest = try Self.last(rows, share: share)
        case .coldStart(let share, let kept):
            var users: [String] = []
            for row in rows where users.last != row.user { users.append(row.user) }
            var random = SeededRandom(seed: seed, stream: "cold start")
            random.shuffle(&users)
            let cold = Set(users.prefix(Int((share * Double(users.count)).rounded())))
            let drawn = Self.drawn(rows, seed: seed) { max(0, $0 - kept) }
            isTest = zip(rows, drawn).map { cold.contains($0.user) && $1 }
        }
        let train = zip(rows, isTest).filter { !$1 }.map(\.0)
        let test = zip(rows, isTest).filter { $1 }.map(\.0)
        return (InteractionTable(train), InteractionTable(test))
    }

    /// Of each user as many rows as `count` says of the number of its rows, drawn by a stream of its
    /// own, so that one more user does not change the others.
    private static func drawn(
        _ rows: [InteractionTable.Row], seed: UInt64, count: (Int) -> Int
    ) -> [Bool] {
        var isTest = [Bool](repeating: false, count: rows.count)
        var first = 0
        while first < rows.count {
            let user = rows[first].user
            let last = rows[first...].firstIndex { $0.user != user } ?? rows.count
            var places = Array(first..<last)
            var random = SeededRandom(seed: seed, stream: user)
            random.shuffle(&places)
            for place in places.prefix(count(places.count)) { isTest[place] = true }
            first = last
        }
        return isTest
    }

    private static func last(
        _ rows: [InteractionTable.Row], share: Double
    ) throws(EvaluationFailure) -> [Bool] {
        let times = rows.compactMap(\.time).sorted()
        guard times.count == rows.count, let latest = times.last else {
            throw EvaluationFailure(
                code: .content, operation: "split by time", message: "not every row has a time")
        }
        let place = Int((Double(rows.count) * (1 - share)).rounded())
        let cut = place < times.count ? times[place] : latest
        return rows.map { row in row.time.map { $0 >= cut } ?? false }
    }
}
