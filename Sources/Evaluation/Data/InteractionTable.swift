public import Primitives

/// Who had to do with what, as read from files, before it is split: one row per user and item.
public struct InteractionTable: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        public var user: String
        public var item: String
        /// Plays or stars; 1 where a file has no weights.
        public var weight: Double
        /// The last time; nil where a file has no times.
        public var time: Instant?
        /// The first time: when the user met the item.
        public var firstTime: Instant?

        public init(
            user: String, item: String, weight: Double = 1, time: Instant? = nil,
            firstTime: Instant? = nil
        ) {
            self.user = user
            self.item = item
            self.weight = weight
            self.time = time
            self.firstTime = firstTime ?? time
        }
    }

    public var rows: [Row]
    /// Lines that said nothing we could use, over all files.
    public var rejectedLines: UInt64

    public init(_ rows: [Row] = [], rejectedLines: UInt64 = 0) {
        self.rows = rows
        self.rejectedLines = rejectedLines
    }

    /// One row per user and item in the order of first appearance: plays add up, a later rating
    /// replaces an earlier one; the first and the last time stay. O(rows).
    public func merged(isRated: Bool) -> InteractionTable {
        struct Pair: Hashable {
            var user: String
            var item: String
        }
        var places: [Pair: Int] = [:]
        var merged: [Row] = []
        for row in rows {
            let pair = Pair(user: row.user, item: row.item)
            guard let place = places[pair] else {
                places[pair] = merged.count
                merged.append(row)
                continue
            }
            merged[place].weight = isRated ? row.weight : merged[place].weight + row.weight
            if let time = row.time { merged[place].time = max(merged[place].time ?? time, time) }
            if let first = row.firstTime {
                merged[place].firstTime = min(merged[place].firstTime ?? first, first)
            }
        }
        return InteractionTable(merged, rejectedLines: rejectedLines)
    }
}

/// One user names another.
public struct TrustPair: Hashable, Sendable {
    public var source: String
    public var target: String
    public var weight: Double

    public init(source: String, target: String, weight: Double = 1) {
        self.source = source
        self.target = target
        self.weight = weight
    }
}
