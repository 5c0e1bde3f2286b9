import Primitives
import Records

/// Verified places of feeds that wait to be handed to the store together, in the order of their verdicts.
struct Gathered: Sendable {
    struct Place: Sendable {
        /// A record, or the tombstone of one that we never saw.
        var entry: StoredEntry
        var feed: FeedIndex
        var source: LinkID?
    }

    var places: [Place] = []
    var proofs: [ForkProof] = []
    var removedFeeds: [PublicKey] = []

    /// Whether there is something to delete and nothing to add.
    var isEviction: Bool { !removedFeeds.isEmpty && places.isEmpty }
    var isEmpty: Bool { places.isEmpty && proofs.isEmpty && removedFeeds.isEmpty }
}

/// A commit on its way to the store.
struct InFlightCommit: Sendable {
    let id: EffectID
    let places: [Gathered.Place]
    /// Who waits for own records to be durable.
    let publication: EffectID?
    let isOwn: Bool
    /// What else the batch carries; tried again when it fails.
    var proofs: [ForkProof] = []
    var removedFeeds: [PublicKey] = []
}

extension StoredEntry {
    /// The tombstones that committing this entry writes.
    var tombstone: Tombstone? {
        switch self {
        case .tombstone(let tombstone): return tombstone
        case .record(let stored):
            let body = stored.record.body
            guard case .retract(let sequence, let id, _) = body.payload else { return nil }
            return Tombstone(
                feed: body.feed, sequence: sequence, id: id, retraction: body.sequence,
                encodedRetraction: stored.record.encoded)
        }
    }

    var storedRecord: StoredRecord? {
        if case .record(let stored) = self { stored } else { nil }
    }
}
