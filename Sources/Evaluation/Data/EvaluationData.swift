/// One data set, cut, with users and items as dense numbers in ascending order of their names: what
/// methods learn from and what they are asked for.
public struct EvaluationData: Sendable {
    /// Ascending; everybody named in train, test or trust.
    public let users: [String]
    /// Ascending; everything named in train or test.
    public let items: [String]
    /// Users by items, raw weights.
    public let train: SparseRows
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

    private static func places(_ names: [String]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    }
}
