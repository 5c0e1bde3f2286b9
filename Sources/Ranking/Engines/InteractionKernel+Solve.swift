extension InteractionKernel {
    /// What a walk visits in the limit: begins at `start`, goes to items by `forth`, divides by
    /// `popularity` (which is `scatter(back)`) and returns by `back`, for ever.
    ///
    /// Ends when the residual sums to at most `tolerance` of `start` (then the L1 error of the visits is
    /// at most `tolerance` of their sum), or after `iterations`. `known` visits that are nearly right
    /// save iterations, and so does a `level`. Both are 0 where no author takes part.
    /// O(iterations x edges).
    func solve(
        from start: [Double], forth: [Double], back: [Double], trust: [Double],
        popularity: [Double], known: [Double]? = nil, level: Level? = nil, iterations: Int,
        tolerance: Double
    ) -> WalkSolution {
        var solver = WalkSolver(
            self, from: start, known: known, forth: forth, popularity: popularity)
        if let level { solver.add(level, of: trust, in: self) }
        let all = start.reduce(0, +)
        solver.begin(self, start: start, forth: forth, back: back, trust: trust)
        solver.run(self, forth: forth, back: back, trust: trust, iterations: iterations) {
            $0.residual <= tolerance * all
        }
        return solver.solution
    }

    /// Visits of all authors in proportion to trust, on top of others, and the density that they give to
    /// every item that anybody has: what a walk settles into last, which one iteration would go to.
    struct Level {
        var visits: Double
        var density: Double
    }

    /// Of an item: what waits there to be gathered, and what arrives. Side by side, so that scattering a
    /// row finds what gathering it has fetched.
    struct Lane: RowCell {
        var waiting = 0.0
        var fresh = 0.0

        @inline(__always) var gathered: Double { waiting }
        @inline(__always) mutating func receive(_ mass: Double) { fresh += mass }
    }

    /// Gathers each row from what waits and scatters by what `turn` makes of its sum.
    @inline(__always)
    func sweep(_ lanes: inout [Lane], _ turn: (_ author: Int, _ sum: Double) -> Double) {
        let columns = columns.span
        let weights = weights.span
        var lanes = lanes.mutableSpan
        for author in authors {
            let range = entries(Int(author))
            let sum = RowProducts.gather(range, columns, weights, from: lanes.span)
            RowProducts.scatter(
                turn(Int(author), sum), range, columns, weights, to: &lanes)
        }
    }

    /// What one author gathers from the densities of its items.
    @inline(__always)
    func gathered(_ author: Int, _ densities: Span<Double>) -> Double {
        RowProducts.gather(entries(author), columns.span, weights.span, from: densities)
    }

    /// Gathers one author's row from densities and adds to them what `turn` makes of its sum.
    @inline(__always)
    func relax(
        _ author: Int, _ densities: inout MutableSpan<Double>, _ inverses: Span<Double>,
        _ turn: (Double) -> Double
    ) {
        let push = turn(gathered(author, densities.span))
        guard push != 0 else { return }
        for entry in entries(author) {
            let item = Int(columns[entry])
            densities[item] += push * weights[entry] * inverses[item]
        }
    }

    /// The part of a visit that returns to its author at once.
    @inline(__always)
    func selfReturn(
        _ author: Int, forth: Double, back: Double, inverse: Span<Double>
    ) -> Double {
        var columns = columns.span.extracting(entries(author))
        var weights = weights.span.extracting(entries(author))
        // In this order nothing overflows: an author's part of an item is at most the item's all.
        let part = { (weight: Double, inverse: Double) in back * weight * inverse * weight }
        var (odd, even) = (0.0, 0.0)
        while columns.count >= 2, weights.count >= 2 {
            odd += part(weights[0], inverse[Int(columns[0])])
            even += part(weights[1], inverse[Int(columns[1])])
            columns = columns.extracting(2...)
            weights = weights.extracting(2...)
        }
        for place in 0..<min(columns.count, weights.count) {
            odd += part(weights[place], inverse[Int(columns[place])])
        }
        return min(1, forth * (odd + even))
    }
}

/// What a walk visits in the limit, and what is left to do where that is not quite reached.
struct WalkSolution {
    /// Visits of authors. May lie below 0 by what the tolerance allows.
    var visits: [Double]
    /// Visits of items over their popularity, likewise.
    var densities: [Double]
    /// Of authors: `start + M visits - visits`.
    var lacking: [Double]
    /// Of authors: one over the part of a visit that does not return at once.
    var leaving: [Double]

    /// Visits of authors and of items; what rounds to less than nothing is nothing.
    func visits(popularity: [Double]) -> InteractionKernel.Visits {
        var items = popularity
        for item in items.indices { items[item] = max(0, items[item] * densities[item]) }
        return InteractionKernel.Visits(authors: visits.map { max(0, $0) }, items: items)
    }
}

/// Conjugate gradients for the item walk.
///
/// The limit of the walk is the solution of one linear system, x = start + M x over the visits of
/// authors. M is self-adjoint when authors are weighted by one over their trust, because a step back
/// follows trust: so conjugate gradients (Hestenes & Stiefel 1952) find it. What keeps a walk slow is
/// whom it returns to at once, above all a loud ego; dividing by one minus that part (Jacobi's
/// preconditioner) leaves a third fewer iterations. Each reads every row once: a row is scattered while
/// it is in the cache, and what the next direction scatters follows from what its parts did
/// (Chronopoulos & Gear 1989).
struct WalkSolver {
    private(set) var solution: WalkSolution
    /// What the residual of the solution sums to, signs left out.
    private(set) var residual = 0.0
    private var direction: [Double]
    private var kept: [Double]
    /// Of items: what the preconditioned residual scatters.
    private var wanted: [Double]
    private let inverse: [Double]
    private var lanes: [InteractionKernel.Lane]
    /// The square of the residual.
    private var norm = 0.0

