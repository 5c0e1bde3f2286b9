import Foundation
import GRDB
import NodeCore
import Primitives
import Records
import Storage
import Testing

@Suite("batches of other feeds")
struct BatchTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    /// What a store must hold after the same batches: T4 of the threats.
    private struct Model {
        var places: [PublicKey: [UInt64: StoredEntry]] = [:]

        /// False, and nothing changes, when the batch contradicts what is held.
        mutating func commit(_ records: [StoredRecord], _ tombstones: [Tombstone]) -> Bool {
            var next = places
            for stored in records {
                let feed = stored.record.body.feed
                if let held = next[feed]?[stored.sequence] {
                    guard held.id == stored.id else { return false }
                } else {
                    next[feed, default: [:]][stored.sequence] = stored.entry
                }
            }
            for tombstone in tombstones {
                let held = next[tombstone.feed]?[tombstone.sequence]
                guard held == nil || held?.id == tombstone.id else { return false }
                if case .tombstone? = held { continue }
                next[tombstone.feed, default: [:]][tombstone.sequence] = .tombstone(tombstone)
            }
            places = next
            return true
        }

        var entries: [StoredEntry] {
            places.keys.sorted().flatMap { feed in
                (places[feed] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
            }
        }
    }

    @Test(
        "no batch ever changes what a taken place holds", arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func insertOnly(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        // Two histories of the same keys: the second is what an equivocator would send.
        var honest: [[StoredRecord]] = []
        var forked: [[StoredRecord]] = []
        for number in 1...4 as ClosedRange<UInt64> {
            var writer = try FeedWriter(number)
            var other = try FeedWriter(number)
            honest.append(try writer.plays(12))
            forked.append(try other.plays(12, "forked"))
        }
        var store = try sandbox.open()
        var model = Model()
        var refused = 0
        for _ in 0..<120 {
            var records: [StoredRecord] = []
            var tombstones: [Tombstone] = []
            for _ in 0..<1 + random.below(6) {
                let from = random.below(12) == 0 ? forked : honest
                let feed = from[random.below(4)]
                let (one, other) = (feed[random.below(12)], feed[random.below(12)])
                if random.below(8) == 0 {
                    tombstones.append(one.tombstone(by: other, carrying: true))
                } else {
                    records.append(one)
                }
            }
            let accepted = model.commit(records, tombstones)
            let failure = code { try store.commit(records, tombstones: tombstones) }
            #expect(failure == (accepted ? nil : .conflict), "seed \(seed)")
            refused += accepted ? 0 : 1
            if random.below(10) == 0 { store = try sandbox.open() }
        }
        #expect(try store.all() == model.entries, "seed \(seed)")
        #expect(refused > 0, "seed \(seed) tests nothing")
    }

    @Test("a conflict in the middle of a batch leaves nothing of it")
    func atomic() throws {
        let store = try sandbox.open()
        var writer = try FeedWriter(1)
        var twin = try FeedWriter(1)
        var neighbour = try FeedWriter(2)
        var late = try FeedWriter(3)
        let records = try writer.plays(2) + neighbour.plays(2)
        try store.commit(records)
        let before = try store.all()
        let contradiction = try twin.play("another")
        let others = try late.plays(400)
        let batch = Array(others[..<200]) + [contradiction] + Array(others[200...])
        #expect(code { try store.commit(batch, removing: [neighbour.feed]) } == .conflict)
        #expect(try store.all() == before)
        try store.commit(others, removing: [neighbour.feed])
        #expect(try store.all(of: late.feed) == others.map(\.entry))
        #expect(try store.all(of: neighbour.feed).isEmpty)
    }

    @Test("another signature of the same body changes nothing")
    func otherSignature() throws {
        let store = try sandbox.open()
        var writer = try FeedWriter(1)
        let stored = try writer.play()
        var bytes = stored.record.encoded
        bytes[bytes.count - 1] ^= 0x20
        let other = try Record(decoding: bytes[...], scheme: FeedWriter.scheme)
        #expect(other.id == stored.id)
        try store.commit([stored])
        try store.commit([StoredRecord(record: other, firstSeen: stored.firstSeen)])
        #expect(try store.all() == [stored.entry])
    }

    @Test(
        "a record without its own signature comes back without one, and is never taken for signed")
    func unsigned() throws {
        let store = try sandbox.open()
        var writer = try FeedWriter(1)
        let records = try writer.plays(3)
        let chained = try records.prefix(2).map {
            StoredRecord(
                record: try Records.Record(
                    decodingUnsigned: $0.record.bodyBytes, scheme: FeedWriter.scheme),
                firstSeen: $0.firstSeen)
        }
        try store.commit(chained + [records[2]])
        #expect(try store.all() == (chained + [records[2]]).map(\.entry))
        #expect(try store.all().map(\.id) == records.map(\.id))
        #expect(
            try store.range(feed: writer.feed, first: 1, last: 3, maximumBytes: 1 << 16)
                == (chained + [records[2]]).map(\.entry))
        // The same body with its signature changes nothing; another body is a contradiction.
        try store.commit(records)
        var twin = try FeedWriter(1)
        #expect(throws: StorageError.self) { try store.commit(try twin.plays(1, "other")) }
        let reopened = try sandbox.open(try sandbox.crashImage("killed"))
        #expect(try reopened.all() == (chained + [records[2]]).map(\.entry))
        // The mark is covered by the check word like everything else.
        let queue = try DatabaseQueue(path: sandbox.root + "/killed/net.db")
        try queue.write { try $0.execute(sql: "UPDATE entry SET is_signed = 1 WHERE sequence = 1") }
        #expect(throws: StorageError.self) { try reopened.all() }
    }

    @Test("removed feeds go first, and the batch may bring them back otherwise")
    func removal() throws {
        let store = try sandbox.open()
        var first = try FeedWriter(1)
        var twin = try FeedWriter(1)
        var second = try FeedWriter(2)
        let (old, kept) = (try first.plays(3), try second.plays(3))
        let new = try twin.plays(1, "anew")
        let proof = try #require(ForkProof(old[0].record, new[0].record))
        try store.commit(old + kept, forkProofs: [proof])
        try store.commit(new, removing: [first.feed, try FeedWriter(99).feed])
        #expect(try store.all(of: first.feed) == new.map(\.entry))
        #expect(try store.all(of: second.feed) == kept.map(\.entry))
        #expect(try store.forkProofs() == [proof])
    }

    @Test("of a feed's fork proofs the earliest place's is kept, and all feeds' are given by key")
    func forkProofs() throws {
        let store = try sandbox.open()
        var proofs: [ForkProof] = []
        for number in 1...5 as ClosedRange<UInt64> {
            var (one, other) = (try FeedWriter(number), try FeedWriter(number))
            let (left, right) = (try one.plays(2), try other.plays(2, "forked"))
            proofs.append(try #require(ForkProof(left[0].record, right[0].record)))
            let later = try #require(ForkProof(left[1].record, right[1].record))
            let earliest = proofs[proofs.count - 1]
            try store.commit([], forkProofs: number == 1 ? [later] : [earliest])
            try store.commit([], forkProofs: [later, earliest])
        }
        proofs.sort { $0.feed < $1.feed }
        #expect(try store.forkProofs() == proofs)
        #expect(try sandbox.open().forkProofs() == proofs)
    }

    @Test("a range comes in pages that join without a gap", arguments: [300, 1000, 5000])
    func paging(maximumBytes: Int) throws {
        let store = try sandbox.open()
        var writer = try FeedWriter(1)
        var neighbour = try FeedWriter(2)
        let records = try writer.plays(100)
        try store.commit(records + (try neighbour.plays(100)))
        var pages: [[StoredEntry]] = []
        var next: UInt64 = 11
        while next <= 90 {
            let page = try store.range(
                feed: writer.feed, first: next, last: 90, maximumBytes: maximumBytes)
            next = try #require(page.last).sequence + 1
            pages.append(page)
        }
        #expect(pages.flatMap(\.self) == records[10..<90].map(\.entry))
        for page in pages where page.count > 1 {
            var bytes = 0
            for case .record(let stored) in page { bytes += stored.record.encoded.count }
            #expect(bytes <= maximumBytes)
        }
        #expect(pages.count >= 80 * 150 / maximumBytes)
        #expect(
            try store.range(feed: writer.feed, first: 101, last: .max, maximumBytes: 9).isEmpty)
        #expect(try store.range(feed: writer.feed, first: 9, last: 8, maximumBytes: 9).isEmpty)
        let stranger = try FeedWriter(3).feed
        #expect(try store.range(feed: stranger, first: 1, last: 9, maximumBytes: 9).isEmpty)
    }

    @Test("one entry comes whatever the limit, so that a reader always gets on")
    func atLeastOne() throws {
        let store = try sandbox.open()
        var writer = try FeedWriter(1)
        let records = try writer.plays(3)
        try store.commit(records)
        let page = try store.range(feed: writer.feed, first: 2, last: 3, maximumBytes: 1)
        #expect(page == [records[1].entry])
    }

    @Test("all entries come with the own feed first, then by key and sequence")
    func order() throws {
        let store = try sandbox.open()
        var own = sandbox.own
        var expected = try own.plays(2).map(\.entry)
        try store.commitOwn(
            records: expected.compactMap { entry -> StoredRecord? in
                guard case .record(let stored) = entry else { return nil }
                return stored
            }, tombstones: [])
        var writers = try (1...20).map { try FeedWriter($0) }
        var records: [StoredRecord] = []
        for _ in 0..<5 {
            for index in writers.indices.reversed() { records.append(try writers[index].play()) }
        }
        try store.commit(records)
        records.sort { ($0.record.body.feed, $0.sequence) < ($1.record.body.feed, $1.sequence) }
        expected += records.map(\.entry)
        #expect(try store.all() == expected)
    }

    @Test("a record of nearly the largest size at the last sequence number fits")
    func extremes() throws {
        let store = try sandbox.open()
        let writer = try FeedWriter(1)
        let previous = try #require(RecordID([UInt8](repeating: 9, count: 32)))
        let body = RecordBody(
            feed: writer.feed, sequence: WireLimits.sequence, previous: previous,
            time: Instant(milliseconds: WireLimits.timeMilliseconds), isIgnorable: true,
            payload: .unknown(kind: 200, [UInt8](repeating: 7, count: 870)))
        let record = Record(
            signing: body, network: FeedWriter.network, signer: writer.key,
            scheme: FeedWriter.scheme)
        #expect(record.encoded.count > 1000)
        let stored = StoredRecord(record: record, firstSeen: Instant(milliseconds: .max))
        try store.commit([stored])
        #expect(try store.all() == [stored.entry])
        let range = try store.range(
            feed: writer.feed, first: WireLimits.sequence, last: .max, maximumBytes: 2000)
        #expect(range == [stored.entry])
    }

    @Test("what is before a checkpoint goes, and its bytes with it; what stays is read as before")
    func trims() throws {
        var writer = try FeedWriter(1)
        var other = try FeedWriter(2)
        let (feed, kept) = (try writer.plays(20), try other.plays(3))
        let store = try sandbox.open()
        try store.commit(feed + kept)
        var batch = StoreBatch()
        batch.trims = [FeedTrim(feed: writer.feed, before: 16)]
        batch.records = [try writer.play()]
        try store.commit(batch)
        let expected = (feed[15...] + batch.records).map(\.entry)
        #expect(
            try store.range(feed: writer.feed, first: 1, last: 30, maximumBytes: 1 << 20)
                == expected)
        #expect(try store.all().count == expected.count + 3)
        // Before the trim the same feed could be begun again from the first record.
        batch = StoreBatch()
        batch.removedFeeds = [writer.feed]
        batch.records = [feed[0]]
        try store.commit(batch)
        #expect(
            try store.range(feed: writer.feed, first: 1, last: 30, maximumBytes: 1 << 20) == [
                feed[0].entry
            ])
    }
}
