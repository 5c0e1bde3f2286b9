public import Primitives
public import Records

/// A record as the store keeps it: its bytes, and when this node first saw it.
public struct StoredRecord: Hashable, Sendable {
    public var record: Record
    /// Our clock at arrival; the age of a record counts from the earlier of this and its own time.
    public var firstSeen: Instant

    public init(record: Record, firstSeen: Instant) {
        self.record = record
        self.firstSeen = firstSeen
    }
}

/// What is left of a retracted record: its place and id, and which record took it back.
public struct Tombstone: Hashable, Sendable {
    public var feed: PublicKey
    public var sequence: UInt64
    public var id: RecordID
    /// Sequence of the RETRACT record in the same feed. It may arrive after the tombstone.
    public var retraction: UInt64
    /// The encoded RETRACT record, for tombstones that arrive before it; empty when it is stored.
    public var encodedRetraction: EncodedRecord

    public init(
        feed: PublicKey, sequence: UInt64, id: RecordID, retraction: UInt64,
        encodedRetraction: EncodedRecord
    ) {
        self.feed = feed
        self.sequence = sequence
        self.id = id
        self.retraction = retraction
        self.encodedRetraction = encodedRetraction
    }
}

/// From here on a feed is held, and no more of it.
public struct FeedTrim: Hashable, Sendable {
    public var feed: PublicKey
    /// Sequence of the first place that stays.
    public var before: UInt64

    public init(feed: PublicKey, before: UInt64) {
        self.feed = feed
        self.before = before
    }
}

/// Changes that are committed together or not at all.
public struct StoreBatch: Hashable, Sendable {
    /// Insert only. The same (feed, sequence) with another id is a failure of the whole batch.
    public var records: [StoredRecord] = []
    /// Replace the body of a stored record, or stand in for one that never came.
    public var tombstones: [Tombstone] = []
    public var forkProofs: [ForkProof] = []
    /// Everything held of these feeds goes, fork proofs excepted. Carried out first.
    public var removedFeeds: [PublicKey] = []
    /// Everything before a checkpoint goes. Carried out next.
    public var trims: [FeedTrim] = []

    public init() {}

    public var isEmpty: Bool {
        records.isEmpty && tombstones.isEmpty && forkProofs.isEmpty && removedFeeds.isEmpty
            && trims.isEmpty
    }
}

/// One place of a feed as the store gives it back.
public enum StoredEntry: Hashable, Sendable {
    case record(StoredRecord)
    /// Rare, and five times as large as the other.
    indirect case tombstone(Tombstone)

    public var feed: PublicKey {
        switch self {
        case .record(let stored): stored.record.body.feed
        case .tombstone(let tombstone): tombstone.feed
        }
    }

    public var sequence: UInt64 {
        switch self {
        case .record(let stored): stored.record.body.sequence
        case .tombstone(let tombstone): tombstone.sequence
        }
    }

    public var id: RecordID {
        switch self {
        case .record(let stored): stored.record.id
        case .tombstone(let tombstone): tombstone.id
        }
    }
}

extension StoredEntry {
    /// The place as a chain has it; nil for a tombstone that lost its RETRACT.
    func place(_ scheme: any SignatureScheme) -> ChainPlace? {
        switch self {
        case .record(let stored): return .record(stored.record)
        case .tombstone(let tombstone):
            guard
                let retraction = try? Record(
                    decoding: tombstone.encodedRetraction[...], scheme: scheme)
            else { return nil }
            return .tombstone(
                feed: tombstone.feed, sequence: tombstone.sequence, id: tombstone.id,
                retraction: retraction)
        }
    }

    /// Whether a signature stands here that vouches for what is before it in the feed.
    var vouches: Bool {
        switch self {
        case .record(let stored): stored.record.signature != nil
        case .tombstone: true
        }
    }
}

/// Why the store could not do what it was asked.
public enum StoreFailure: String, Error, Hashable, Sendable {
    /// No space left, or the budget is used up: reading goes on, writing waits.
    case full
    /// The disk answered with an error.
    case ioError = "io-error"
    /// The file is not what was written.
    case corrupt
    /// Another process holds the file.
    case locked
    /// The batch contradicts what is stored: a broken invariant of ours.
    case conflict
}