    /// From `start`, or from visits that are nearly right.
    init(
        _ kernel: InteractionKernel, from start: [Double], known: [Double]?, forth: [Double],
        popularity: [Double]
    ) {
        let visits = known ?? start
        var coefficients = visits
        for author in coefficients.indices { coefficients[author] *= forth[author] }
        let none = [Double](repeating: 0, count: start.count)
        self.init(
            WalkSolution(
                visits: visits, densities: kernel.scatter(coefficients), lacking: none,
                leaving: none),
            inverse: popularity.map { $0 >= .leastNormalMagnitude ? 1 / $0 : 0 })
        for item in lanes.indices { solution.densities[item] *= inverse[item] }
    }

    /// Before the beginning.
    mutating func add(
        _ level: InteractionKernel.Level, of trust: [Double], in kernel: InteractionKernel
    ) {
        for author in kernel.authors {
            solution.visits[Int(author)] += level.visits * trust[Int(author)]
        }
        for item in lanes.indices where inverse[item] > 0 {
            solution.densities[item] += level.density
        }
    }

    /// From a solution that lacks something.
    init(_ solution: WalkSolution, inverse: [Double]) {
        self.solution = solution
        self.inverse = inverse
        direction = [Double](repeating: 0, count: solution.visits.count)
        kept = direction
        wanted = [Double](repeating: 0, count: inverse.count)
        lanes = [InteractionKernel.Lane](
            repeating: InteractionKernel.Lane(), count: inverse.count)
    }

    /// Finds what the first visits lack, and the first direction. `leaving` is found too, unless rows are
    /// known to be as they were for the solution that this one begins from.
    mutating func begin(
        _ kernel: InteractionKernel, start: [Double], forth: [Double], back: [Double],
        trust: [Double], findsLeaving: Bool = true
    ) {
        var lanes = takeLanes()
        let inverse = inverse
        for item in lanes.indices { lanes[item].waiting = solution.densities[item] }
        kernel.sweep(&lanes) { author, sum in
            if findsLeaving {
                let returning = kernel.selfReturn(
                    author, forth: forth[author], back: back[author], inverse: inverse.span)
                solution.leaving[author] = 1 / max(1 - returning, .ulpOfOne)
            }
            solution.lacking[author] = start[author] + back[author] * sum - solution.visits[author]
            return turn(author, forth: forth, trust: trust)
        }
        collect(lanes)
    }

    /// Goes on until it is `done`, or for some iterations.
    mutating func run(
        _ kernel: InteractionKernel, forth: [Double], back: [Double], trust: [Double],
        iterations: Int, until done: (WalkSolver) -> Bool
    ) {
        for _ in 0..<iterations where norm > 0 {
            if done(self) { break }
            let curvature = step(kernel, forth: forth, back: back, trust: trust)
            guard curvature > 0, (norm / curvature).isFinite else { break }
            follow(kernel, norm / curvature, trust: trust)
        }
    }

    /// Begins with the preconditioned residual of an author; what it scatters.
    private mutating func turn(_ author: Int, forth: [Double], trust: [Double]) -> Double {
        let left = solution.lacking[author]
        direction[author] = left * solution.leaving[author]
        norm += left / trust[author] * direction[author]
        residual += abs(left)
        return forth[author] * direction[author]
    }

    /// The lanes, out of the way of what else is changed while they are walked.
    private mutating func takeLanes() -> [InteractionKernel.Lane] {
        defer { lanes = [] }
        return lanes
    }

    /// Takes over what the first direction scattered.
    private mutating func collect(_ swept: consuming [InteractionKernel.Lane]) {
        lanes = swept
        for item in lanes.indices {
            wanted[item] = lanes[item].fresh * inverse[item]
            lanes[item] = InteractionKernel.Lane(waiting: wanted[item])
        }
    }

    /// What the system makes of the direction; the curvature along it.
    private mutating func step(
        _ kernel: InteractionKernel, forth: [Double], back: [Double], trust: [Double]
    ) -> Double {
        var curvature = 0.0
        kernel.sweep(&lanes) { author, sum in
            let step = direction[author]
            let kept = step - back[author] * sum
            self.kept[author] = kept
            curvature += step / trust[author] * kept
            return forth[author] * solution.leaving[author] * kept
        }
        return curvature
    }

    /// Goes that far along the direction and takes the next one: the preconditioned residual and a share
    /// of the last direction.
    private mutating func follow(
        _ kernel: InteractionKernel, _ length: Double, trust: [Double]
    ) {
        var next = 0.0
        residual = 0
        for author in kernel.authors {
            let author = Int(author)
            solution.visits[author] += length * direction[author]
            let left = solution.lacking[author] - length * kept[author]
            solution.lacking[author] = left
            residual += abs(left)
            kept[author] = left * solution.leaving[author]
            next += left / trust[author] * kept[author]
        }
        let share = next / norm
        norm = next
        for author in kernel.authors {
            let author = Int(author)
            direction[author] = kept[author] + share * direction[author]
        }
        for item in lanes.indices {
            let waiting = lanes[item].waiting
            solution.densities[item] += length * waiting
            wanted[item] -= length * lanes[item].fresh * inverse[item]
            lanes[item] = InteractionKernel.Lane(waiting: wanted[item] + share * waiting)
        }
    }
}
