extension WarmItemWalk {
    /// Local rounds before all rows are taken together: one is enough after most changes.
    private static let localRounds = 3
    /// Of all entries, those of the chosen rows at most in a local round.
    private static let localPart = 0.4
    /// Of the tolerance, what the rows that are not chosen may be off by.
    private static let restPart = 0.3
    /// Iterations of conjugate gradients at most: each takes a factor of 10 or more where walks mix.
    private static let iterations = 60

    /// Follows the residual until no share can be off by more than `tolerance`; false when that does not
    /// come about. A round is an exact sweep or two over the few rows where the residual is large and a
    /// look at every row: what is left is exact again.
    mutating func settle(_ system: System, tolerance: Double) -> Bool {
        for _ in 0..<Self.localRounds {
            if error(solution, system) <= tolerance { return true }
            let target = Self.restPart * tolerance / max(largestMoment.squareRoot(), .ulpOfOne)
            let (chosen, entries) = largest(system, rest: target)
            guard Double(entries) <= Self.localPart * Double(system.kernel.columns.count) else {
                break
            }
            for _ in 0..<2 { for author in chosen { push(Int(author), system) } }
            level(system)
            refresh(system)
        }
        if error(solution, system) <= tolerance { return true }
        var solver = WalkSolver(solution, inverse: inverse)
        solver.resume(system.kernel, forth: system.forth, trust: trust)
        solver.run(
            system.kernel, forth: system.forth, back: system.back, trust: trust,
            iterations: Self.iterations
        ) { error($0.solution, system) <= tolerance }
        solution = solver.solution
        return error(solution, system) <= tolerance
    }

    /// What no share is off by more than.
    private func error(_ solution: WalkSolution, _ system: System) -> Double {
        var (square, sum, visits) = (0.0, 0.0, 0.0)
        for author in system.kernel.authors {
            let author = Int(author)
            let lacking = solution.lacking[author]
            square += lacking / trust[author] * lacking
            sum += lacking
            visits += solution.visits[author]
        }
        var largest = 0.0
        for item in popularity.indices {
            largest = max(largest, popularity[item] * solution.densities[item])
        }
        let share = visits > 0 ? largest / ((1 - alpha) * visits) : 1
        return largestMoment.squareRoot() * (square.squareRoot() + drift)
            + share * (abs(sum) + drift)
    }

    /// The rows that hold most of the residual for their length: all others together have at most the norm
    /// `rest`. Rows are told apart to half a power of two, so that nothing has to be sorted.
    private func largest(_ system: System, rest: Double) -> (authors: [UInt32], entries: Int) {
        let sizeOf = { (author: Int) -> (size: Int, square: Double) in
            let lacking = solution.lacking[author]
            let square = lacking / trust[author] * lacking
            let length = Double(system.kernel.entries(author).count)
            return (Int((square / length).bitPattern >> 51), square)
        }
        var squares = [Double](repeating: 0, count: 1 << 13)
        for author in system.kernel.authors {
            let (found, square) = sizeOf(Int(author))
            squares[found] += square
        }
        var (first, left) = (0, 0.0)
        while first < squares.count, left + squares[first] <= rest * rest {
            left += squares[first]
            first += 1
        }
        var (chosen, entries): ([UInt32], Int) = ([], 0)
        for author in system.kernel.authors where sizeOf(Int(author)).size >= first {
            chosen.append(author)
            entries += system.kernel.entries(Int(author)).count
        }
        return (chosen, entries)
    }

    /// Solves one author's own equation and tells its items.
    private mutating func push(_ author: Int, _ system: System) {
        let returned = system.kernel.gathered(author, solution.densities.span)
        let lacking = start[author] + system.back[author] * returned - solution.visits[author]
        let step = lacking * solution.leaving[author]
        guard step != 0 else { return }
        solution.visits[author] += step
        let push = system.forth[author] * step
        for entry in system.kernel.entries(author) {
            let item = Int(system.kernel.columns[entry])
            solution.densities[item] += push * system.kernel.weights[entry] * inverse[item]
        }
    }

    /// What walks settle into last is to visit everybody in proportion to trust; how much of that is
    /// missing is known from the sum of the visits. Only where walks come to everybody: else it is for
    /// some part of the graph alone, and nobody knows which.
    private mutating func level(_ system: System) {
        var (visits, mass, isWhole) = (0.0, 0.0, true)
        for author in system.kernel.authors {
            visits += solution.visits[Int(author)]
            mass += trust[Int(author)]
            isWhole = isWhole && solution.visits[Int(author)] > 0
        }
        guard isWhole, mass > 0 else { return }
        let part = (1 / alpha - visits) / mass
        for author in system.kernel.authors {
            solution.visits[Int(author)] += part * trust[Int(author)]
        }
        for item in popularity.indices where inverse[item] > 0 {
            solution.densities[item] += part * (1 - alpha)
        }
    }

    /// The residual of everybody as it is. O(edges).
    private mutating func refresh(_ system: System) {
        let values = solution.densities
        let densities = values.span
        var lacking = [Double](repeating: 0, count: trust.count)
        for author in system.kernel.authors {
            let author = Int(author)
            let returned = system.kernel.gathered(author, densities)
            lacking[author] =
                start[author] + system.back[author] * returned - solution.visits[author]
        }
        solution.lacking = lacking
        drift = 0
    }
}
