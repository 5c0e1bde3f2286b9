/// `ease`: EASE^R, the linear item model in closed form (Steck, WWW 2019).
///
/// With the binary matrix X and `P = (X^T X + lambda I)^-1` the model is `B_ij = -P_ij / P_jj` off the
/// diagonal. With fewer users than items P is never built: by the Woodbury identity
/// `P = (I - X^T (lambda I + X X^T)^-1 X) / lambda`, so that only a matrix of users is inverted and the
/// model stays exact.
struct Ease: Scorer {
    struct Settings: Hashable, Sendable {
        var lambda = 300.0
    }

    /// Rows of the dense matrix that is inverted at most, on the smaller side: twice
    /// 3.2 GB and hours of a core at the end.
    static let maximumSize = 20_000

    let known: SparseRows
    /// The inverse over items, or over users.
    private let inverse: DenseSymmetric
    private let isByUsers: Bool
    private let rows: SparseRows
    private let columns: SparseRows
    private let lambda: Double
    /// P_jj.
    private let diagonal: [Double]

    var floor: Double { -.infinity }

    /// Throws `.usage` when both sides of the matrix are too large.
    init(_ train: SparseRows, _ settings: Settings) throws(EvaluationFailure) {
        known = train
        lambda = settings.lambda
        rows = WeightTransform.binary.apply(train)
        columns = rows.transposed()
        isByUsers = train.rowCount < train.columnCount
        let left = isByUsers ? rows : columns
        let right = isByUsers ? columns : rows
        guard left.rowCount <= Self.maximumSize else {
            throw EvaluationFailure(
                code: .usage, operation: "learn ease",
                message: "it inverts a matrix of \(left.rowCount) rows, more than "
                    + "\(Self.maximumSize)")
        }
        var gram = DenseSymmetric(size: left.rowCount)
        for row in 0..<left.rowCount {
            for entry in left.entries(row) {
                for other in right.row(Int(left.columns[entry])) where Int(other) <= row {
                    gram.values[row * gram.size + Int(other)] += 1
                }
            }
            gram.values[row * gram.size + row] += lambda
        }
        guard gram.invert() else {
            throw EvaluationFailure(
                code: .usage, operation: "learn ease",
                message: "lambda \(settings.lambda) is too small")
        }
        inverse = gram
        diagonal = Self.diagonal(gram, isByUsers: isByUsers, columns: columns, lambda: lambda)
    }

    /// `-(x_u P)_j / P_jj`; the identity's part falls on items that the user has.
    func scores(_ user: Int) -> [Double] {
        let product = isByUsers ? productByUsers(user) : productByItems(user)
        return product.indices.map { -product[$0] / diagonal[$0] }
    }

    private func productByItems(_ user: Int) -> [Double] {
        var product = [Double](repeating: 0, count: known.columnCount)
        for item in rows.row(user) {
            let first = Int(item) * inverse.size
            for other in product.indices { product[other] += inverse.values[first + other] }
        }
        return product
    }

    /// `-X^T M X x_u / lambda`, M the inverse over users.
    private func productByUsers(_ user: Int) -> [Double] {
        var common = [Double](repeating: 0, count: inverse.size)
        for item in rows.row(user) {
            for holder in columns.row(Int(item)) { common[Int(holder)] += 1 }
        }
        var turned = [Double](repeating: 0, count: inverse.size)
        for other in common.indices where common[other] > 0 {
            let first = other * inverse.size
            for place in turned.indices {
                turned[place] += common[other] * inverse.values[first + place]
            }
        }
        var product = [Double](repeating: 0, count: known.columnCount)
        for other in turned.indices {
            for item in rows.row(other) { product[Int(item)] -= turned[other] / lambda }
        }
        return product
    }

    private static func diagonal(
        _ inverse: DenseSymmetric, isByUsers: Bool, columns: SparseRows, lambda: Double
    ) -> [Double] {
        (0..<columns.rowCount).map { item in
            guard isByUsers else { return inverse.values[item * inverse.size + item] }
            var sum = 0.0
            for one in columns.row(item) {
                for other in columns.row(item) {
                    sum += inverse.values[Int(one) * inverse.size + Int(other)]
                }
            }
            return (1 - sum) / lambda
        }
    }
}
