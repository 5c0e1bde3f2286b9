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
        var sums = out.mutableSpan
        for author in authors {
            let push = coefficients[Int(author)]
            guard push != 0 else { continue }
            let range = entries(Int(author))
            let columns = columns.span.extracting(range)
            let weights = weights.span.extracting(range)
            for entry in 0..<min(columns.count, weights.count) {
                sums[Int(columns[entry])] += push * weights[entry]
            }
        }
        return out
    }

    /// `out(u) = coefficient(u) * sum over items i of w(u, i) * values(i)`.
    func gather(_ values: [Double], coefficients: [Double]) -> [Double] {
        var out = [Double](repeating: 0, count: coefficients.count)
        for author in authors {
            var sum = 0.0
            for entry in Int(offsets[Int(author)])..<Int(offsets[Int(author) + 1]) {
                sum += weights[entry] * values[Int(columns[entry])]
            }
            out[Int(author)] = coefficients[Int(author)] * sum
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
            let range = Int(offsets[row])..<Int(offsets[row + 1])
            // Of one length, so that a place is checked once.
            let columns = columns.extracting(range)
            let weights = weights.extracting(range)
            let count = min(columns.count, weights.count)
            // Four sums at once: one would wait for each addition to end.
            var (first, second, third, fourth) = (0.0, 0.0, 0.0, 0.0)
            var entry = 0
            while entry &+ 4 <= count {
                first += weights[entry] * waiting[Int(columns[entry])]
                second += weights[entry &+ 1] * waiting[Int(columns[entry &+ 1])]
                third += weights[entry &+ 2] * waiting[Int(columns[entry &+ 2])]
                fourth += weights[entry &+ 3] * waiting[Int(columns[entry &+ 3])]
                entry &+= 4
            }
            var sum = (first + second) + (third + fourth)
            while entry < count {
                sum += weights[entry] * waiting[Int(columns[entry])]
                entry &+= 1
            }
            let mass = back[row] * sum
            visits[row] += mass
            let push = mass * forth[row]
            guard push != 0 else { continue }
            for entry in 0..<count { fresh[Int(columns[entry])] += push * weights[entry] }
        }
    }
}
