/// `userknn`: user-based nearest neighbours by cosine (Resnick et al., CSCW 1994; cosine form of
/// Breese et al., UAI 1998): `score(j) = sum of cosine(s, v) x_vj over the nearest users v`.
struct UserKNN: Scorer {
    struct Settings: Hashable, Sendable {
        var transform = WeightTransform.log1p
        var neighbours = 100
        var shrink = 0.0
    }

    let known: SparseRows
    private let rows: SparseRows
    private let columns: SparseRows
    private let norms: [Double]
    private let settings: Settings

    init(_ train: SparseRows, _ settings: Settings) {
        known = train
        self.settings = settings
        let rows = settings.transform.apply(train)
        self.rows = rows
        columns = rows.transposed()
        norms = (0..<rows.rowCount).map { user in
            rows.entries(user).reduce(0) { $0 + rows.values[$1] * rows.values[$1] }.squareRoot()
        }
    }

    func scores(_ user: Int) -> [Double] {
        var alike = [Double](repeating: 0, count: rows.rowCount)
        for entry in rows.entries(user) {
            let weight = rows.values[entry]
            for holder in columns.entries(Int(rows.columns[entry])) {
                alike[Int(columns.columns[holder])] += weight * columns.values[holder]
            }
        }
        alike[user] = 0
        for other in alike.indices where alike[other] > 0 {
            alike[other] /= norms[user] * norms[other] + settings.shrink
        }
        var scores = [Double](repeating: 0, count: rows.columnCount)
        for other in TopItems.best(alike, count: settings.neighbours, above: 0) {
            for entry in rows.entries(Int(other)) {
                scores[Int(rows.columns[entry])] += alike[Int(other)] * rows.values[entry]
            }
        }
        return scores
    }
}
