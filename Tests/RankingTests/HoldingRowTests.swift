import Primitives
import Testing

@testable import Ranking

@Suite("Holding rows")
struct HoldingRowTests {
    @Test("packing an event loses nothing, or is refused")
    func packing() throws {
        let weights = [
            1, 2, 0.5, 8_192, 4_095.5, 0.1, 8_193, 1e300, .leastNonzeroMagnitude, 0.25, 1e-30,
            Double(Float.greatestFiniteMagnitude) * 2, Double(Float.leastNonzeroMagnitude),
        ]
        var packed: [Double] = []
        for weight in weights {
            for kind in [Interaction.Kind.play, .like, .rate] {
                let event = Holding.Event(time: 1_700_000_000_123, kind: kind, weight: weight)
                guard let small = PackedEvent(event) else { continue }
                #expect(small.event == event)
                if kind == .play { packed.append(weight) }
            }
        }
        #expect(packed == [1, 2, 0.5, 8_192, 4_095.5, 0.25])
        let late = Holding.Event(time: 1 << 42, kind: .play, weight: 1)
        #expect(PackedEvent(late) == nil)
        let last = Holding.Event(time: 1 << 42 - 1, kind: .rate, weight: 3)
        #expect(PackedEvent(last)?.event == last)
        #expect(PackedEvent.elsewhere.event == nil)
    }

