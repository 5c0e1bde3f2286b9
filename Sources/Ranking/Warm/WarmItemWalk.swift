/// The item walk of one ego, kept from ranking to ranking: a solution, and exactly what it lacks.
///
/// A change of an author's row moves its own items at once and, through those, everybody who has one of
/// them a little. Following that only where it is large (as dynamic forward push does: Zhang, Lofgren &
/// Goel, KDD 2016) leaves a residual spread thin over all authors. What a residual can still move is
/// bounded: visits are self-adjoint when authors are weighted by one over trust, where a step is shorter
/// by alpha at least, so that by Cauchy and Schwarz the share of no item is off by more than
///
///     |residual| max_i sqrt(sum_u r(u) a(u,i)^2)  +  |sum of the residual| max_i share(i),
///
/// with |v|^2 = sum_u v(u)^2 / r(u). As long as that is below the tolerance nothing is done. The residual
/// is kept, so that what several changes leave adds up in it and not behind it.
struct WarmItemWalk {
    /// Visits of authors by the item walk.
    var visits: [Double]
    /// Of authors: the residual, as far as it is known.
    var lacking: [Double]
    /// Of authors: one over the part of a visit that does not return at once.
    var leaving: [Double]
    /// Of items: visits over popularity.
    var densities: [Double]
    /// Of items: one over the popularity, 0 where nobody has it. Apart: most rows are only gathered.
    var inverses: [Double]
    /// Of items.
    var popularity: [Double]
    /// Of items: at least `sum_u r(u) a(u,i)^2`.
    private var moments: [Double]
    var largestMoment: Double
    /// Weights in the order of the snapshot's `holders`.
    private var held: [Float]
    /// The norm of what the residual may have beside `solution.lacking`, and how much its sum may be: what a
    /// sweep over all rows left, and what rounding weights to single precision put there.
    var (drift, driftSum) = (0.0, 0.0)
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
        (visits, lacking, leaving) = (solution.visits, solution.lacking, solution.leaving)
        self.trust = trust
        self.start = start
        self.popularity = popularity
        self.alpha = alpha
        densities = solution.densities
        inverses = popularity.map { $0 >= .leastNormalMagnitude ? 1 / $0 : 0 }
        let rows = snapshot.interactions
        moments = [Double](repeating: 0, count: snapshot.itemCount)
        held = [Float](repeating: 0, count: rows.entryCount)
        var next = snapshot.holders.offsets
        for author in 0..<rows.rowCount {
            for entry in rows.entries(author) {
                let item = Int(rows.columns[entry])
                let part = rows.weights[entry] * rows.scales[author]
                moments[item] += trust[author] * part * part
                held[Int(next[item])] = Float(part)
                next[item] += 1
            }
        }
        largestMoment = moments.max() ?? 0
    }

    /// The mass of the solution.
    func mass(_ snapshot: GraphSnapshot, _ query: RankingQuery, massPerTrust: Double) -> WalkMass {
        ItemWalk.mass(
            solution, query, forth: snapshot.interactions.scales.map { $0 * (1 - alpha) },
            popularity: popularity, massPerTrust: massPerTrust)
    }

    var solution: WalkSolution {
        WalkSolution(
            visits: visits, densities: densities, lacking: lacking, leaving: leaving)
    }

    /// Takes over the rows of authors as they are in a newer snapshot of the same authors, items and
    /// trust, and follows what that changes until no share is off by more than `tolerance`. False, and
    /// of no use any more, where it does not know how: an author lost an item, or its only ones.
    mutating func take(
        _ authors: [Int], from old: GraphSnapshot, to new: GraphSnapshot, tolerance: Double
    ) -> Bool {
        guard let moved = moveItems(authors, from: old, to: new) else { return false }
        let system = System(new, self)
        follow(moved, changed: authors, in: new, system)
        return settle(system, tolerance: tolerance)
    }

    /// The coefficients of a snapshot.
    struct System {
        let kernel: InteractionKernel
        let forth: [Double]
        let back: [Double]

        fileprivate init(_ snapshot: GraphSnapshot, _ walk: WarmItemWalk) {
            kernel = InteractionKernel(snapshot, mass: walk.trust)
            let scales = snapshot.interactions.scales
            forth = scales.map { $0 * (1 - walk.alpha) }
            var back = scales
            for author in 0..<back.count { back[author] *= walk.trust[author] }
            self.back = back
        }
    }
}

