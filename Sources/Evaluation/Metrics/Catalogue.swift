/// What exposure is measured against: the items of train, or of train and test, with their
/// popularity.
public struct Catalogue: Sendable {
    public enum Extent: String, Hashable, Sendable, CaseIterable {
        case train
        case union
    }

    /// Per item of the data set.
    public let contains: [Bool]
    /// Users in train that have the item. Per item.
    public let popularity: [Int]
    /// Items in the catalogue.
    public let count: Int
    /// Users with at least one item in train; at least 1.
    public let userCount: Int

    public init(_ data: EvaluationData, extent: Extent = .train) {
        popularity = data.train.columnCounts
        let asked = data.test.columnCounts
        contains = zip(popularity, asked).map { $0 > 0 || (extent == .union && $1 > 0) }
        count = contains.reduce(0) { $0 + ($1 ? 1 : 0) }
        userCount = max(
            1, (0..<data.users.count).reduce(0) { $0 + (data.train.entries($1).isEmpty ? 0 : 1) })
    }
}