    @Test("a row equals a plain table of holdings", arguments: 0..<40 as Range<UInt64>)
    func model(_ seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "row")
        var row = HoldingRow()
        var model: [UInt32: Holding] = [:]
        for step in 0..<400 {
            let number = UInt32(random.below(30))
            let event = Holding.Event(
                time: UInt64(random.below(5)) << UInt64(random.below(45)),
                kind: [.play, .like, .rate][random.below(3)],
                weight: [1, 2, 0.1, 1e200][random.below(4)])
            let found = row.search(number)
            #expect(found.isPresent == (model[number] != nil), "seed \(seed) step \(step)")
            switch (random.below(4), found.isPresent) {
            case (0, true):
                let removal = row.retract(event, at: found.place)
                let wanted = model[number]?.remove(event)
                #expect(removal == wanted, "seed \(seed) step \(step)")
                if removal == .removedLast {
                    row.remove(at: found.place)
                    model[number] = nil
                }
            case (1, true):
                row.remove(at: found.place)
                model[number] = nil
            case (_, true):
                let grew = row.add(event, at: found.place, limit: 3)
                let wanted = model[number]?.add(event, limit: 3)
                #expect(grew == wanted, "seed \(seed) step \(step)")
            case (_, false):
                row.insert(event, number: number, at: found.place)
                model[number] = Holding(event)
            }
            expectEqual(row, model, "seed \(seed) step \(step)")
        }
    }

    @Test(
        "events merged into a row leave what they leave one by one",
        arguments: 0..<60 as Range<UInt64>)
    func merging(_ seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "merge")
        var (one, many) = (HoldingRow(), HoldingRow())
        for round in 0..<8 {
            // Few into a long row are searched for, many are read through.
            let count = [1, 3, 40, 300][random.below(4)]
            let numbers = (0..<count).map { _ in UInt32(random.below(400)) }.sorted()
            var incoming = numbers.map { number in
                HoldingRow.Incoming(
                    number: number,
                    event: Holding.Event(
                        time: UInt64(random.below(5)), kind: [.play, .like][random.below(2)],
                        weight: [1, 2, 0.1][random.below(3)]))
            }
            let additions = incoming.map {
                one.add($0.event, number: $0.number, edgeLimit: .max, eventLimit: 3)
            }
            let merged = many.merge(&incoming, incoming.indices, eventLimit: 3)
            let place = Comment("seed \(seed) round \(round)")
            #expect(merged.newEdges == additions.count { $0 == .newEdge }, place)
            #expect(merged.newEvents == additions.count { $0 == .newEvent }, place)
            #expect(incoming.map(\.isNewEdge) == additions.map { $0 == .newEdge }, place)
            #expect(many.count == one.count, place)
            for at in 0..<min(one.count, many.count) {
                #expect(many.number(at: at) == one.number(at: at), place)
                #expect(many.value(at: at) == one.value(at: at), place)
                #expect(many.eventCount(at: at) == one.eventCount(at: at), place)
            }
        }
    }

    private func expectEqual(_ row: HoldingRow, _ model: [UInt32: Holding], _ place: Comment) {
        #expect((0..<row.count).map { row.number(at: $0) } == model.keys.sorted(), place)
        for at in 0..<row.count {
            let number = row.number(at: at)
            let value = row.value(at: at)
            #expect(value.weight == model[number]?.weight, place)
            #expect(value.time == model[number]?.time, place)
            #expect(row.eventCount(at: at) == model[number]?.eventCount, place)
        }
    }

    @Test("a batch does what its events do one by one", arguments: 0..<30 as Range<UInt64>)
    func batch(_ seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "batch")
        var limits = GraphLimits()
        limits.interactionsPerAuthor = 12
        var (one, many) = (InteractionGraph(limits: limits), InteractionGraph(limits: limits))
        for _ in 0..<8 {
            let batch = (0..<200).map { _ in
                act(
                    random.below(20), "i\(random.below(40))", [.play, .like][random.below(2)],
                    [1, 3, 0.1, -1][random.below(4)], random.below(90))
            }
            var accepted = 0
            for event in batch where one.add(event) == .accepted { accepted += 1 }
            let resolved = batch.compactMap { event in
                many.resolve(author: event.author).map {
                    InteractionGraph.ResolvedInteraction(
                        author: $0, item: many.resolve(item: event.item), event)
                }
            }
            #expect(many.add(resolved) == accepted, "seed \(seed)")
        }
        let now = Instant(milliseconds: 100)
        let (left, right) = (
            one.snapshot(ego: key(0), at: now), many.snapshot(ego: key(0), at: now)
        )
        #expect(left.interactions.weights == right.interactions.weights, "seed \(seed)")
        #expect(left.interactions.columns == right.interactions.columns, "seed \(seed)")
        #expect(left.authorKeys == right.authorKeys && left.itemIDs == right.itemIDs)
        #expect(one.edgeCount == many.edgeCount && one.edgeCount > 100)
    }

    @Test(
        "a list of keyed events does what they do one by one, at every cap",
        arguments: 0..<40 as Range<UInt64>)
    func list(_ seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "list")
        var limits = GraphLimits()
        limits.interactionsPerAuthor = [0, 5, 12, 256][random.below(4)]
        limits.authors = [3, 10, 100][random.below(3)]
        limits.events = [60, 300, 10_000][random.below(3)]
        limits.interactions = [40, 200, 10_000][random.below(3)]
        limits.eventsPerInteraction = [1, 3, 32][random.below(3)]
        var one = InteractionGraph(ego: key(0), limits: limits)
        one.setTrust(from: key(0), to: key(1), weight: 1)
        one.adopt(trust: (0..<20).map { (key($0), random.unit()) })
        var many = one
        for round in 0..<6 {
            let list = (0..<[3, 80, 300][random.below(3)]).map { _ in
                act(
                    random.below(20), "i\(random.below(40))", [.play, .like][random.below(2)],
                    [1, 3, 0.1, -1, .infinity][random.below(5)], random.below(90))
            }
            var accepted = 0
            for event in list where one.add(event) == .accepted { accepted += 1 }
            let place = Comment("seed \(seed) round \(round)")
            #expect(many.add(list) == accepted, place)
            #expect(many.census.map(\.count) == one.census.map(\.count), place)
            let now = Instant(milliseconds: 100)
            let left = one.snapshot(ego: key(0), at: now)
            let right = many.snapshot(ego: key(0), at: now)
            #expect(left.authorKeys == right.authorKeys && left.itemIDs == right.itemIDs, place)
            #expect(left.interactions.columns == right.interactions.columns, place)
            #expect(left.interactions.weights == right.interactions.weights, place)
        }
    }

    @Test(
        "a list gives the slots and numbers that its interactions get one by one, with repeats in a block",
        arguments: 0..<30 as Range<UInt64>)
    func numbers(_ seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "numbers")
        var (one, many) = (InteractionGraph(), InteractionGraph())
        let (people, songs) = (1 + random.below(120), 1 + random.below(200))
        for round in 0..<5 {
            let list = (0..<random.below(400)).map { _ in
                act(
                    random.below(people), "a-song-of-some-length-\(random.below(songs))",
                    [.play, .like, .rate][random.below(3)], [1, 0.1][random.below(2)],
                    random.below(90))
            }
            for event in list { one.add(event) }
            many.add(list)
            for event in list {
                let place = Comment("seed \(seed) round \(round)")
                #expect(
                    many.resolve(author: event.author) == one.resolve(author: event.author), place)
                #expect(many.resolve(item: event.item) == one.resolve(item: event.item), place)
            }
            #expect(many.census.map(\.count) == one.census.map(\.count), "seed \(seed)")
        }
    }

    @Test("a batch keeps the caps of the graph, and its items keep their numbers")
    func batchAtCaps() {
        var random = SeededRandom(seed: 3, stream: "batch at caps")
        var limits = GraphLimits()
        (limits.events, limits.interactions, limits.interactionsPerAuthor) = (300, 200, 12)
        var graph = InteractionGraph(limits: limits)
        for _ in 0..<20 {
            let resolved = (0..<100).compactMap { _ in
                let event = act(
                    random.below(30), "i\(random.below(60))", .play, 1 + random.unit(),
                    random.below(90))
                return graph.resolve(author: event.author).map {
                    InteractionGraph.ResolvedInteraction(
                        author: $0, item: graph.resolve(item: event.item), event)
                }
            }
            graph.add(resolved)
            for part in graph.census { #expect(part.count <= part.capacity, "\(part.name)") }
        }
        let built = graph.snapshot(ego: key(0), at: Instant(milliseconds: 100))
        #expect(built.interactions.entryCount == graph.edgeCount && graph.edgeCount > 100)
        #expect(Set(built.itemIDs).count == built.itemCount)
    }

    @Test("a reader's copy does not change under the writer")
    func frozen() {
        var graph = InteractionGraph(ego: key(0))
        for user in 1..<200 {
            graph.setTrust(from: key(0), to: key(user), weight: 1)
            graph.add(act(user, "i\(user % 90)", .play, 1, 1))
        }
        let now = Instant(milliseconds: 9)
        let held = graph.frozen()
        let before = held.snapshot(ego: key(0), at: now)
        for user in 1..<200 {
            graph.add(act(user, "new\(user)", .like, 3, 2))
            if user % 3 == 0 { graph.remove(author: key(user)) }
        }
        let after = held.snapshot(ego: key(0), at: now)
        #expect(before.interactions.weights == after.interactions.weights)
        #expect(before.interactions.columns == after.interactions.columns)
        #expect(before.itemIDs == after.itemIDs && before.authorKeys == after.authorKeys)
        #expect(graph.snapshot(ego: key(0), at: now).itemIDs.count > after.itemIDs.count)
    }
}
