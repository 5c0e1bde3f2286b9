import Primitives
import Testing

@testable import Ranking

private func named(_ number: Int) throws -> ItemID {
    try #require(ItemID("song:\(1_000 + number)"))
}

private func at(_ milliseconds: Int) -> Instant { Instant(milliseconds: UInt64(milliseconds)) }

@Suite("The ledger of earned trust")
struct EarnedTrustLedgerTests {
    private struct Note {
        var author: Int
        var item: Int
        var seen: Int
    }

    /// Notes of 30 authors about 60 items; author 0 is the ego.
    private func notes(_ seed: UInt64) -> [Note] {
        var random = SeededRandom(seed: seed, stream: "notes")
        return (0..<600).map { _ in
            let author = random.below(30)
            return Note(
                author: author, item: (2 * random.below(30) + author % 2) % 60,
                seen: random.below(1_000))
        }
    }

    private func graph(_ notes: [Note]) throws -> GraphSnapshot {
        var graph = InteractionGraph(ego: key(0))
        for note in notes {
            graph.add(
                Interaction(
                    author: key(note.author), item: try named(note.item), kind: .play, weight: 1,
                    time: at(0), firstSeen: at(note.seen)))
        }
        return graph.snapshot(ego: key(0), at: at(1_000))
    }

    private func ledger(
        _ notes: [Note], limits: EarnedTrustLedger.Limits = EarnedTrustLedger.Limits()
    ) throws -> EarnedTrustLedger {
        var ledger = EarnedTrustLedger(ego: key(0), limits: limits)
        for note in notes {
            ledger.note(key(note.author), try named(note.item), seen: at(note.seen))
        }
        return ledger
    }

    private func earned(_ ledger: EarnedTrustLedger, _ snapshot: GraphSnapshot) throws
        -> EarnedTrust
    {
        ledger.earned(in: snapshot, ego: try #require(snapshot.ego), now: at(1_000))
    }

    @Test("any order of notes gives the same earned trust", arguments: 0..<20 as Range<UInt64>)
    func order(_ seed: UInt64) throws {
        let notes = notes(seed)
        let snapshot = try graph(notes)
        let expected = try earned(ledger(notes), snapshot)
        #expect(expected.strengths.contains { $0 > 0 }, "seed \(seed)")
        var random = SeededRandom(seed: seed, stream: "order")
        var shuffled = notes
        for _ in 0..<5 {
            random.shuffle(&shuffled)
            #expect(try earned(ledger(shuffled), snapshot) == expected, "seed \(seed)")
        }
    }

    @Test("the first sight counts, however often a record comes again")
    func repeats() throws {
        let notes = notes(1)
        let snapshot = try graph(notes)
        let again = notes + notes.map { Note(author: $0.author, item: $0.item, seen: 1_000) }
        #expect(try earned(ledger(again), snapshot) == earned(ledger(notes), snapshot))
    }

    @Test("a forgotten author has earned nothing, and is free to begin anew")
    func forgetting() throws {
        let notes = notes(2)
        let snapshot = try graph(notes)
        var ledger = try ledger(notes)
        let before = try earned(ledger, snapshot)
        let best = try #require(
            (1..<30).max { before.strengths[$0] < before.strengths[$1] })
        ledger.forget(key(best))
        #expect(try earned(ledger, snapshot).strengths[best] == 0)
        for note in notes where note.author == best {
            ledger.note(key(best), try named(note.item), seen: at(note.seen))
        }
        #expect(try earned(ledger, snapshot) == before)
        for author in 0..<30 { ledger.forget(key(author)) }
        #expect(ledger.census.allSatisfy { $0.count == 0 })
    }

    @Test("what is taken back still counts in how much an author claims")
    func withdrawal() throws {
        let notes = notes(3)
        let snapshot = try graph(notes)
        var ledger = try ledger(notes)
        let before = try earned(ledger, snapshot)
        let best = try #require(
            (1..<30).max { before.strengths[$0] < before.strengths[$1] })
        for _ in 0..<5_000 { ledger.noteWithdrawal(by: key(best)) }
        #expect(try earned(ledger, snapshot).strengths[best] == 0)
        #expect(before.strengths[best] > 0)
    }

    @Test("no cap is passed, and claims past a cap count without being remembered")
    func caps() throws {
        var limits = EarnedTrustLedger.Limits()
        limits.authors = 10
        limits.claimsPerAuthor = 3
        limits.claims = 20
        limits.discoveries = 5
        let ledger = try ledger(notes(4), limits: limits)
        #expect(ledger.census.map(\.count) == [10, 20])
        let snapshot = try graph(notes(4))
        let strengths = try earned(ledger, snapshot).strengths
        #expect(strengths.allSatisfy { (0...1).contains($0) })
    }
}
