import Primitives
import Testing

@testable import Ranking

@Suite("Interaction graph")
struct InteractionGraphTests {
    private let now = Instant(milliseconds: 1_000_000)

    private func snapshot(
        _ graph: InteractionGraph, ego: Int = 0, _ weighting: Weighting = Weighting()
    ) -> GraphSnapshot {
        var parameters = RankingParameters()
        parameters.weighting = weighting
        return graph.snapshot(ego: key(ego), at: now, parameters: parameters)
    }

    private func weight(_ graph: InteractionGraph, _ user: Int, _ name: String) -> Double? {
        let built = snapshot(graph, Weighting(transform: .identity))
        guard let author = built.index(of: key(user)), let item = built.index(of: id(name)),
            let entry = built.interactions.entry(row: author.position, column: item.value)
        else { return nil }
        return built.interactions.weights[entry]
    }

    @Test("plays add up, a newer like replaces a like, a newer rating replaces a rating")
    func aggregation() {
        var graph = InteractionGraph()
        for time in [10, 20, 30] { graph.add(act(1, "a", .play, 2, time)) }
        #expect(weight(graph, 1, "a") == 6)
        graph.add(act(1, "a", .like, 5, 50))
        graph.add(act(1, "a", .like, 3, 40))
        #expect(weight(graph, 1, "a") == 11)
        graph.add(act(1, "a", .rate, 1, 5))
        graph.add(act(1, "a", .rate, 4, 60))
        #expect(weight(graph, 1, "a") == 15)
    }

    @Test(
        "a retraction undoes exactly one add, whatever came between",
        arguments: 0..<30 as Range<UInt64>)
    func retraction(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var graph = InteractionGraph()
        var live: [Interaction] = []
        for _ in 0..<200 {
            if random.below(3) == 0, !live.isEmpty {
                let undone = graph.retract(live.remove(at: random.below(live.count)))
                #expect(undone, "seed \(seed)")
            } else {
                let kind: Interaction.Kind = [.play, .like, .rate][random.below(3)]
                let event = act(
                    random.below(3), "i\(random.below(4))", kind, 0.1 + random.unit(),
                    random.below(50))
                let verdict = graph.add(event)
                #expect(verdict == .accepted)
                live.append(event)
            }
        }
        var fresh = InteractionGraph()
        for event in live { fresh.add(event) }
        let (left, right) = (snapshot(graph), snapshot(fresh))
        #expect(left.interactions.weights == right.interactions.weights, "seed \(seed)")
        #expect(left.itemIDs == right.itemIDs && left.authorKeys == right.authorKeys)
        #expect(graph.census == fresh.census, "seed \(seed)")
        for event in live {
            let undone = graph.retract(event)
            #expect(undone)
        }
        #expect(graph.census.allSatisfy { $0.count == 0 })
        let again = graph.retract(act(0, "i0", .play, 1, 0))
        #expect(!again)
    }

    @Test("8: a hundred orders of arrival give byte-identical results")
    func arrival() {
        var random = SeededRandom(seed: 99)
        var inputs: [(inout InteractionGraph) -> Void] = []
        for user in 0..<12 {
            for _ in 0..<4 {
                let other = (user + 1 + random.below(11)) % 12
                let from = key(user)
                let to = key(other)
                // One weight for each pair: of two the one said last would win.
                let weight = 0.1 * Double(1 + (user * 7 + other * 3) % 10)
                inputs.append { $0.setTrust(from: from, to: to, weight: weight) }
            }
            for _ in 0..<12 {
                let event = act(
                    user, "i\(random.below(15))", random.below(2) == 0 ? .play : .like,
                    0.1 + random.unit(), random.below(900_000))
                inputs.append { $0.add(event) }
            }
        }
        var first: [EngineName: String] = [:]
        for _ in 0..<100 {
            var graph = InteractionGraph(ego: key(0))
            random.shuffle(&inputs)
            for input in inputs { input(&graph) }
            let built = snapshot(graph, Weighting(halfLifeMilliseconds: 500_000))
            for engine in [EngineName.tsalsa, .taste] {
                let text = "\(engine.engine.rank(built, RankingQuery(ego: author(0))).items)"
                #expect(first[engine, default: text] == text)
                first[engine] = text
            }
        }
        #expect(first[.tsalsa]?.isEmpty == false)
    }

