internal import Primitives

/// One data set, cut, with users and items as dense numbers in ascending order of their names: what
/// methods learn from and what they are asked for.
public struct EvaluationData: Sendable {
    /// Ascending; everybody named in train, test or trust.
    public let users: [String]
    /// Ascending; everything named in train or test.
    public let items: [String]
    /// Users by items, raw weights.
    public let train: SparseRows
    /// When each user of train first met each item, in milliseconds, in the places of `train`; nil unless
    /// every row of train has a time.
    public let arrivals: SparseRows?
    /// Users by items; the values mean nothing.
    public let test: SparseRows
    /// Users by users.
    public let trust: SparseRows
    /// Items that an attacker pushes; nobody is asked for them.
    public let spamItems: Set<Int>

    /// Self-trust is left out. O(rows log rows).
    public init(
        train: InteractionTable, test: InteractionTable, trust: [TrustPair] = [],
        spamItems: Set<String> = []
    ) {
        var names = Set<String>()
        for row in train.rows { names.insert(row.user) }
        for row in test.rows { names.insert(row.user) }
        for pair in trust { names.formUnion([pair.source, pair.target]) }
        let users = names.sorted()
        let items = Set((train.rows + test.rows).map(\.item)).sorted()
        let userPlaces = Self.places(users)
        let itemPlaces = Self.places(items)
        func rows(_ table: InteractionTable) -> SparseRows {
            SparseRows(
                rowCount: users.count, columnCount: items.count,
                entries: table.rows.compactMap { row in
                    guard let user = userPlaces[row.user], let item = itemPlaces[row.item] else {
                        return nil
                    }
                    return .init(row: user, column: item, value: row.weight)
                })
        }
        self.users = users
        self.items = items
        self.train = rows(train)
        arrivals =
            train.rows.contains { $0.firstTime == nil }
            ? nil
            : SparseRows(
                rowCount: users.count, columnCount: items.count,
                entries: train.merged(isRated: true).rows.compactMap { row in
                    guard let user = userPlaces[row.user], let item = itemPlaces[row.item],
                        let time = row.firstTime
                    else { return nil }
                    return .init(row: user, column: item, value: Double(time.milliseconds))
                })
        self.test = rows(test)
        self.trust = SparseRows(
            rowCount: users.count, columnCount: users.count,
            entries: trust.compactMap { pair in
                guard let source = userPlaces[pair.source], let target = userPlaces[pair.target],
                    source != target
                else { return nil }
                return .init(row: source, column: target, value: pair.weight)
            })
        self.spamItems = Set(spamItems.compactMap { itemPlaces[$0] })
    }

    /// The users that are scored: those with at least one item in test, ascending.
    public var scoredUsers: [Int] { (0..<users.count).filter { !test.entries($0).isEmpty } }

    /// The same data, asking only some of the scored users, drawn by the seed: for methods that take
    /// long. Popularity and catalogue are still those of all users.
    public func asking(_ count: Int, seed: UInt64) -> EvaluationData {
        var asked = scoredUsers
        var random = SeededRandom(seed: seed, stream: "asked users")
        random.shuffle(&asked)
        return asking(asked.prefix(count).sorted())
    }

    /// The same data, asking only the scored users that a question holds for.
    public func asking(where holds: (Int) -> Bool) -> EvaluationData {
        asking(scoredUsers.filter(holds))
    }

    private func asking(_ kept: [Int]) -> EvaluationData {
        EvaluationData(
            self,
            test: SparseRows(
                rowCount: users.count, columnCount: items.count,
                entries: kept.flatMap { user in
                    test.row(user).map { .init(row: user, column: Int($0), value: 1) }
                }))
    }

    private init(_ other: EvaluationData, test: SparseRows) {
        users = other.users
        items = other.items
        train = other.train
        arrivals = other.arrivals
        self.test = test
        trust = other.trust
        spamItems = other.spamItems
    }

    private static func places(_ names: [String]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    }
}
