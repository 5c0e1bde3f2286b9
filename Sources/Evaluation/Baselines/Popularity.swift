/// `popularity`: the items that most users have, for everybody the same.
struct Popularity: Scorer {
    let known: SparseRows
    private let popularity: [Double]

    init(_ train: SparseRows) {
        known = train
        popularity = train.columnCounts.map(Double.init)
    }

    func scores(_ user: Int) -> [Double] { popularity }
}
