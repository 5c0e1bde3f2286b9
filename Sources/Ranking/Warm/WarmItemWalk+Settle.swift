extension WarmItemWalk {
    /// Rounds before conjugate gradients take over.
    private static let rounds = 4
    /// Of all entries, those of the rows that are followed before all others.
    private static let followedPart = 0.05
    /// Of the tolerance, what the other rows are to be off by.
    private static let restPart = 0.3
    /// Of the tolerance, what rows may be off by, all together, that are only looked at in the first round.
    private static let waitingPart = 0.5
    /// Times the tolerance beyond which rounds are too many, before the first one and after it: the first
    /// follows what is large in few places.
    private static let (far, farAfterOne) = (2_000.0, 30.0)
    /// Iterations of conjugate gradients at most: each takes a factor of 10 or more where walks mix.
    private static let iterations = 60

    /// Follows the residual until no share can be off by more than `tolerance`; false when that does not
    /// come about. A round goes twice over the few rows where the residual is large and then once over
    /// all, in place (Gauss and Seidel): what a row's step leaves behind in the rows before it is bounded by
    /// the step.
    mutating func settle(_ system: System, tolerance: Double) -> Bool {
        isFar = false
        for round in 0..<Self.rounds {
            let error = error(visits, lacking, densities, system, enough: tolerance)
            if error <= tolerance { return true }
            guard error <= (round == 0 ? Self.far : Self.farAfterOne) * tolerance else { break }
            if round == 0 {
                let rest = Self.restPart * tolerance / max(largestMoment.squareRoot(), .ulpOfOne)
                let chosen = largest(system, rest: rest)
                for _ in 0..<2 { _ = push(chosen, system) }
                level(system)
            }
            let part = round == 0 ? Self.waitingPart : Self.restPart
            pushAll(system, waiting: part * tolerance / max(largestMoment.squareRoot(), .ulpOfOne))
        }
        if error(visits, lacking, densities, system, enough: tolerance) <= tolerance { return true }
        isFar = true
        level(system)
        var solver = WalkSolver(solution, inverse: inverses)
        solver.begin(
            system.kernel, start: start, forth: system.forth, back: system.back, trust: trust,
            findsLeaving: false)
        (drift, driftSum) = (0, 0)
        solver.run(
            system.kernel, forth: system.forth, back: system.back, trust: trust,
            iterations: Self.iterations
        ) {
            error($0.solution.visits, $0.solution.lacking, densities, system, enough: tolerance)
                <= tolerance
        }
        (visits, lacking) = (solver.solution.visits, solver.solution.lacking)
        densities = solver.solution.densities
        return error(visits, lacking, densities, system, enough: tolerance) <= tolerance
    }

    /// What no share is off by more than, or less where that is above `enough`.
    private func error(
        _ visits: [Double], _ lacking: [Double], _ densities: [Double], _ system: System,
        enough: Double
    ) -> Double {
        var (square, sum, all) = (0.0, 0.0, 0.0)
        for author in system.kernel.authors {
            let author = Int(author)
            square += lacking[author] / trust[author] * lacking[author]
            sum += lacking[author]
            all += visits[author]
        }
        let spread = largestMoment.squareRoot() * (square.squareRoot() + drift)
        guard spread <= enough else { return spread }
        var largest = 0.0
        for item in popularity.indices {
            largest = max(largest, popularity[item] * densities[item])
        }
        let share = all > 0 ? largest / ((1 - alpha) * all) : 1
        return spread + share * (abs(sum) + driftSum)
    }

    /// The rows that hold most of the residual for their length, until all others together have at most the
    /// norm `rest` or rows are enough. Rows are told apart to half a power of two, so that
    /// nothing has to be sorted.
    private func largest(_ system: System, rest: Double) -> [UInt32] {
        let classOf = { (author: Int) -> (size: Int, square: Double, length: Int) in
            let square = lacking[author] / trust[author] * lacking[author]
            let length = system.kernel.entries(author).count
            return (Int((square / Double(length)).bitPattern >> 51), square, length)
        }
        var classes = [(square: Double, entries: Int)](repeating: (0, 0), count: 1 << 13)
        for author in system.kernel.authors {
            let (size, square, length) = classOf(Int(author))
            classes[size].square += square
            classes[size].entries += length
        }
        var (first, low) = (0, 0.0)
        while first < classes.count, low + classes[first].square <= rest * rest {
            low += classes[first].square
            first += 1
        }
        var left = Int(Self.followedPart * Double(system.kernel.columns.count))
        var from = classes.count
        while from > first, classes[from - 1].entries <= left {
            from -= 1
            left -= classes[from].entries
        }
        return system.kernel.authors.filter { classOf(Int($0)).size >= from }
    }

    /// Solves one author's own equation after the other and tells its items at once; the norm of all steps.
    /// An author of whom less is missing, for each entry, than the square `waiting` only has that noted.
    private mutating func push(
        _ chosen: [UInt32], _ system: System, waiting: Double = 0
    ) -> Double {
        var square = 0.0
        var left = lacking
        lacking = []
        // Out of the way of the densities while those are changed.
        let (leaving, start, trust, inverses) = (leaving, start, trust, inverses)
        var moved = visits
        visits = []
        var densities = densities.mutableSpan
        for author in chosen {
            let author = Int(author)
            system.kernel.relax(author, &densities, inverses.span) { sum in
                let lacking = start[author] + system.back[author] * sum - moved[author]
                let entries = Double(system.kernel.entries(author).count)
                left[author] = lacking
                guard lacking / trust[author] * lacking > waiting * entries else { return 0 }
                left[author] = 0
                let step = lacking * leaving[author]
                moved[author] += step
                square += step / trust[author] * step
                return system.forth[author] * step
            }
        }
        (visits, lacking) = (moved, left)
        return square.squareRoot()
    }

    /// Every author in turn. What is left beside what waits is what later steps brought back to earlier authors: no more in
    /// any place than a walk from the steps, signs left out, so at most `1 - alpha` of their norm.
    private mutating func pushAll(_ system: System, waiting: Double) {
        let entries = Double(system.kernel.columns.count)
        drift =
            (1 - alpha)
            * push(system.kernel.authors, system, waiting: waiting * waiting / entries)
        // A walk loses alpha of its mass at each author, and nothing else where all items are told.
        var missing = 0.0
        for author in system.kernel.authors {
            missing += start[Int(author)] - alpha * visits[Int(author)] - lacking[Int(author)]
        }
        let isWhole = popularity.indices.allSatisfy { popularity[$0] == 0 || inverses[$0] > 0 }
        driftSum = isWhole ? abs(missing) : drift
    }

    /// What walks settle into last is to visit everybody in proportion to trust; how much of that is
    /// missing is known from the sum of the visits. Only where walks come to everybody: else it is for
    /// some part of the graph alone, and nobody knows which.
    private mutating func level(_ system: System) {
        var (all, mass, isWhole) = (0.0, 0.0, true)
        for author in system.kernel.authors {
            all += visits[Int(author)]
            mass += trust[Int(author)]
            isWhole = isWhole && visits[Int(author)] > 0
        }
        guard isWhole, mass > 0 else { return }
        let part = (1 / alpha - all) / mass
        for author in system.kernel.authors { visits[Int(author)] += part * trust[Int(author)] }
        for item in densities.indices where inverses[item] > 0 {
            densities[item] += part * (1 - alpha)
        }
    }
}
