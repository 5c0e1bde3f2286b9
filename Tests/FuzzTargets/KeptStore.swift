import NodeCore
import Primitives
import Records

/// A store in memory: insert only, in one piece; a batch that contradicts it ends the process, because
/// only a broken core asks for that (T4).
struct KeptStore {
    private var entries: [PublicKey: [UInt64: StoredEntry]] = [:]
    private var proofs: [PublicKey: ForkProof] = [:]
    /// What the next commits answer instead of succeeding.
    var failures: [StoreFailure] = []

    mutating func commit(_ batch: StoreBatch) -> StoreFailure? {
        if !failures.isEmpty { return failures.removeFirst() }
        for feed in batch.removedFeeds { entries[feed] = nil }
        for trim in batch.trims {
            entries[trim.feed] = entries[trim.feed]?.filter { $0.key >= trim.before }
        }
        for stored in batch.records {
            let body = stored.record.body
            let held = entries[body.feed]?[body.sequence]
            require(
                held.map { $0.id == stored.record.id } ?? true,
                "no second body is stored in one place")
            if held == nil { entries[body.feed, default: [:]][body.sequence] = .record(stored) }
        }
        for tombstone in batch.tombstones {
            entries[tombstone.feed, default: [:]][tombstone.sequence] = .tombstone(tombstone)
        }
        for proof in batch.forkProofs { proofs[proof.feed] = proof }
        return nil
    }

    func range(_ request: RangeRequest) -> [StoredEntry] {
        feed(request.feed).filter { (request.first...request.last).contains($0.sequence) }
    }

    func feed(_ key: PublicKey) -> [StoredEntry] {
        (entries[key] ?? [:]).values.sorted { $0.sequence < $1.sequence }
    }

    var all: [StoredEntry] { entries.keys.sorted().flatMap(feed) }
    var forkProofs: [ForkProof] { proofs.keys.sorted().compactMap { proofs[$0] } }
}
