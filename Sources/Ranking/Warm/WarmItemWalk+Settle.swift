extension WarmItemWalk {
    /// What is left everywhere, as a square for each entry, if every place stays below the limit and the sum
    /// meets the tolerance. Limits are this many times as high: most places are off by less.
    private static let limitFactor = 16.0
    /// Times the tolerance beyond which following is not tried.
    private static let far = 20_000.0
    /// Of all entries, those that are followed one by one before all are gone through in turn.
    private static let followedPart = 0.15
    /// How often that is done before conjugate gradients take over.
    private static let sweeps = 3
    /// Iterations of conjugate gradients at most: each takes a factor of 10 or more where walks mix.
    private static let iterations = 60

    /// Follows the changed rows until no share can be off by more than `tolerance`; false when that does not
    /// come about. What is left of many changes makes a sweep over all edges necessary now and then.
    mutating func settle(
        _ changed: [Int], _ snapshot: GraphSnapshot, tolerance: Double
    ) -> Bool {
        isFar = false
        // Also fetches, in order, what spreading looks at in no order.
        let first = error(enough: tolerance)
        if first <= tolerance { return true }
        if first <= Self.far * tolerance {
            spread(changed, snapshot.interactions, limit: limit(snapshot, tolerance))
            raise()
            for _ in 0..<Self.sweeps {
                if error(enough: tolerance) <= tolerance { return true }
                sweep(snapshot)
                raise()
            }
            if error(enough: tolerance) <= tolerance { return true }
        }
        isFar = true
        return solve(snapshot, tolerance: tolerance)
    }

    /// A square for each entry of a row or list.
    private func limit(_ snapshot: GraphSnapshot, _ tolerance: Double) -> Double {
        let norm = tolerance / max(largestSpread.squareRoot(), .ulpOfOne)
        // Below this everywhere, what is lacking and what is untold are below half of the norm each.
        let certain = norm * norm / (4 * Double(snapshot.interactions.entryCount))
        return Self.limitFactor * certain
    }

    /// Who has more to say than the limit, a square for each entry of its row or list.
    private struct Queue {
        let limit: Double
        /// Entries that may still be looked at.
        var left: Double
        private(set) var authors: [UInt32] = []
        private(set) var items: [UInt32] = []
        private var isAuthorWaiting: [Bool]
        private var isItemWaiting: [Bool]

        init(limit: Double, left: Double, authors: Int, items: Int) {
            (self.limit, self.left) = (limit, left)
            isAuthorWaiting = [Bool](repeating: false, count: authors)
            isItemWaiting = [Bool](repeating: false, count: items)
        }

        @inline(__always)
        mutating func wake(_ number: Int, _ author: Author) {
            guard author.lacking * author.lacking > limit * author.gate else { return }
            add(author: number)
        }

        @inline(__always)
        mutating func wake(_ number: Int, _ item: Item) {
            guard item.untold * item.untold > limit * item.holders * item.inverse
            else { return }
            add(item: number)
        }

        private mutating func add(author: Int) {
            guard !isAuthorWaiting[author] else { return }
            isAuthorWaiting[author] = true
            authors.append(UInt32(truncatingIfNeeded: author))
        }

        private mutating func add(item: Int) {
            guard !isItemWaiting[item] else { return }
            isItemWaiting[item] = true
            items.append(UInt32(truncatingIfNeeded: item))
        }

        /// All that wait; what is done to one later makes it wait again.
        mutating func takeAuthors() -> [UInt32] {
            for author in authors { isAuthorWaiting[Int(author)] = false }
            defer { authors = [] }
            return authors
        }

        mutating func takeItems() -> [UInt32] {
            for item in items { isItemWaiting[Int(item)] = false }
            defer { items = [] }
            return items
        }
    }

    /// Tells holders and moves items, from authors with new rows on, until nobody has more to say than the
    /// limit or that takes too long.
    private mutating func spread(_ changed: [Int], _ rows: CompressedRows, limit: Double) {
        var queue = Queue(
            limit: limit, left: Self.followedPart * Double(rows.entryCount),
            authors: authors.count, items: items.count)
        for author in changed {
            queue.wake(author, authors[author])
            for entry in rows.entries(author) {
                let item = Int(rows.columns[entry])
                queue.wake(item, items[item])
            }
        }
        // Out of each other's way while they are changed.
        var (known, moved, visits) = (authors, items, visits)
        (authors, items, self.visits) = ([], [], [])
        defer { (authors, items, self.visits) = (known, moved, visits) }
        while queue.left > 0, !(queue.items.isEmpty && queue.authors.isEmpty) {
            for item in queue.takeItems() { tell(Int(item), &moved, &known, &queue) }
            for author in queue.takeAuthors() {
                visits[Int(author)] += push(Int(author), rows, &known, &moved, &queue)
            }
        }
    }

    /// Tells everybody who has an item how far its density moved.
    @inline(__always)
    private func tell(
        _ item: Int, _ items: inout [Item], _ authors: inout [Author], _ queue: inout Queue
    ) {
        let untold = items[item].untold
        items[item].untold = 0
        let places = holders.places(item)
        let told = holders.entries.span.extracting(places)
        queue.left -= Double(places.count)
        var known = authors.mutableSpan
        for place in told.indices {
            let author = Int(told[place].author)
            known[author].lacking += known[author].back * told[place].weight * untold
            queue.wake(author, known[author])
        }
    }

    /// Gives an author the visits that it lacks, and its items what follows; the visits.
    @inline(__always)
    private func push(
        _ author: Int, _ rows: CompressedRows, _ authors: inout [Author], _ items: inout [Item],
        _ queue: inout Queue
    ) -> Double {
        let step = authors[author].lacking
        authors[author].lacking = 0
        let forth = (1 - alpha) * rows.scales[author] * step
        let columns = rows.columns.span.extracting(rows.entries(author))
        let weights = rows.weights.span.extracting(rows.entries(author))
        queue.left -= Double(columns.count)
        var moved = items.mutableSpan
        for place in 0..<min(columns.count, weights.count) {
            let item = Int(columns[place])
            let move = forth * weights[place] * moved[item].inverse
            moved[item].density += move
            moved[item].untold += move
            queue.wake(item, moved[item])
        }
        return step
    }

    /// What no share is off by more than, or less where that is above `enough`.
    private func error(enough: Double) -> Double {
        var (lacking, all) = (0.0, 0.0)
        for author in authors.indices where trust[author] > 0 {
            lacking += authors[author].lacking / trust[author] * authors[author].lacking
            all += visits[author]
        }
        let untold = untoldSquare()
        return bound(
            lacking.squareRoot() + untold.squareRoot(), all: all, enough: enough
        ) { self.items[$0].density + level }
    }

    /// `sum_i pi(i) w(i)^2`. In two sums, none of which waits for the other.
    private func untoldSquare() -> Double {
        let (items, popularity) = (items.span, popularity.span)
        var (even, odd, item) = (0.0, 0.0, 0)
        while item + 1 < items.count {
            even += items[item].untold * popularity[item] * items[item].untold
            odd += items[item + 1].untold * popularity[item + 1] * items[item + 1].untold
            item += 2
        }
        if item < items.count { even += items[item].untold * popularity[item] * items[item].untold }
        return even + odd
    }

    /// The same of a solution that lacks no more than it says.
    private func error(of solution: WalkSolution, enough: Double) -> Double {
        var (lacking, all) = (0.0, 0.0)
        for author in trust.indices where trust[author] > 0 {
            lacking += solution.lacking[author] / trust[author] * solution.lacking[author]
            all += solution.visits[author]
        }
        return bound(lacking.squareRoot(), all: all, enough: enough) { solution.densities[$0] }
    }

    /// By the norm of the residual and what all authors' visits sum to.
    private func bound(
        _ norm: Double, all: Double, enough: Double, _ density: (_ item: Int) -> Double
    ) -> Double {
        let spread = largestSpread.squareRoot() * norm
        // A walk loses alpha of its mass at each author, and nothing else where it can go on everywhere.
        // Else the sum is no more than the norm: trust sums to 1 at most.
        let sum = isWhole ? abs(start.reduce(0, +) - alpha * all) : norm
        // Shares and popularities are at most 1.
        guard spread + 2 * sum > enough, spread <= enough, all > 0 else { return spread + 2 * sum }
        let part = isWhole && heard > 0 ? 1 / heard : 0
        let largest = popularity.indices.reduce(0) {
            max($0, popularity[$1] * (density($1) / ((1 - alpha) * all) + part))
        }
        return spread + sum * largest
    }

    /// What walks settle into last is to visit everybody in proportion to trust; how much of that is
    /// missing is known from the sum of the visits. Only where walks come to everybody: else it is for
    /// some part of the graph alone, and nobody knows which.
    private mutating func raise() {
        guard isWhole else { return }
        guard heard > 0 else { return }
        var all = 0.0
        for author in authors.indices where authors[author].back > 0 { all += visits[author] }
        let part = (1 / alpha - all) / heard
        for author in authors.indices where authors[author].back > 0 {
            visits[author] += part * trust[author]
            authors[author].lacking -= alpha * part * trust[author]
        }
        level += part * (1 - alpha)
    }

    /// Every author is told all and gives its items what it lacks, at once (Richardson's iteration): one look
    /// at every edge, after which nobody is known to lack anything and items have moved a little.
    private mutating func sweep(_ snapshot: GraphSnapshot) {
        let kernel = InteractionKernel(snapshot, mass: trust)
        let scales = snapshot.interactions.scales
        var lanes = items.map { InteractionKernel.Lane(waiting: $0.density + level) }
        kernel.sweep(&lanes) { author, sum in
            let step = start[author] + authors[author].back * sum - visits[author]
            visits[author] += step
            authors[author].lacking = 0
            return (1 - alpha) * scales[author] * step
        }
        for item in items.indices {
            let move = lanes[item].fresh * items[item].inverse
            items[item].density += move
            items[item].untold = move
        }
    }

    /// Solves for all by conjugate gradients, from where it is.
    private mutating func solve(_ snapshot: GraphSnapshot, tolerance: Double) -> Bool {
        raise()
        let forth = snapshot.interactions.scales.map { $0 * (1 - alpha) }
        let back = authors.map(\.back)
        let kernel = InteractionKernel(snapshot, mass: trust)
        var solver = WalkSolver(solution, inverse: items.map(\.inverse))
        solver.begin(
            kernel, start: start, forth: forth, back: back, trust: trust, findsLeaving: false)
        solver.run(kernel, forth: forth, back: back, trust: trust, iterations: Self.iterations) {
            error(of: $0.solution, enough: tolerance) <= tolerance
        }
        adopt(solver.solution)
        return error(enough: tolerance) <= tolerance
    }

    private mutating func adopt(_ solution: WalkSolution) {
        (visits, level) = (solution.visits, 0)
        for author in authors.indices {
            authors[author].lacking = solution.lacking[author]
        }
        for item in items.indices {
            items[item].density = solution.densities[item]
            items[item].untold = 0
        }
    }
}
