/// Which author delivered how much of an item's share; the contributions of an item sum to its share.
enum Contributions: Sendable {
    /// `rate(author) * w(author, item)`: exact engines.
    case rates([Double])
    /// One value per author-item edge, in the order of the rows of authors: counted walks.
    case edges([Double])

    @inline(__always)
    func value(author: Int, entry: Int, weights: [Double]) -> Double {
        switch self {
        case .rates(let rates): rates[author] * weights[entry]
        case .edges(let edges): edges[entry]
        }
    }

    /// Whether an author may add to an item's share, as a supporter does.
    func mayContribute(_ author: Int) -> Bool {
        switch self {
        case .rates(let rates): rates[author] > 0
        case .edges: true
        }
    }

    /// The contributions to an item that are not 0, largest first (rounded to 12 decimals, then by
    /// author); those of `taste` may be negative and then come last.
    /// O(authors of the item, log).
    func ordered(
        for item: ItemIndex, in snapshot: GraphSnapshot
    ) -> [(author: AuthorIndex, value: Double)] {
        var found: [(author: AuthorIndex, value: Double)] = []
        for place in snapshot.holders.places(item.position) {
            let author = snapshot.holders.row(at: place)
            guard let entry = snapshot.interactions.entry(row: Int(author), column: item.value)
            else { continue }
            let value = value(
                author: Int(author), entry: entry, weights: snapshot.interactions.weights)
            if value != 0 { found.append((AuthorIndex(author), value)) }
        }
        return found.sorted {
            (-sortKey($0.value), $0.author) < (-sortKey($1.value), $1.author)
        }
    }

    /// What a set of authors adds to each item. O(items + edges of the set).
    func delivered(by authors: [AuthorIndex], in snapshot: GraphSnapshot) -> [Double] {
        var sums = [Double](repeating: 0, count: snapshot.itemCount)
        let rows = snapshot.interactions
        for author in Set(authors).sorted() where snapshot.contains(author) {
            for entry in rows.entries(author.position) {
                sums[Int(rows.columns[entry])] += value(
                    author: author.position, entry: entry, weights: rows.weights)
            }
        }
        return sums
    }
}

/// A number that orders as `value` rounded to 12 decimals does, so that the last bits of a sum do not
/// decide an order.
func sortKey(_ value: Double) -> Double {
    // Above 2^12 a Double has fewer than 12 decimals left.
    value < 4_096 ? (value * 1e12).rounded() : min(value, 1e290) * 1e12
}