    @Test("age counts from the earlier of what is said and what was seen, and the half-life halves")
    func age() throws {
        var graph = InteractionGraph()
        var event = act(1, "a", .play, 4, 1_000_000)
        event.firstSeen = Instant(milliseconds: 900_000)
        graph.add(event)
        graph.add(act(1, "b", .play, 1, 1_000_000))
        let weighting = Weighting(transform: .identity, halfLifeMilliseconds: 50_000)
        let built = snapshot(graph, weighting)
        let row = built.interactions
        #expect(row.weights == [1, 1])
        let logged = Weighting().effectiveWeight(1, time: now, now: now)
        #expect(abs(logged - 0.6931471805599453) < 1e-15)
    }

    @Test("self loops and weights that are not positive and finite never enter")
    func refused() {
        var graph = InteractionGraph()
        expectVerdict(graph.setTrust(from: key(1), to: key(1), weight: 1), .refused(.selfLoop))
        for bad in [-1, .nan, .infinity, -.infinity] as [Double] {
            expectVerdict(
                graph.setTrust(from: key(1), to: key(2), weight: bad), .refused(.badWeight))
            expectVerdict(graph.add(act(1, "a", .play, bad, 1)), .refused(.badWeight))
        }
        expectVerdict(graph.add(act(1, "a", .play, 0, 1)), .refused(.badWeight))
        #expect(graph.census.allSatisfy { $0.count == 0 })
        graph.setTrust(from: key(1), to: key(2), weight: 3)
        graph.setTrust(from: key(1), to: key(2), weight: 0)
        #expect(graph.authorCount == 0)
    }

    @Test("in a full row the smallest weight goes, then the oldest, then the larger item")
    func rowEviction() {
        var limits = GraphLimits()
        limits.interactionsPerAuthor = 3
        let events = [
            act(1, "a", .play, 1, 10), act(1, "b", .play, 1, 20), act(1, "c", .play, 5, 1),
            act(1, "d", .play, 1, 20), act(1, "e", .play, 0.5, 90),
        ]
        var random = SeededRandom(seed: 1)
        for _ in 0..<20 {
            var graph = InteractionGraph(limits: limits)
            var shuffled = events
            random.shuffle(&shuffled)
            for event in shuffled { graph.add(event) }
            let kept = snapshot(graph).itemIDs.map(\.description)
            #expect(kept == ["b", "c", "d"])
        }
        var graph = InteractionGraph(limits: limits)
        for event in events { graph.add(event) }
        expectVerdict(graph.add(act(1, "z", .play, 1, 20)), .refused(.outranked))
        expectVerdict(graph.add(act(1, "aa", .play, 1, 20)), .accepted)
        #expect(snapshot(graph).itemIDs.map(\.description) == ["aa", "b", "c"])
    }

    @Test("with a half-life an old heavy interaction goes before a fresh light one")
    func decayedEviction() {
        var limits = GraphLimits()
        limits.interactionsPerAuthor = 1
        let weighting = Weighting(transform: .identity, halfLifeMilliseconds: 100)
        var graph = InteractionGraph(limits: limits, weighting: weighting)
        graph.add(act(1, "old", .play, 8, 0))
        expectVerdict(graph.add(act(1, "new", .play, 1, 200)), .refused(.outranked))
        expectVerdict(graph.add(act(1, "new", .play, 1, 400)), .accepted)
        #expect(snapshot(graph).itemIDs.map(\.description) == ["new"])
    }

    @Test("in a full row of trust the smallest weight goes, then the larger key")
    func trustEviction() {
        var limits = GraphLimits()
        limits.trustEdgesPerAuthor = 2
        var graph = InteractionGraph(limits: limits)
        for (other, weight) in [(5, 1.0), (6, 2.0), (4, 1.0), (7, 0.5)] {
            graph.setTrust(from: key(1), to: key(other), weight: weight)
        }
        let built = snapshot(graph, ego: 1)
        let trusted = built.trusted(by: AuthorIndex(0)).compactMap { built.key(of: $0.author) }
        #expect(trusted == [key(4), key(6)])
    }

