import GRDB
public import NodeCore
public import Primitives
public import Records

/// Feeds: commits, and reading back.
extension Store {
    /// Commits own records in one transaction that survives power loss once this returns.
    ///
    /// The places must continue the stored feed without a gap; what is stored already with the same
    /// body is passed over. A tombstone needs its RETRACT here, before, or inside it. Throws
    /// `.conflict` otherwise. About one wait for the disk, whatever the number of records.
    public func commitOwn(records: [StoredRecord], tombstones: [Tombstone]) throws(StorageError) {
        guard !records.isEmpty || !tombstones.isEmpty else { return }
        try commitOwn(records, tombstones) { _ in }
    }

    /// Commits own records by which the feed comes to speak for another author, and makes that author the owner of
    /// both files, own.db in the same transaction. To be opened again as its files.
    public func commitOwn(records: [StoredRecord], author: PublicKey) throws(StorageError) {
        var successor = owner
        successor.author = author
        try commitOwn(records, []) { try successor.replace($0) }
        try attempt("change the owner", on: .net) { try net.write { try successor.replace($0) } }
    }

    private func commitOwn(
        _ records: [StoredRecord], _ tombstones: [Tombstone], also: (Database) throws -> Void
    ) throws(StorageError) {
        let last = try attempt("commit own records", on: .own) {
            try own.write { db in
                try also(db)
                var table = EntryTable(db, scheme: scheme)
                let head = try table.head(of: owner.feed)
                var added: [UInt64] = []
                for stored in records {
                    try requireOwn(stored.record.body.feed, stored.record.body.sequence)
                    if try table.insert(stored) { added.append(stored.record.body.sequence) }
                }
                for tombstone in tombstones {
                    try requireOwn(tombstone.feed, tombstone.sequence)
                    if try table.bury(tombstone) { added.append(tombstone.sequence) }
                }
                for tombstone in tombstones { try table.requireProof(of: tombstone) }
                added.sort()
                for (offset, sequence) in added.enumerated()
                where sequence != head + 1 + UInt64(offset) {
                    throw EntryTable.conflict(
                        owner.feed, sequence, "does not follow the stored \(head)")
                }
                return added.last
            }
        }
        if let last { noteOwnHead(last) }
    }

    /// Commits a batch of other feeds in one transaction: feeds to remove first, then what is before
    /// a checkpoint, then records, tombstones and fork proofs. Does not wait for the disk.
    ///
    /// Insert only: another body for a taken place fails the whole batch as `.conflict`, the same
    /// body changes nothing. Of several fork proofs of a feed the one of the
    /// earliest place is kept. Throws `.full`
    /// when the budget is used up; removing feeds works then too. Many places are removed in several
    /// transactions, so that the log stays short (T19): a failure may leave a removed feed shorter.
    public func commit(_ batch: StoreBatch) throws(StorageError) {
        guard !batch.isEmpty else { return }
        try attempt("commit records", on: .net) {
            let removed = try removeLong(batch.removedFeeds)
            for trim in batch.trims { try trimLong(trim) }
            try net.write { db in
                var table = EntryTable(db, scheme: scheme)
                for feed in removed { try table.remove(feed) }
                for trim in batch.trims { try table.trim(trim) }
                for stored in batch.records {
                    try requireForeign(stored.record.body.feed, stored.record.body.sequence)
                    _ = try table.insert(stored)
                }
                for tombstone in batch.tombstones {
                    try requireForeign(tombstone.feed, tombstone.sequence)
                    _ = try table.bury(tombstone)
                }
                for tombstone in batch.tombstones { try table.requireProof(of: tombstone) }
                for proof in batch.forkProofs { try insert(proof, db) }
            }
        }
    }

    /// Places `first ... last` of a feed that are held, in ascending order, while they fit in
    /// `maximumBytes` of encoded records, and at least one. Tombstones carry their encoded RETRACT.
    /// O(places returned).
    public func range(
        feed: PublicKey, first: UInt64, last: UInt64, maximumBytes: Int
    ) throws(StorageError) -> [StoredEntry] {
        try reading("read a range", feed) { reader in
            try reader.range(feed, first, last, maximumBytes: maximumBytes)
        }
    }

    /// Gives every held place of one feed, or of all: the own feed first, then the others by key,
    /// each in ascending order. Streams from one snapshot in constant memory; tombstones are as
    /// they were committed. Throws `.corrupt` at the first row that is not what was written: then
    /// forget what was given, and call `replaceNet()` unless own.db is named.
    public func forEachEntry(
        of feed: PublicKey? = nil, _ body: (StoredEntry) -> Void
    ) throws(StorageError) {
        if let feed {
            return try reading("read a feed", feed) { try $0.forEach(of: feed, body) }
        }
        try forEachEntry(of: owner.feed, body)
        try attempt("read all feeds", on: .net) {
            try net.read { try EntryReader(db: $0, scheme: scheme).forEach(body) }
        }
    }

