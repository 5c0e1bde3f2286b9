/// The item walk of one ego, kept from ranking to ranking: a solution, and what it lacks.
///
/// A change of an author's row moves the densities (visits over popularity) of its own items. Who else has
/// one of them lacks something then, and learns of it only where that is worth a look at the item's
/// holders; in turn an author moves its items only where it lacks enough for a look at its row. That is
/// dynamic forward push (Zhang, Lofgren & Goel, KDD 2016) with both sides put off. What is left over is
/// bounded: visits are self-adjoint when authors are weighted by one over trust, where a step is shorter by
/// alpha at least, so that by Cauchy and Schwarz the share of no item is off by more than
///
///     |v| max_i sqrt(sum_u r(u) a(u,i)^2 - pi(i)^2)  +  |sum of v| max_i (share(i) + pi(i) / sum_u r(u)),
///
/// where v is the residual, |v|^2 = sum_u v(u)^2 / r(u), and u are the authors who have items: what all lack in proportion to trust is told
/// apart, because its effect on everything is known. Of the residual one part is known, author by author. The other is
/// what untold moves w of densities would bring; as rows sum to 1, by Jensen
///
///     sum_u r(u) (sum_i a(u,i) w(i))^2  <=  sum_i pi(i) w(i)^2.
///
/// As long as both are small nothing is done. They are kept, so that what several changes leave adds up
/// in them and not behind them.
struct WarmItemWalk {
    /// What is known of an author beside its visits.
    struct Author {
        /// Its residual as if untold moves had not been.
        var lacking: Double
        /// Trust over the sum of its row's weights.
        var back: Double
        /// Trust times the length of its row.
        var gate: Double
    }

    /// What is known of an item beside its popularity.
    struct Item {
        /// Visits over popularity, less the `level`.
        var density: Double
        /// How far the density moved since its holders were told.
        var untold = 0.0
        /// One over the popularity, 0 where nobody has it.
        var inverse: Double
        /// How many there are.
        var holders: Double
    }

    /// Visits of authors by the item walk.
    var visits: [Double]
    var authors: [Author]
    var items: [Item]
    /// A part of the density of every item.
    var level = 0.0
    /// Of items.
    var popularity: [Double]
    private(set) var holders: ItemHolders
    /// Of items: `sum_u r(u) a(u,i)^2`.
    private var moments: [Double]
    /// Of all items, the most of a moment that the popularity does not explain.
    private(set) var largestSpread = 0.0
    /// Of authors: one over the part of a visit that does not return at once, when the walk began.
    let leaving: [Double]
    /// What the trust in authors who have items sums to; at most 1.
    private(set) var heard = 0.0
    /// Whether walks come to everybody, which no new interaction ends.
    let isWhole: Bool
    /// Whether the last change moved so much that it was not followed but solved for.
    var isFar = false
    let trust: [Double]
    let start: [Double]
    let alpha: Double

    /// O(edges).
    init(
        _ solution: WalkSolution, _ snapshot: GraphSnapshot, trust: [Double], start: [Double],
        popularity: [Double], alpha: Double
    ) {
        (visits, leaving) = (solution.visits, solution.leaving)
        (self.trust, self.start, self.popularity, self.alpha) = (trust, start, popularity, alpha)
        let rows = snapshot.interactions
        moments = [Double](repeating: 0, count: snapshot.itemCount)
        holders = ItemHolders(snapshot)
        authors = []
        authors.reserveCapacity(rows.rowCount)
        for author in 0..<rows.rowCount {
            let scale = rows.scales[author]
            for entry in rows.entries(author) {
                let (item, weight) = (Int(rows.columns[entry]), rows.weights[entry])
                moments[item] += trust[author] * (weight * scale) * (weight * scale)
            }
            authors.append(
                Author(
                    lacking: solution.lacking[author], back: trust[author] * scale,
                    gate: trust[author] * Double(rows.entries(author).count)))
        }
        let items = popularity.indices.map {
            let inverse = popularity[$0] >= .leastNormalMagnitude ? 1 / popularity[$0] : 0
            return Item(
                density: solution.densities[$0], inverse: inverse,
                holders: Double(snapshot.holders.places($0).count))
        }
        self.items = items
        var isWhole = items.indices.allSatisfy { popularity[$0] == 0 || items[$0].inverse > 0 }
        for author in authors.indices where trust[author] > 0 && rows.scales[author] > 0 {
            isWhole = isWhole && solution.visits[author] > 0
        }
        self.isWhole = isWhole
        for author in authors.indices where authors[author].back > 0 { heard += trust[author] }
        for item in items.indices { largestSpread = max(largestSpread, spread(item)) }
    }

