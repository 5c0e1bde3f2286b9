extension InteractionKernel {
    /// What a walk visits in the limit: begins at `start`, goes to items by `forth`, divides by
    /// `popularity` (which is `scatter(back)`) and returns by `back`, for ever.
    ///
    /// Ends when the residual sums to at most `tolerance` of `start` (then the L1 error of the visits is
    /// at most `tolerance` of their sum), or after `iterations`. `known` visits that are nearly right
    /// save iterations. Both are 0 where no author takes part. O(iterations x edges).
    func solve(
        from start: [Double], forth: [Double], back: [Double], trust: [Double],
        popularity: [Double], known: [Double]? = nil, iterations: Int, tolerance: Double
    ) -> WalkSolution {
        var solver = WalkSolver(
            self, from: start, known: known, forth: forth, popularity: popularity)
        let all = start.reduce(0, +)
        solver.begin(self, start: start, forth: forth, back: back, trust: trust)
        solver.run(self, forth: forth, back: back, trust: trust, iterations: iterations) {
            $0.residual <= tolerance * all
        }
        return solver.solution
    }

    /// Of an item: what waits there to be gathered, and what arrives. Side by side, so that scattering a
    /// row finds what gathering it has fetched.
    struct Lane {
        var waiting = 0.0
        var fresh = 0.0
    }

    /// Gathers each row from what waits and scatters by what `turn` makes of its sum.
    @inline(__always)
    func sweep(_ lanes: inout [Lane], _ turn: (_ author: Int, _ sum: Double) -> Double) {
        let columns = columns.span
        let weights = weights.span
        var lanes = lanes.mutableSpan
        for author in authors {
            let row = Int(author)
            let range = entries(row)
            // Of one length, so that a place is checked once.
            let columns = columns.extracting(range)
            let weights = weights.extracting(range)
            let count = min(columns.count, weights.count)
            // Four sums at once: one would wait for each addition to end.
            var (first, second, third, fourth) = (0.0, 0.0, 0.0, 0.0)
            var entry = 0
            while entry &+ 4 <= count {
                first += weights[entry] * lanes[Int(columns[entry])].waiting
                second += weights[entry &+ 1] * lanes[Int(columns[entry &+ 1])].waiting
                third += weights[entry &+ 2] * lanes[Int(columns[entry &+ 2])].waiting
                fourth += weights[entry &+ 3] * lanes[Int(columns[entry &+ 3])].waiting
                entry &+= 4
            }
            var sum = (first + second) + (third + fourth)
            while entry < count {
                sum += weights[entry] * lanes[Int(columns[entry])].waiting
                entry &+= 1
            }
            let push = turn(row, sum)
            guard push != 0 else { continue }
            for entry in 0..<count { lanes[Int(columns[entry])].fresh += push * weights[entry] }
        }
    }

    /// What one author gathers from the densities of its items.
    @inline(__always)
    func gathered(_ author: Int, _ cells: borrowing Span<WarmItemWalk.Cell>) -> Double {
        var sum = 0.0
        for entry in entries(author) { sum += weights[entry] * cells[Int(columns[entry])].density }
        return sum
    }

    /// Gathers one author's row from densities and scatters by what `turn` makes of its sum.
    @inline(__always)
    func relax(
        _ author: Int, _ cells: inout MutableSpan<WarmItemWalk.Cell>, _ turn: (Double) -> Double
    ) {
        let range = entries(author)
        // Of one length, so that a place is checked once.
        let columns = columns.span.extracting(range)
        let weights = weights.span.extracting(range)
        let count = min(columns.count, weights.count)
        var (first, second, third, fourth) = (0.0, 0.0, 0.0, 0.0)
        var entry = 0
        while entry &+ 4 <= count {
            first += weights[entry] * cells[Int(columns[entry])].density
            second += weights[entry &+ 1] * cells[Int(columns[entry &+ 1])].density
            third += weights[entry &+ 2] * cells[Int(columns[entry &+ 2])].density
            fourth += weights[entry &+ 3] * cells[Int(columns[entry &+ 3])].density
            entry &+= 4
        }
        var sum = (first + second) + (third + fourth)
        while entry < count {
            sum += weights[entry] * cells[Int(columns[entry])].density
            entry &+= 1
        }
        let push = turn(sum)
        guard push != 0 else { return }
        for entry in 0..<count {
            let item = Int(columns[entry])
            cells[item].density += push * weights[entry] * cells[item].inverse
        }
    }

    /// The part of a visit that returns to its author at once.
    func selfReturn(_ author: Int, forth: Double, back: Double, inverse: [Double]) -> Double {
        var sum = 0.0
        for entry in entries(author) {
            // In this order nothing overflows: an author's part of an item is at most the item's all.
            sum += back * weights[entry] * inverse[Int(columns[entry])] * weights[entry]
        }
        return min(1, forth * sum)
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
        for item in lanes.indices {
            solution.densities[item] *= inverse[item]
            lanes[item].waiting = solution.densities[item]
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

    /// Finds what the first visits lack, and the first direction.
    mutating func begin(
        _ kernel: InteractionKernel, start: [Double], forth: [Double], back: [Double],
        trust: [Double]
    ) {
        var lanes = takeLanes()
        kernel.sweep(&lanes) { author, sum in
            let returning = kernel.selfReturn(
                author, forth: forth[author], back: back[author], inverse: inverse)
            solution.leaving[author] = 1 / max(1 - returning, .ulpOfOne)
            solution.lacking[author] = start[author] + back[author] * sum - solution.visits[author]
            return turn(author, forth: forth, trust: trust)
        }
        collect(lanes)
    }

    /// The first direction, where what is lacking is known.
    mutating func resume(_ kernel: InteractionKernel, forth: [Double], trust: [Double]) {
        var coefficients = [Double](repeating: 0, count: forth.count)
        for author in kernel.authors {
            coefficients[Int(author)] = turn(Int(author), forth: forth, trust: trust)
        }
        let fresh = kernel.scatter(coefficients)
        for item in lanes.indices { lanes[item].fresh = fresh[item] }
        collect(takeLanes())
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