extension WarmItemWalk {
    private typealias Move = (item: Int, density: Double)

    /// Brings popularity and densities of the changed rows' items up to date; by how much densities
    /// moved. O(edges of the rows, and of one array's tail for each new entry).
    private mutating func moveItems(
        _ authors: [Int], from old: GraphSnapshot, to new: GraphSnapshot
    ) -> [Move]? {
        var moved: [Move] = []
        var added: [(place: Int, part: Float)] = []
        var changed: [(place: Int, part: Float)] = []
        for author in authors {
            let (before, after) = (old.interactions, new.interactions)
            guard before.scales[author] > 0, after.scales[author] > 0 else { return nil }
            var known = before.entries(author)
            for entry in after.entries(author) {
                let item = Int(after.columns[entry])
                let part = after.weights[entry] * after.scales[author]
                var last = 0.0
                if let first = known.first, before.columns[first] <= item {
                    guard before.columns[first] == item else { return nil }
                    last = before.weights[first] * before.scales[author]
                    known = first + 1..<known.upperBound
                }
                moved.append((item, move(item, of: author, from: last, to: part)))
                guard let place = new.holders.place(of: author, in: item) else { return nil }
                if last == 0 {
                    added.append((place, Float(part)))
                } else {
                    changed.append((place, Float(part)))
                }
            }
            guard known.isEmpty else { return nil }
        }
        guard added.count <= Self.mostAdded else { return nil }
        // Each is inserted where it stands in the end, because all before it are there already.
        for (place, part) in added.sorted(by: { $0 < $1 }) { held.insert(part, at: place) }
        for (place, part) in changed { held[place] = part }
        return moved
    }

    /// New entries beyond which all is done anew: each moves half of an array.
    private static let mostAdded = 16

    /// What a new part of an author does to an item at once; the move of its density.
    private mutating func move(
        _ item: Int, of author: Int, from last: Double, to part: Double
    ) -> Double {
        let before = densities[item]
        let mass = before * popularity[item] + (1 - alpha) * visits[author] * (part - last)
        popularity[item] += trust[author] * (part - last)
        let inverse = popularity[item] >= .leastNormalMagnitude ? 1 / popularity[item] : 0
        (densities[item], inverses[item]) = (mass * inverse, inverse)
        // Rounded up: a bound.
        moments[item] += trust[author] * (part * part - last * last) + largestMoment * .ulpOfOne
        largestMoment = max(largestMoment, moments[item])
        return mass * inverse - before
    }

    /// Adds to the residual what moved densities bring back to everybody who has the items.
    private mutating func follow(
        _ moved: [Move], changed: [Int], in snapshot: GraphSnapshot, _ system: System
    ) {
        for (item, density) in moved where density != 0 {
            for place in snapshot.holders.places(item) {
                let author = Int(snapshot.holders.row(at: place))
                lacking[author] += trust[author] * Double(held[place]) * density
            }
            let rounded = Self.rounding * abs(density) * moments[item].squareRoot()
            drift += rounded
            driftSum += rounded
        }
        for author in changed { refresh(author, system) }
    }

    /// Half a unit in the last place of a Float, and as much again for sums.
    private static let rounding = 0x1p-23

    /// The residual of one author as it is.
    private mutating func refresh(_ author: Int, _ system: System) {
        let sum = system.kernel.gathered(author, densities.span)
        lacking[author] =
            trust[author] > 0 ? start[author] + system.back[author] * sum - visits[author] : 0
    }
}