    /// Takes over the rows of authors as they are in a newer snapshot of the same authors, items and
    /// trust, and follows what that changes until no share is off by more than `tolerance`. False, and
    /// of no use any more, where it does not know how: an author lost an item, or its only ones.
    mutating func take(
        _ changed: [Int], from old: GraphSnapshot, to new: GraphSnapshot, tolerance: Double
    ) -> Bool {
        for author in changed {
            guard moveRow(author, from: old.interactions, to: new.interactions) else {
                return false
            }
        }
        for author in changed where trust[author] > 0 {
            authors[author].lacking = lacking(author, new.interactions)
        }
        return settle(changed, new, tolerance: tolerance)
    }

    /// Visits of an item.
    @inline(__always)
    func mass(_ item: Int) -> Double { max(0, popularity[item] * (items[item].density + level)) }

    /// Visits of all items.
    var mass: Double {
        // All that authors scatter arrives where nobody's popularity is too small to divide by.
        if isWhole { return (1 - alpha) * visits.reduce(0, +) }
        return items.indices.reduce(0) { $0 + mass($1) }
    }

    /// The mass of the solution.
    func mass(_ snapshot: GraphSnapshot, _ query: RankingQuery, massPerTrust: Double) -> WalkMass {
        ItemWalk.mass(
            solution, query, forth: snapshot.interactions.scales.map { $0 * (1 - alpha) },
            popularity: popularity, massPerTrust: massPerTrust)
    }

    var solution: WalkSolution {
        WalkSolution(
            visits: visits, densities: items.map { $0.density + level },
            lacking: authors.map(\.lacking),
            leaving: leaving)
    }
}

extension WarmItemWalk {
    /// Brings what an author's row says of its items up to date. False where it lost one.
    private mutating func moveRow(
        _ author: Int, from old: CompressedRows, to new: CompressedRows
    ) -> Bool {
        let (before, after) = (old.scales[author], new.scales[author])
        guard before > 0, after > 0 else { return false }
        var known = old.entries(author)
        for entry in new.entries(author) {
            let (item, weight) = (Int(new.columns[entry]), new.weights[entry])
            var last = 0.0
            if let first = known.first, old.columns[first] <= item {
                guard old.columns[first] == item else { return false }
                last = old.weights[first]
                known = first + 1..<known.upperBound
            }
            hold(item, author, from: last, to: weight)
            move(item, of: author, from: last * before, to: weight * after)
        }
        authors[author].back = trust[author] * after
        authors[author].gate = trust[author] * Double(new.entries(author).count)
        return known.isEmpty
    }

    /// O(1), or O(holders of the item) for another weight of what the author has already.
    private mutating func hold(_ item: Int, _ author: Int, from last: Double, to weight: Double) {
        guard last != weight else { return }
        if last == 0 {
            holders.append(author, weight, to: item)
            items[item].holders += 1
        } else {
            holders.replace(author, weight, in: item)
        }
    }

    /// What a new part of an author does to an item at once.
    private mutating func move(
        _ item: Int, of author: Int, from last: Double, to part: Double
    ) {
        let before = items[item].density + level
        let mass = before * popularity[item] + (1 - alpha) * visits[author] * (part - last)
        popularity[item] += trust[author] * (part - last)
        let inverse = popularity[item] >= .leastNormalMagnitude ? 1 / popularity[item] : 0
        (items[item].density, items[item].inverse) = (mass * inverse - level, inverse)
        items[item].untold += mass * inverse - before
        moments[item] += trust[author] * (part * part - last * last)
        largestSpread = max(largestSpread, spread(item))
    }

    /// `sum_u r(u) a(u,i)^2 - pi(i)^2`, rounded up: a bound.
    private func spread(_ item: Int) -> Double {
        moments[item] * (1 + Self.rounding) - (isWhole ? popularity[item] * popularity[item] : 0)
    }

    /// What sums of as many numbers as there are authors may be off by.
    private static let rounding = 1e-9

    /// The residual of one author as if untold moves had not been.
    private func lacking(_ author: Int, _ rows: CompressedRows) -> Double {
        var sum = 0.0
        for entry in rows.entries(author) {
            let item = items[Int(rows.columns[entry])]
            sum += rows.weights[entry] * (item.density + level - item.untold)
        }
        return start[author] + authors[author].back * sum - visits[author]
    }
}