    /// The fork proofs, by feed.
    public func forkProofs() throws(StorageError) -> [ForkProof] {
        try attempt("read fork proofs", on: .net) {
            try net.read { db in
                let rows = try Row.fetchCursor(
                    db,
                    sql: "SELECT feed, chains, check_word FROM fork_proof ORDER BY feed")
                var proofs: [ForkProof] = []
                while let row = try rows.next() { proofs.append(try forkProof(Columns(row))) }
                return proofs
            }
        }
    }

    // MARK: Helpers

    /// Removes feeds while they are more than one transaction should delete; gives back what is left to the caller's.
    private func removeLong(_ feeds: [PublicKey]) throws -> [PublicKey] {
        let limit = DatabaseFile.rowsRemovedAtOnce(budgetBytes: budgetBytes)
        var left: [PublicKey] = []
        var rows = 0
        for feed in feeds {
            var count = try net.write { db in
                var table = EntryTable(db, scheme: scheme)
                return try table.count(of: feed)
            }
            while count > limit {
                count -= try net.write { db in
                    var table = EntryTable(db, scheme: scheme)
                    return try table.shorten(feed, by: limit)
                }
            }
            if rows + count > limit {
                try net.write { db in
                    var table = EntryTable(db, scheme: scheme)
                    for short in left { try table.remove(short) }
                }
                (left, rows) = ([], 0)
            }
            left.append(feed)
            rows += count
        }
        return left
    }

    /// Trims a feed while it is more than one transaction should delete, from checkpoint to checkpoint: whatever is left by a
    /// crash begins with one.
    private func trimLong(_ trim: FeedTrim) throws {
        let span = WireLimits.checkpointSpan
        let limit = max(
            span, UInt64(DatabaseFile.rowsRemovedAtOnce(budgetBytes: budgetBytes)))
        var isLong = true
        while isLong {
            isLong = try net.write { db in
                var table = EntryTable(db, scheme: scheme)
                let first = try table.first(of: trim.feed)
                guard first > 0, first + limit < trim.before else { return false }
                let cut = (first + limit) / span * span
                try table.trim(FeedTrim(feed: trim.feed, before: cut))
                return true
            }
        }
    }

    private func reading<Value>(
        _ operation: String, _ feed: PublicKey, _ body: (EntryReader) throws -> Value
    ) throws(StorageError) -> Value {
        let isOwn = feed == owner.feed
        return try attempt(operation, on: isOwn ? .own : .net) {
            let reading = { (db: Database) in try body(EntryReader(db: db, scheme: self.scheme)) }
            return isOwn ? try own.read(reading) : try net.read(reading)
        }
    }

    private func requireOwn(_ feed: PublicKey, _ sequence: UInt64) throws {
        guard feed == owner.feed else {
            throw EntryTable.conflict(feed, sequence, "is not of our own feed")
        }
    }

    private func requireForeign(_ feed: PublicKey, _ sequence: UInt64) throws {
        guard feed != owner.feed else {
            throw EntryTable.conflict(feed, sequence, "is of our own feed, which own.db keeps")
        }
    }

    private func insert(_ proof: ForkProof, _ db: Database) throws {
        let encoded = proof.encoded
        try db.cachedStatement(
            sql: """
                INSERT INTO fork_proof (feed, sequence, chains, check_word)
                VALUES (?, ?, ?, ?)
                ON CONFLICT (feed) DO UPDATE SET
                    sequence = excluded.sequence, chains = excluded.chains,
                    check_word = excluded.check_word
                WHERE excluded.sequence < sequence
                """
        ).execute(arguments: [
            Columns.blob(proof.feed.bytes), Int64(proof.sequence), Columns.blob(encoded),
            proofCheckWord(encoded),
        ])
    }

    private func forkProof(_ columns: Columns) throws -> ForkProof {
        let encoded = try columns.bytes(1)
        guard try columns.int(2) == proofCheckWord(encoded),
            let proof = ForkProof(decoding: encoded, scheme: scheme),
            proof.feed == (try columns.wrapped(0))
        else { throw columns.damage(2, "the digest of a fork proof") }
        return proof
    }

    private func proofCheckWord(_ encoded: [UInt8]) -> Int64 {
        var writer = ByteWriter(reserving: encoded.count + 32)
        writer.raw(Array("vouchbird stored proof v2".utf8) + [0])
        writer.raw(encoded)
        return Columns.signed(scheme.digest(writer.bytes).prefix64)
    }
}
