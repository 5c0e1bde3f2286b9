/// Trust made from likeness, for data sets that name no friends: the recipe of Web3Recommend (arXiv
/// 2307.01411): each user trusts the most similar others who share at least some items.
///
/// It leaks taste into trust: what is measured with it says how a defence behaves, not how accurate
/// trust makes an engine.
public struct SimilarTrust: Hashable, Sendable {
    /// How many each user trusts at most.
    public private(set) var count = 5
    /// Items that two must share.
    public private(set) var shared = 2

    /// Items that more users than this have say nothing about likeness and cost the square of it.
    private static let mostHolders = 2_000

    /// `count=5,shared=2`, each part optional. Throws `.usage` and says what is allowed.
    public init(_ text: String) throws(EvaluationFailure) {
        var settings = try AttackSettings(text[...], of: "trust similar")
        try settings.take("count", into: &count, 1...1_000)
        try settings.take("shared", into: &shared, 1...1_000)
        try settings.finish()
    }

    /// By cosine of the sets of items, then by number; the weight is the cosine.
    /// O(sum over items of holders squared).
    func edges(_ train: SparseRows) -> [SparseRows.Entry] {
        let holders = train.transposed()
        var common = [Int](repeating: 0, count: train.rowCount)
        var edges: [SparseRows.Entry] = []
        for user in 0..<train.rowCount {
            var met: [Int] = []
            for item in train.row(user) where holders.entries(Int(item)).count <= Self.mostHolders {
                for other in holders.row(Int(item)).lazy.map(Int.init) where other != user {
                    if common[other] == 0 { met.append(other) }
                    common[other] += 1
                }
            }
            let size = Double(train.entries(user).count)
            let near = met.filter { common[$0] >= shared }.map { other in
                let product = size * Double(train.entries(other).count)
                return (cosine: Double(common[other]) / product.squareRoot(), other: other)
            }
            let kept = near.sorted { (-$0.cosine, $0.other) < (-$1.cosine, $1.other) }
            for (cosine, other) in kept.prefix(count) {
                edges.append(.init(row: user, column: other, value: cosine))
            }
            for other in met { common[other] = 0 }
        }
        return edges
    }
}

extension EvaluationData {
    /// The same data with trust by likeness in place of what it had.
    public func trustingSimilar(_ recipe: SimilarTrust) -> EvaluationData {
        EvaluationData(
            train: InteractionTable(rows(train)), test: InteractionTable(rows(test)),
            trust: recipe.edges(train).map {
                TrustPair(
                    source: users[Int($0.row)], target: users[Int($0.column)], weight: $0.value)
            })
    }
}