    @Test("when authors are too many the least trusted goes; never the ego and its friends")
    func authorEviction() {
        var limits = GraphLimits()
        limits.authors = 4
        var graph = InteractionGraph(ego: key(9), limits: limits)
        graph.setTrust(from: key(9), to: key(8), weight: 1)
        for user in [8, 2, 3] { graph.add(act(user, "i\(user)", .play, 1, 1)) }
        graph.adopt(trust: [(key(2), 0.2), (key(3), 0.1)])
        expectVerdict(graph.add(act(1, "x", .play, 1, 1)), .refused(.outranked))
        graph.adopt(trust: [(key(2), 0.2)])
        expectVerdict(graph.add(act(4, "x", .play, 1, 1)), .refused(.outranked))
        expectVerdict(graph.add(act(1, "x", .play, 1, 1)), .accepted)
        #expect(!graph.contains(key(3)) && graph.contains(key(2)))
        let gone = graph.evict(lowestTrustFirst: 2)
        #expect(gone == [key(1), key(2)])
        let more = graph.evict(lowestTrustFirst: 0)
        #expect(more.isEmpty)
        #expect(graph.contains(key(9)) && graph.contains(key(8)))
        #expect(snapshot(graph, ego: 9).itemIDs.map(\.description) == ["i8"])
    }

    @Test("the totals hold: a flood by strangers evicts strangers and nobody of standing")
    func totals() throws {
        var limits = GraphLimits()
        (limits.interactions, limits.events, limits.authors) = (50, 60, 20)
        var graph = InteractionGraph(ego: key(0), limits: limits)
        graph.setTrust(from: key(0), to: key(1), weight: 1)
        for number in 0..<10 {
            graph.add(act(0, "own\(number)", .play, 1, number))
            graph.add(act(1, "friend\(number)", .play, 1, number))
        }
        var random = SeededRandom(seed: 5)
        for _ in 0..<5_000 {
            let stranger = 10 + random.below(100)
            let event = act(
                stranger, "spam\(random.below(1_000))", .play, 1 + random.unit(), random.below(99))
            graph.add(event)
            graph.setTrust(from: key(stranger), to: key(random.below(200) + 300), weight: 1)
            for part in graph.census { #expect(part.count <= part.capacity, "\(part.name)") }
        }
        let built = snapshot(graph)
        let own = try #require(built.index(of: key(0)))
        let friend = try #require(built.index(of: key(1)))
        #expect(built.items(of: own).count == 10 && built.items(of: friend).count == 10)
        graph.remove(author: key(1))
        #expect(!graph.contains(key(1)))
    }

    @Test("of many events of one pair the newest are kept")
    func eventCap() {
        var limits = GraphLimits()
        limits.eventsPerInteraction = 4
        var graph = InteractionGraph(limits: limits)
        for time in 0..<10 { graph.add(act(1, "a", .play, Double(1 << time), time)) }
        #expect(weight(graph, 1, "a") == 960.0)
        #expect(graph.census.first { $0.name == "events" }?.count == 4)
    }

    @Test("an ego that the graph does not know is still somebody, with nothing")
    func unknownEgo() throws {
        var graph = InteractionGraph()
        graph.add(act(1, "a", .play, 1, 1))
        let built = snapshot(graph, ego: 77)
        let ego = try #require(built.ego)
        #expect(built.key(of: ego) == key(77))
        for engine in EngineName.allCases {
            #expect(engine.engine.rank(built, RankingQuery(ego: ego)).items.isEmpty)
        }
    }

    @Test("sums of plays at the limits of Double stay finite")
    func overflow() {
        var graph = InteractionGraph()
        for time in 0..<8 { graph.add(act(1, "a", .play, .greatestFiniteMagnitude, time)) }
        graph.add(act(1, "b", .play, .leastNonzeroMagnitude, 3))
        for weighting in [Weighting(), Weighting(transform: .identity, halfLifeMilliseconds: 1)] {
            let built = snapshot(graph, weighting)
            #expect(built.interactions.weights.count == 2)
            #expect(built.interactions.weights.allSatisfy { $0 > 0 && $0.isFinite })
            #expect(built.interactions.scales.allSatisfy { $0.isFinite })
        }
    }
}

private func expectVerdict(
    _ verdict: GraphVerdict, _ expected: GraphVerdict,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(verdict == expected, sourceLocation: sourceLocation)
}

func key(_ number: Int) -> PublicKey {
    var bytes = [UInt8](repeating: 7, count: 32)
    bytes[0] = UInt8(number >> 8)
    bytes[1] = UInt8(number & 255)
    guard let key = PublicKey(bytes) else { fatalError("32 bytes are a key") }
    return key
}

func id(_ name: String) -> ItemID {
    guard let id = ItemID(name) else { fatalError("\(name) is an identifier") }
    return id
}

func act(
    _ user: Int, _ name: String, _ kind: Interaction.Kind, _ weight: Double, _ time: Int
) -> Interaction {
    let instant = Instant(milliseconds: UInt64(time))
    return Interaction(
        author: key(user), item: id(name), kind: kind, weight: weight, time: instant,
        firstSeen: instant)
}
