/// For every item its strongest neighbours: the model of all item-based neighbourhood methods.
struct ItemLinks: Sendable {
    /// Row: item i; columns: items that i speaks for; values: how much.
    private(set) var links: SparseRows

    /// Keeps the `count` largest positive links out of each item. `row` fills the strengths of one
    /// item's links into an array that it gets zeroed. O(items x work of a row).
    static func build(
        itemCount: Int, keeping count: Int, threads: Int,
        _ row: @escaping @Sendable (Int, inout [Double]) -> Void
    ) async -> ItemLinks? {
        let rows = await Parallel.map(itemCount, threads: threads) { item in
            var strengths = [Double](repeating: 0, count: itemCount)
            row(item, &strengths)
            strengths[item] = 0
            return TopItems.best(strengths, count: count, above: 0).map { other in
                SparseRows.Entry(row: item, column: Int(other), value: strengths[Int(other)])
            }
        }
        guard let rows else { return nil }
        return ItemLinks(
            links: SparseRows(
                rowCount: itemCount, columnCount: itemCount, entries: rows.flatMap { $0 }))
    }

    /// `score(j) = sum over the user's items i of profile(i) * link(i, j)`.
    func scores(profile: SparseRows, user: Int) -> [Double] {
        var scores = [Double](repeating: 0, count: links.rowCount)
        for entry in profile.entries(user) {
            let weight = profile.values[entry]
            for link in links.entries(Int(profile.columns[entry])) {
                scores[Int(links.columns[link])] += weight * links.values[link]
            }
        }
        return scores
    }
}

/// A method whose model is a profile of each user and links between items.
struct LinkedItems: Scorer {
    let known: SparseRows
    let profile: SparseRows
    let links: ItemLinks

    func scores(_ user: Int) -> [Double] { links.scores(profile: profile, user: user) }
}
