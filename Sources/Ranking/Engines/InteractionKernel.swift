/// The one kernel of all exact engines: sparse products along the author-item edges.
///
/// Every engine is a choice of coefficients: `forth` weights the way from an author to its items,
/// `back` the way from an item to the authors that have it. The matrix from items back to authors is
/// never built; both ways read the rows of authors, so an iteration streams 12 bytes an edge once.
/// All arrays that are passed in have one element per author, or one per item.
struct InteractionKernel {
    private let offsets: [UInt32]
    let columns: [UInt32]
    let weights: [Double]
    private let itemCount: Int
    /// The rows that take part, ascending.
    let authors: [UInt32]

    /// Only authors of positive `mass` that have items take part: others cannot change a bit.
    init(_ snapshot: GraphSnapshot, mass: [Double]) {
        let rows = snapshot.interactions
        offsets = rows.offsets
        columns = rows.columns
        weights = rows.weights
        itemCount = snapshot.itemCount
        authors = (0..<UInt32(rows.rowCount)).filter { author in
            mass[Int(author)] > 0 && rows.scales[Int(author)] > 0
        }
    }

    /// `out(i) = sum over authors u of coefficient(u) * w(u, i)`.
    func scatter(_ coefficients: [Double]) -> [Double] {
        var out = [Double](repeating: 0, count: itemCount)
        let columns = columns.span
        let weights = weights.span
        var sums = out.mutableSpan
        for author in authors {
            RowProducts.scatter(
                coefficients[Int(author)], entries(Int(author)), columns, weights, to: &sums)
        }
        return out
    }

    /// `out(u) = coefficient(u) * sum over items i of w(u, i) * values(i)`.
    func gather(_ values: [Double], coefficients: [Double]) -> [Double] {
        var out = [Double](repeating: 0, count: coefficients.count)
        let columns = columns.span
        let weights = weights.span
        let values = values.span
        for author in authors {
            let row = Int(author)
            out[row] =
                coefficients[row]
                * RowProducts.gather(entries(row), columns, weights, from: values)
        }
        return out
    }

    /// The places of an author's row.
    @inline(__always)
    func entries(_ author: Int) -> Range<Int> {
        Int(offsets[author])..<Int(offsets[author + 1])
    }

    /// What a walk between authors and items visits.
    struct Visits {
        var authors: [Double]
        var items: [Double]
    }

    /// Walks from the distribution `start`: an iteration goes to items by `forth`, divides by
    /// `popularity` and returns by `back`. O(iterations x edges).
    func walk(
        from start: [Double], forth: [Double], back: [Double], popularity: [Double],
        iterations: Int
    ) -> Visits {
        var visits = Visits(authors: start, items: [Double](repeating: 0, count: itemCount))
        let inverse = popularity.map { $0 >= .leastNormalMagnitude ? 1 / $0 : 0 }
        var coefficients = forth
        for author in 0..<start.count { coefficients[author] *= start[author] }
        var fresh = scatter(coefficients)
        var waiting = [Double](repeating: 0, count: itemCount)
        for _ in 1..<max(1, iterations) {
            for item in 0..<itemCount {
                visits.items[item] += fresh[item]
                waiting[item] = min(fresh[item] * inverse[item], .greatestFiniteMagnitude)
                fresh[item] = 0
            }
            step(waiting, forth: forth, back: back, visits: &visits.authors, into: &fresh)
        }
        for item in 0..<itemCount { visits.items[item] += fresh[item] }
        return visits
    }

    /// Back to the authors and forth again, row by row while a row is in the cache.
    func step(
        _ waiting: [Double], forth: [Double], back: [Double], visits: inout [Double],
        into fresh: inout [Double]
    ) {
        let columns = columns.span
        let weights = weights.span
        let waiting = waiting.span
        var fresh = fresh.mutableSpan
        for author in authors {
            let row = Int(author)
            let range = entries(row)
            let mass =
                back[row] * RowProducts.gather(range, columns, weights, from: waiting)
            visits[row] += mass
            RowProducts.scatter(mass * forth[row], range, columns, weights, to: &fresh)
        }
    }
}
