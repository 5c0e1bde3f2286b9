extension InteractionKernel {
    /// What a walk visits in the limit: begins at `start`, goes to items by `forth`, divides by
    /// `popularity` (which is `scatter(back)`) and returns by `back`, for ever.
    ///
    /// The limit is the solution of one linear system, h = b + Q h over the items' densities (visits over
    /// popularity). Q is self-adjoint when items are weighted by popularity, because a step back follows
    /// trust: so conjugate gradients (Hestenes & Stiefel 1952) need half the iterations of the walk
    /// itself, and profit from `known`, densities that are nearly right. Ends when what the
    /// solution lacks is at most `tolerance` of what arrives in the first step (then the L1 error of the
    /// visits is at most `tolerance` of their sum), or after `iterations`.
    /// O(iterations x edges).
    func solve(
        from start: [Double], forth: [Double], back: [Double], popularity: [Double],
        known: [Double]? = nil, iterations: Int, tolerance: Double
    ) -> Visits {
        let inverse = popularity.map { $0 >= .leastNormalMagnitude ? 1 / $0 : 0 }
        var coefficients = forth
        for author in start.indices { coefficients[author] *= start[author] }
        let first = scatter(coefficients)
        // Visits follow from the densities by one more step, which is summed up on the way.
        var visits = Visits(authors: start, items: first)
        var lacking = [Double](repeating: 0, count: first.count)
        for item in lacking.indices { lacking[item] = first[item] * inverse[item] }
        var stepped = Visits(
            authors: [Double](repeating: 0, count: start.count),
            items: [Double](repeating: 0, count: first.count))
        if let known {
            walkOnce(known, forth: forth, back: back, into: &stepped)
            visits.add(stepped, times: 1)
            for item in lacking.indices {
                lacking[item] += stepped.items[item] * inverse[item] - known[item]
            }
        }
        let all = first.reduce(0, +)
        var direction = lacking
        var norm = 0.0
        for item in lacking.indices { norm += popularity[item] * lacking[item] * lacking[item] }
        for _ in 0..<iterations where norm > 0 {
            walkOnce(direction, forth: forth, back: back, into: &stepped)
            var curvature = 0.0
            for item in direction.indices {
                let kept = popularity[item] * direction[item] - stepped.items[item]
                curvature += direction[item] * kept
            }
            guard curvature > 0 else { break }
            let length = norm / curvature
            guard length.isFinite else { break }
            visits.add(stepped, times: length)
            var (next, rest) = (0.0, 0.0)
            for item in lacking.indices {
                let kept = direction[item] - stepped.items[item] * inverse[item]
                let left = lacking[item] - length * kept
                lacking[item] = left
                let mass = popularity[item] * left
                next += mass * left
                rest += abs(mass)
            }
            if rest <= tolerance * all { break }
            let share = next / norm
            norm = next
            for item in direction.indices {
                direction[item] = lacking[item] + share * direction[item]
            }
        }
        visits.clampToZero()
        return visits
    }

    /// One iteration of the walk from densities of items: visits of authors, then of items.
    private func walkOnce(
        _ densities: [Double], forth: [Double], back: [Double], into visits: inout Visits
    ) {
        for author in visits.authors.indices { visits.authors[author] = 0 }
        for item in visits.items.indices { visits.items[item] = 0 }
        step(densities, forth: forth, back: back, visits: &visits.authors, into: &visits.items)
    }
}

extension InteractionKernel.Visits {
    fileprivate mutating func add(_ other: Self, times factor: Double) {
        for author in authors.indices { authors[author] += factor * other.authors[author] }
        for item in items.indices { items[item] += factor * other.items[item] }
    }

    /// What rounds to less than nothing is nothing.
    fileprivate mutating func clampToZero() {
        for author in authors.indices { authors[author] = max(0, authors[author]) }
        for item in items.indices { items[item] = max(0, items[item]) }
    }
}
