import Primitives
import Testing

@testable import Ranking

@Suite("Trusted SALSA")
struct TrustedSalsaTests {
    @Test("3: everything equals dense matrices", arguments: 0..<60 as Range<UInt64>)
    func naive(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed)
        let dense = graph.dense(ego: 0)
        let result = graph.snapshot.rank()
        let expected = dense.trustedSalsa(alphaTrust: 0.15, alphaSalsa: 0.5)
        let total = max(expected.itemVisits.reduce(0, +), 1e-300)
        #expect(distance(result.trust, expected.trust) < 1e-12, "seed \(seed)")
        #expect(distance(result.walkVisits, expected.userVisits) < 1e-12, "seed \(seed)")
        #expect(distance(result.itemVisits, expected.itemVisits) < 1e-12, "seed \(seed)")
        #expect(distance(result.popularity, expected.popularity) < 1e-12, "seed \(seed)")
        for user in 0..<graph.users {
            let row = (0..<graph.items).map { result.contribution(of: author(user), to: item($0)) }
            let wanted = expected.contribution[user].map { $0 / total }
            #expect(distance(row, wanted) < 1e-12, "seed \(seed) user \(user)")
        }
        let concentration = dense.concentration(
            expected.contribution, groups: dense.groupsByRemoval())
        #expect(distance(result.concentration, concentration) < 1e-12, "seed \(seed)")
        for place in 0..<graph.items {
            let ramp = min(1, max(0, (concentration[place] - 0.5) / 0.5))
            let factor = max(0.02, 1 - ramp)
            #expect(abs(result.factors[place] - factor) < 1e-12)
            let divisor = expected.popularity[place].squareRoot().squareRoot()
            let score = divisor > 0 ? expected.itemVisits[place] / total * factor / divisor : 0
            #expect(abs(result.scores[place] - score) < 1e-11, "seed \(seed)")
        }
        ordered(result, graph)
    }

    private func ordered(_ result: RankingResult, _ graph: RandomGraph) {
        let known = Set(graph.listens.filter { $0.author == author(0) }.map(\.item))
        #expect(result.items.allSatisfy { !known.contains($0.item) && $0.score > 0 })
        #expect(
            result.items.map(\.rank)
                == Array(1...max(1, result.items.count)).prefix(result.items.count).map { $0 })
        for (upper, lower) in zip(result.items, result.items.dropFirst()) {
            if upper.tier == lower.tier {
                #expect(sortKey(upper.score) >= sortKey(lower.score))
                if sortKey(upper.score) == sortKey(lower.score) { #expect(upper.item < lower.item) }
            } else {
                #expect(upper.tier == .supported && lower.tier == .singleVoice)
            }
        }
    }

    @Test("5: T2 holds on random graphs with random regions", arguments: 0..<10 as Range<UInt64>)
    func massBound(_ hundred: UInt64) throws {
        for seed in hundred * 100..<hundred * 100 + 100 {
            let graph = RandomGraph(seed: seed, users: 8, items: 8)
            let result = graph.snapshot.rank(RankingParameters())
            var random = SeededRandom(seed: seed, stream: "region")
            let region = authors((1..<graph.users).filter { _ in random.below(2) == 0 })
            let bound = try #require(result.massBound(of: region))
            let delivered = result.share(deliveredBy: region)
            #expect(delivered <= bound + 1e-9, "seed \(seed)")
            // The bound is not vacuous: it follows from trust alone.
            let hasItems = !graph.snapshot.items(of: author(0)).isEmpty
            let held = region.reduce(0) { $0 + result.trust[$1.position] }
            if hasItems { #expect(bound <= 0.5 * held / result.trust[0] + 1e-12, "seed \(seed)") }
            let everybody = authors(Array(0..<graph.users))
            let total = result.share(deliveredBy: everybody)
            #expect(result.allItems.isEmpty || abs(total - 1) < 1e-12, "seed \(seed)")
        }
    }

    @Test(
        "the solver is the walk without end, within its tolerance",
        arguments: 0..<60 as Range<UInt64>)
    func solver(_ seed: UInt64) {
        let snapshot = RandomGraph(seed: seed).snapshot
        let trust = TrustFlow(snapshot, ego: author(0), alpha: 0.15, epsilon: 1e-15).trust
        let scales = snapshot.interactions.scales
        guard scales[0] > 0 else { return }
        let kernel = InteractionKernel(snapshot, mass: trust)
        let back = zip(trust, scales).map { $0 * $1 }
        let popularity = kernel.scatter(back)
        let start = trust.indices.map { $0 == 0 ? 1.0 : 0 }
        let forth = scales.map { $0 * 0.75 }
        let exact = kernel.walk(
            from: start, forth: forth, back: back, popularity: popularity, iterations: 200)
        let total = exact.items.reduce(0, +)
        // Only who takes part has visits to begin with.
        let guess = zip(trust, scales).map { $1 > 0 ? $0 : 0 }
        for tolerance in [1e-2, 1e-4, 1e-9] {
            for known in [nil, exact.authors, guess] {
                let found = kernel.solve(
                    from: start, forth: forth, back: back, trust: trust, popularity: popularity,
                    known: known, iterations: 200, tolerance: tolerance
                ).visits(popularity: popularity)
                let error = zip(found.items, exact.items).reduce(0) { $0 + abs($1.0 - $1.1) }
                #expect(error <= tolerance * total + 1e-12, "seed \(seed)")
                for (one, other) in zip(found.items, exact.items) where other == 0 && known == nil {
                    #expect(one == 0, "seed \(seed)")
                }
            }
        }
    }

    @Test(
        "T5: K iterations leave out (1 - alpha)^K of the mass", arguments: 0..<60 as Range<UInt64>)
    func truncation(_ seed: UInt64) {
        #expect(TrustedSalsa.iterations(alpha: 0.5, epsilon: 1e-9) == 30)
        #expect(TrustedSalsa.iterations(alpha: 0.25, epsilon: 1e-9) == 73)
        let snapshot = RandomGraph(seed: seed).snapshot
        let trust = TrustFlow(snapshot, ego: author(0), alpha: 0.15, epsilon: 1e-15).trust
        let scales = snapshot.interactions.scales
        guard scales[0] > 0 else { return }
        let kernel = InteractionKernel(snapshot, mass: trust)
        let back = zip(trust, scales).map { $0 * $1 }
        let popularity = kernel.scatter(back)
        let start = trust.indices.map { $0 == 0 ? 1.0 : 0 }
        func visits(_ iterations: Int) -> [Double] {
            kernel.walk(
                from: start, forth: scales.map { $0 * 0.75 }, back: back, popularity: popularity,
                iterations: iterations
            ).items
        }
        let exact = visits(200)
        var left = 1.0
        for iterations in 1...8 {
            left *= 0.75
            let rough = visits(iterations)
            // All mass is (1 - alpha) / alpha = 3.
            let missing = zip(exact, rough).reduce(0) { $0 + $1.0 - $1.1 } / 3
            #expect(abs(missing - left) < 1e-12, "seed \(seed) K \(iterations)")
            let total = rough.reduce(0, +)
            let error = zip(exact, rough).reduce(0) { $0 + abs($1.0 / 3 - $1.1 / total) }
            #expect(error <= left + 1e-12, "seed \(seed) K \(iterations)")
        }
    }

    @Test("7: T3, authors whom no trust reaches change nothing", arguments: 0..<40 as Range<UInt64>)
    func freeRiders(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed)
        let without = graph.snapshot.rank()
        var attacked = graph
        attacked.users += 5
        attacked.items += 2
        for rider in graph.users..<attacked.users {
            attacked.trust.append(edge(rider, Int(seed) % graph.users, 50))
            for target in 0..<attacked.items { attacked.listens.append(taste(rider, target, 900)) }
        }
        let with = attacked.snapshot.rank()
        #expect(with.items.map(\.item) == without.items.map(\.item), "seed \(seed)")
        #expect(Array(with.scores.prefix(graph.items)) == without.scores, "seed \(seed)")
        #expect(with.share(deliveredBy: authors(Array(graph.users..<attacked.users))) == 0)
    }

    @Test("7: T4, scaling an author's weights changes nothing", arguments: 0..<40 as Range<UInt64>)
    func scaling(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed)
        var random = SeededRandom(seed: seed, stream: "scaling")
        var scaled = graph
        for user in 0..<graph.users {
            let factor = 1e-6 + 1e6 * random.unit()
            for place in scaled.trust.indices where scaled.trust[place].from == author(user) {
                scaled.trust[place].weight *= factor
            }
            let other = 1e-6 + 1e6 * random.unit()
            for place in scaled.listens.indices where scaled.listens[place].author == author(user) {
                scaled.listens[place].weight *= other
            }
        }
        let (before, after) = (graph.snapshot.rank(), scaled.snapshot.rank())
        #expect(distance(before.shares, after.shares) < 1e-12, "seed \(seed)")
        #expect(before.items.map(\.item) == after.items.map(\.item), "seed \(seed)")
    }

    @Test("T7: what one cut vertex dominates sinks to the floor, however many promote it")
    func cutVertex() {
        for count in [1, 5, 40] {
            let graph = Attack(sybils: count, shape: .star)
            let result = graph.snapshot.rank()
            #expect(result.concentration[graph.spam] == 1)
            #expect(result.factors[graph.spam] == 0.02)
            #expect(!result.isYoungNetwork)
        }
    }

    @Test("6: the region's share does not grow with the number of Sybils; plain SALSA's does")
    func sybilCount() throws {
        for shape in [Attack.Shape.star, .cycle, .chain] {
            let counts = Array(1...20) + [50, 100, 200]
            var trusted: [Double] = []
            var plain: [Double] = []
            for count in counts {
                let attack = Attack(sybils: count, shape: shape)
                let result = attack.snapshot.rank()
                let share = result.share(ofItems: [item(attack.spam)])
                trusted.append(share)
                let bound = try #require(result.massBound(of: attack.region))
                #expect(share <= bound + 1e-12)
                plain.append(attack.snapshot.rank(.salsa).share(ofItems: [item(attack.spam)]))
            }
            let ceiling = Attack.bound
            #expect(trusted.allSatisfy { $0 <= ceiling + 1e-12 }, "\(shape)")
            if shape != .chain {
                let first = trusted[0]
                #expect(trusted.allSatisfy { abs($0 - first) < 1e-12 }, "\(shape)")
            }
            #expect(zip(plain, plain.dropFirst()).allSatisfy { $0 < $1 }, "\(shape)")
            #expect(plain[counts.count - 1] > 2.5 * plain[0], "\(shape)")
        }
    }

    @Test(
        "8: relabelling authors and items permutes the result", arguments: 0..<30 as Range<UInt64>)
    func relabelling(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed)
        var random = SeededRandom(seed: seed, stream: "relabelling")
        var users = Array(0..<graph.users)
        var items = Array(0..<graph.items)
        random.shuffle(&users)
        random.shuffle(&items)
        var other = graph
        other.trust = graph.trust.map {
            edge(users[$0.from.position], users[$0.to.position], $0.weight)
        }
        other.listens = graph.listens.map {
            taste(users[$0.author.position], items[$0.item.position], $0.weight)
        }
        random.shuffle(&other.trust)
        random.shuffle(&other.listens)
        for engine in [EngineName.tsalsa, .taste, .salsa] {
            let before = graph.snapshot.rank(engine)
            let after = other.snapshot.rank(engine, ego: users[0])
            let permuted = items.map { after.scores[$0] }
            #expect(distance(before.scores, permuted) < 1e-12, "\(engine) seed \(seed)")
        }
    }

    @Test("13: a cold start ranks by trust, and an empty friend list gives an empty list")
    func coldStart() {
        let snapshot = GraphSnapshot(
            authorCount: 4, itemCount: 4, trust: [edge(0, 1, 2), edge(0, 2), edge(2, 3)],
            interactions: [
                taste(1, 0), taste(1, 1), taste(2, 1, 2), taste(2, 2), taste(3, 3),
            ])
        var parameters = exactParameters()
        (parameters.alphaSalsa, parameters.popularityExponent) = (0.25, 0.5)
        let result = snapshot.rank(parameters)
        #expect(result.items.map(\.item.position) == [1, 0, 3, 2])
        #expect(result.items.map(\.tier) == [.supported, .singleVoice, .singleVoice, .singleVoice])
        for engine in EngineName.allCases {
            let alone = snapshot.rank(engine, ego: 1)
            // Author 1 has items but no friends: others' items reach it only where trust plays no part.
            #expect(engine == .salsa || alone.items.isEmpty, "\(engine)")
            #expect(snapshot.rank(engine, ego: 77).allItems.isEmpty, "\(engine)")
        }
    }

    @Test("a cold start stays inside its bound where trusted authors have no items")
    func coldStartBound() throws {
        let snapshot = GraphSnapshot(
            authorCount: 4, itemCount: 2, trust: [edge(0, 1, 9), edge(1, 2), edge(1, 3)],
            interactions: [taste(2, 0), taste(3, 1)])
        let result = snapshot.rank()
        let delivered = result.share(deliveredBy: [author(3)])
        let bound = try #require(result.massBound(of: [author(3)]))
        #expect(abs(delivered - 0.5) < 1e-12)
        #expect(abs(bound - 0.5) < 1e-12)
        // The bound with everybody's trust in the denominator would not hold.
        #expect(result.trust[3] / (1 - result.trust[0]) < delivered)
    }
}
extension GraphSnapshot {
    fileprivate func rank(_ parameters: RankingParameters) -> RankingResult {
        rank(.tsalsa, parameters)
    }
    fileprivate func rank(_ engine: EngineName, _ parameters: RankingParameters) -> RankingResult {
        rank(engine, ego: 0, parameters)
    }
}
