import NodeCore
import Primitives
import Records

/// A store in memory that keeps the contract of the real one: insert only, in one piece, FIFO.
struct MemoryStore {
    private(set) var entries: [PublicKey: [UInt64: StoredEntry]] = [:]
    private(set) var proofs: [PublicKey: ForkProof] = [:]
    /// What the next commits answer instead of succeeding.
    var failures: [StoreFailure] = []

    /// Own records go on where the own feed ends.
    mutating func commitOwn(_ records: [StoredRecord], _ tombstones: [Tombstone]) -> StoreFailure? {
        if failures.isEmpty, let body = records.first?.record.body, body.sequence > 1,
            entries[body.feed]?[body.sequence - 1] == nil
        {
            return .conflict
        }
        var batch = StoreBatch()
        batch.records = records
        batch.tombstones = tombstones
        return commit(batch)
    }

    mutating func commit(_ batch: StoreBatch) -> StoreFailure? {
        if !failures.isEmpty { return failures.removeFirst() }
        for feed in batch.removedFeeds { entries[feed] = nil }
        for trim in batch.trims {
            entries[trim.feed] = entries[trim.feed]?.filter { $0.key >= trim.before }
        }
        for stored in batch.records {
            let body = stored.record.body
            if let held = entries[body.feed]?[body.sequence] {
                if held.id != stored.record.id { return .conflict }
                continue
            }
            entries[body.feed, default: [:]][body.sequence] = .record(stored)
        }
        for tombstone in batch.tombstones {
            entries[tombstone.feed, default: [:]][tombstone.sequence] = .tombstone(tombstone)
        }
        for proof in batch.forkProofs { proofs[proof.feed] = proof }
        return nil
    }

    func range(_ request: RangeRequest) -> [StoredEntry] {
        (request.first...request.last).compactMap { entries[request.feed]?[$0] }
    }

    func feed(_ key: PublicKey) -> [StoredEntry] {
        (entries[key] ?? [:]).values.sorted { $0.sequence < $1.sequence }
    }

    var all: [StoredEntry] { entries.keys.sorted().flatMap(feed) }
}
