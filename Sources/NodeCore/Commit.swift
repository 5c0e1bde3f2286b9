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
    var trims: [FeedTrim] = []
    /// Of records that were fetched behind the RETRACT that names them.
    var tombstones: [Tombstone] = []

    /// Whether there is something to delete and nothing to add.
    var isEviction: Bool { !(removedFeeds.isEmpty && trims.isEmpty) && places.isEmpty }
    var isEmpty: Bool {
        places.isEmpty && proofs.isEmpty && removedFeeds.isEmpty && trims.isEmpty
            && tombstones.isEmpty
    }

    /// Nothing of this feed is to be done any more.
    mutating func forget(_ feed: PublicKey) {
        trims.removeAll { $0.feed == feed }
        tombstones.removeAll { $0.feed == feed }
    }
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
    var trims: [FeedTrim] = []
    var tombstones: [Tombstone] = []
    /// Places that go before the base of a feed.
    var block: (index: FeedIndex, feed: PublicKey, block: FeedBlock)?
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

    var isCheckpoint: Bool {
        if case .checkpoint = storedRecord?.record.body.payload { true } else { false }
    }

    var storedRecord: StoredRecord? {
        if case .record(let stored) = self { stored } else { nil }
    }
}
