import NodeCore
import Primitives
import Records

/// The disk of one host, with the promises of the real store and no more.
///
/// Own commits survive everything once they are answered (`synchronous=FULL`). Net commits survive the death of
/// the process, but a power cut may take the newest of them, in order (`WAL` with `NORMAL`).
struct MemoryStore {
    /// The part that may be fetched again.
    struct Net {
        var rows = FeedRows()
        var proofs: [PublicKey: ForkProof] = [:]
        /// In the order of their arrival.
        var provenFeeds: [PublicKey] = []
    }

    let owner: PublicKey
    private(set) var own = FeedRows()
    private(set) var net = Net()
    /// What is on the platter for certain, and what came since; unused where no power cut is planned.
    private var synced = Net()
    private var unsynced: [StoreBatch] = []
    private let keepsJournal: Bool

    /// Commits between two synchronisations of the write-ahead log.
    private static let checkpointCommits = 32

    init(owner: PublicKey, keepsJournal: Bool) {
        self.owner = owner
        self.keepsJournal = keepsJournal
    }

    /// Appends to the own feed: contiguous with what is there, or nothing is written.
    mutating func commitOwn(_ records: [StoredRecord], _ tombstones: [Tombstone]) -> StoreFailure? {
        var head = own.last(owner)
        let buried = Set(tombstones.map(\.sequence))
        for stored in records {
            let body = stored.record.body
            while head + 1 < body.sequence, buried.contains(head + 1) { head += 1 }
            guard body.feed == owner, body.sequence <= head + 1 else { return .conflict }
            if let held = own.entry(owner, body.sequence), held.id != stored.record.id {
                return .conflict
            }
            head = max(head, body.sequence)
        }
        for stored in records where own.entry(owner, stored.record.body.sequence) == nil {
            own.put(.record(stored))
        }
        for tombstone in tombstones { own.put(.tombstone(tombstone)) }
        return nil
    }

    /// Takes what was read from other disks as what is on the platter. Requires that nothing is here yet.
    mutating func restore(_ entries: [StoredEntry], _ proofs: [ForkProof]) {
        for entry in entries {
            if entry.feed == owner { own.put(entry) } else { net.rows.put(entry) }
        }
        for proof in proofs {
            net.proofs[proof.feed] = proof
            net.provenFeeds.append(proof.feed)
        }
        synchronise()
    }

    /// The own feed is another.
    mutating func replaceOwn(_ rows: FeedRows) { own = rows }

    /// Nothing of what others said is there any more.
    mutating func loseNet() {
        net = Net()
        synchronise()
    }

    mutating func commit(_ batch: StoreBatch) -> StoreFailure? {
        guard Self.apply(batch, to: &net) else { return .conflict }
        guard keepsJournal else { return nil }
        unsynced.append(batch)
        if unsynced.count >= Self.checkpointCommits { synchronise() }
        return nil
    }

    /// Everything committed is on the platter.
    mutating func synchronise() {
        synced = net
        unsynced = []
    }

    var unsyncedCommits: Int { unsynced.count }

    /// The power fails: of the commits since the last synchronisation the first `kept` survive.
    mutating func losePower(keeping kept: Int) {
        guard keepsJournal else { return }
        net = synced
        let survivors = Array(unsynced.prefix(kept))
        for batch in survivors { _ = Self.apply(batch, to: &net) }
        synchronise()
    }

    func range(_ feed: PublicKey, _ first: UInt64, _ last: UInt64, maximumBytes: Int)
        -> [StoredEntry]
    {
        let rows = feed == owner ? own : net.rows
        var entries: [StoredEntry] = []
        var bytes = 0
        var sequence = first
        while sequence <= min(last, rows.last(feed)) {
            if let entry = rows.entry(feed, sequence) {
                bytes += Self.size(of: entry)
                guard bytes <= maximumBytes || entries.isEmpty else { break }
                entries.append(entry)
            }
            sequence += 1
        }
        return entries
    }

    func forEachEntry(_ body: (StoredEntry) -> Void) {
        own.forEach(body)
        net.rows.forEach(body)
    }

    func entry(_ feed: PublicKey, _ sequence: UInt64) -> StoredEntry? {
        feed == owner ? own.entry(feed, sequence) : net.rows.entry(feed, sequence)
    }

    func contiguous(_ feed: PublicKey) -> UInt64 {
        feed == owner ? own.contiguous(feed) : net.rows.contiguous(feed)
    }

    private static func size(of entry: StoredEntry) -> Int {
        switch entry {
        case .record(let stored): stored.record.encoded.count + 3
        case .tombstone(let tombstone): tombstone.encodedRetraction.count + 48
        }
    }

    private static func conflicts(_ stored: StoredRecord, _ batch: StoreBatch, _ net: Net) -> Bool {
        let body = stored.record.body
        guard let held = net.rows.entry(body.feed, body.sequence) else { return false }
        return held.id != stored.record.id && !batch.removedFeeds.contains(body.feed)
    }

    /// All of a batch or nothing; false when it contradicts what is held.
    private static func apply(_ batch: StoreBatch, to net: inout Net) -> Bool {
        guard !contradicts(batch, net) else { return false }
        for feed in batch.removedFeeds { net.rows.remove(feed) }
        for trim in batch.trims { net.rows.trim(trim.feed, before: trim.before) }
        for stored in batch.records {
            let body = stored.record.body
            guard net.rows.entry(body.feed, body.sequence) == nil else { continue }
            net.rows.put(.record(stored))
        }
        for tombstone in batch.tombstones { net.rows.put(.tombstone(tombstone)) }
        for proof in batch.forkProofs {
            if let known = net.proofs[proof.feed] {
                if proof.sequence < known.sequence { net.proofs[proof.feed] = proof }
            } else {
                net.proofs[proof.feed] = proof
                net.provenFeeds.append(proof.feed)
            }
        }
        return true
    }

    private static func contradicts(_ batch: StoreBatch, _ net: Net) -> Bool {
        if batch.records.count == 1, batch.tombstones.isEmpty {
            return conflicts(batch.records[0], batch, net)
        }
        struct Place: Hashable {
            let feed: PublicKey
            let sequence: UInt64
        }
        var written: [Place: RecordID] = [:]
        func isTaken(_ feed: PublicKey, _ sequence: UInt64, _ id: RecordID) -> Bool {
            let place = Place(feed: feed, sequence: sequence)
            if let other = written[place], other != id { return true }
            written[place] = id
            guard !batch.removedFeeds.contains(feed) else { return false }
            return net.rows.entry(feed, sequence).map { $0.id != id } ?? false
        }
        for stored in batch.records {
            let body = stored.record.body
            if isTaken(body.feed, body.sequence, stored.record.id) { return true }
        }
        for tombstone in batch.tombstones {
            if isTaken(tombstone.feed, tombstone.sequence, tombstone.id) { return true }
        }
        return false
    }
}
