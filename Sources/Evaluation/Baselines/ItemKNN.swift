/// `itemknn`: item-based nearest neighbours by cosine (Sarwar et al., WWW 2001; top-N form of
/// Deshpande & Karypis, TOIS 2004).
///
/// `link(i, j) = x_i . x_j / (|x_i| |x_j| + shrink)` over the columns of the transformed matrix.
enum ItemKNN {
    struct Settings: Hashable, Sendable {
        var transform = WeightTransform.log1p
        var neighbours = 100
        var shrink = 0.0
    }

    static func fit(
        _ train: SparseRows, _ settings: Settings, threads: Int
    ) async -> (any Recommender)? {
        let rows = settings.transform.apply(train)
        let columns = rows.transposed()
        let norms = (0..<columns.rowCount).map { item in
            columns.entries(item).reduce(0) { $0 + columns.values[$1] * columns.values[$1] }
                .squareRoot()
        }
        let links = await ItemLinks.build(
            itemCount: train.columnCount, keeping: settings.neighbours, threads: threads
        ) { item, strengths in
            for holder in columns.entries(item) {
                let weight = columns.values[holder]
                for entry in rows.entries(Int(columns.columns[holder])) {
                    strengths[Int(rows.columns[entry])] += weight * rows.values[entry]
                }
            }
            for other in strengths.indices where strengths[other] > 0 {
                strengths[other] /= norms[item] * norms[other] + settings.shrink
            }
        }
        return links.map { LinkedItems(known: train, profile: rows, links: $0) }
    }
}
