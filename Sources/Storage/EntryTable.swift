import GRDB
import NodeCore
import Primitives
import Records

/// Writes the places of feeds, inside one transaction. Nothing here ever replaces a record by
/// another: a taken place either holds the same body, or the whole transaction fails.
struct EntryTable {
    let db: Database
    let scheme: any SignatureScheme
    /// Numbers of the feeds met in this transaction.
    private var numbers: [PublicKey: Int64] = [:]

    init(_ db: Database, scheme: any SignatureScheme) {
        self.db = db
        self.scheme = scheme
    }

    /// Stores a record; false when its place holds the same body, or its tombstone, already.
    /// The stored signature stays: one body can have many valid signatures.
    mutating func insert(_ stored: StoredRecord) throws -> Bool {
        let body = stored.record.body
        let row = EntryRow(stored)
        let number = try number(of: body.feed)
        if try insert(row, under: number) { return true }
        let (_, held) = try self.held(number, body.feed, body.sequence)
        guard try held.id(scheme) == stored.record.id else {
            throw Self.conflict(body.feed, body.sequence, "holds another record")
        }
        return false
    }

    /// Overwrites the body of a record, or takes the place of one that never came; false when the
    /// place is a tombstone already.
    mutating func bury(_ tombstone: Tombstone) throws -> Bool {
        let (feed, sequence) = (tombstone.feed, tombstone.sequence)
        guard (1...WireLimits.sequence).contains(sequence) else {
            throw Self.conflict(feed, sequence, "is no place of a feed")
        }
        let row = EntryRow(
            feed: feed, sequence: sequence, firstSeen: Instant(milliseconds: 0),
            tomb: EntryRow.Tomb(retraction: tombstone.retraction, id: tombstone.id),
            body: tombstone.encodedRetraction)
        let number = try number(of: feed)
        if try insert(row, under: number) { return true }
        let (place, held) = try self.held(number, feed, sequence)
        guard try held.id(scheme) == tombstone.id else {
            throw Self.conflict(feed, sequence, "holds another record than the retracted one")
        }
        guard held.tomb == nil else { return false }
        try overwrite(place, with: row)
        try keepProof(of: held, under: number)
        return false
    }

    /// Fails unless the proof of a tombstone is at hand: in it, or as a stored record.
    mutating func requireProof(of tombstone: Tombstone) throws {
        guard tombstone.encodedRetraction.isEmpty else { return }
        let feed = tombstone.feed
        let number = try number(of: feed)
        let (_, buried) = try held(number, feed, tombstone.sequence)
        guard buried.body.isEmpty, let retraction = buried.tomb?.retraction else { return }
        guard let (_, proof) = try find(number, feed, retraction), proof.tomb == nil else {
            throw Self.conflict(feed, tombstone.sequence, "is retracted by a record not stored")
        }
    }

    /// Deletes every place of a feed. O(places).
    mutating func remove(_ feed: PublicKey) throws {
        guard let number = try knownNumber(of: feed) else { return }
        try db.execute(sql: "DELETE FROM entry WHERE feed = ?", arguments: [number])
        try db.execute(sql: "DELETE FROM feed WHERE id = ?", arguments: [number])
        numbers[feed] = nil
    }

    /// Deletes every place of a feed before one. O(places deleted).
    mutating func trim(_ trim: FeedTrim) throws {
        guard let number = try knownNumber(of: trim.feed) else { return }
        try db.cachedStatement(sql: "DELETE FROM entry WHERE feed = ? AND sequence < ?")
            .execute(arguments: [number, Int64(clamping: trim.before)])
    }

    /// Deletes about `rows` of the last places of a feed, so that the last one left still vouches for the others; how
    /// many went. O(rows).
    mutating func shorten(_ feed: PublicKey, by rows: Int) throws -> Int {
        guard let number = try knownNumber(of: feed) else { return 0 }
        let kept = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT max(sequence) FROM entry WHERE feed = ? AND is_signed = 1 AND sequence <=
                        (SELECT sequence FROM entry WHERE feed = ?
                         ORDER BY sequence DESC LIMIT 1 OFFSET ?)
                    """), arguments: [number, number, rows])
        let last = try kept.flatMap { try Columns($0).optionalInt(0) } ?? 0
        try db.execute(
            sql: "DELETE FROM entry WHERE feed = ? AND sequence > ?", arguments: [number, last])
        return db.changesCount
    }

    /// Places of a feed. O(places), of the index alone.
    mutating func count(of feed: PublicKey) throws -> Int {
        guard let number = try knownNumber(of: feed) else { return 0 }
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT count(*) FROM entry WHERE feed = ?"),
            arguments: [number])
        return Int(try row.map { try Columns($0).int(0) } ?? 0)
    }

    /// The first place of a feed; 0 for none.
    mutating func first(of feed: PublicKey) throws -> UInt64 {
        guard let number = try knownNumber(of: feed) else { return 0 }
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT min(sequence) FROM entry WHERE feed = ?"),
            arguments: [number])
        return try row.flatMap { try Columns($0).optionalInt(0) }.map(UInt64.init) ?? 0
    }

    /// The last place of a feed; 0 for none.
    mutating func head(of feed: PublicKey) throws -> UInt64 {
        guard let number = try knownNumber(of: feed) else { return 0 }
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT max(sequence) FROM entry WHERE feed = ?"),
            arguments: [number])
        return try row.flatMap { try Columns($0).optionalInt(0) }.map(UInt64.init) ?? 0
    }

    static func conflict(_ feed: PublicKey, _ sequence: UInt64, _ what: String) -> StorageError {
        StorageError(
            code: .conflict, operation: "commit records",
            message: "place \(sequence) of feed \(feed.shortText) \(what); nothing was changed")
    }

    // MARK: Helpers

    private mutating func knownNumber(of feed: PublicKey) throws -> Int64? {
        if let number = numbers[feed] { return number }
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM feed WHERE key = ?"),
            arguments: [Columns.blob(feed.bytes)])
        let number = try row.map { try Columns($0).int(0) }
        numbers[feed] = number
        return number
    }

    private mutating func number(of feed: PublicKey) throws -> Int64 {
        if let number = try knownNumber(of: feed) { return number }
        try db.cachedStatement(sql: "INSERT INTO feed (key) VALUES (?)")
            .execute(arguments: [Columns.blob(feed.bytes)])
        numbers[feed] = db.lastInsertedRowID
        return db.lastInsertedRowID
    }

    private func insert(_ row: EntryRow, under feed: Int64) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO entry
                    (feed, sequence, first_seen, retraction, record_id, body, check_word, is_signed)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (feed, sequence) DO NOTHING
                """)
        try statement.execute(arguments: [
            feed, Int64(row.sequence), Columns.signed(row.firstSeen.milliseconds),
            row.tomb.map { Int64(clamping: $0.retraction) },
            row.tomb.map { Columns.blob($0.id.bytes) }, Columns.blob(row.body),
            row.checkWord(scheme), row.isSigned ? 1 : 0,
        ])
        return db.changesCount == 1
    }

    private func overwrite(_ place: Int64, with row: EntryRow) throws {
        let statement = try db.cachedStatement(
            sql: """
                UPDATE entry
                SET first_seen = ?, retraction = ?, record_id = ?, body = ?, check_word = ?,
                    is_signed = ?
                WHERE number = ?
                """)
        try statement.execute(arguments: [
            Columns.signed(row.firstSeen.milliseconds),
            row.tomb.map { Int64(clamping: $0.retraction) },
            row.tomb.map { Columns.blob($0.id.bytes) }, Columns.blob(row.body),
            row.checkWord(scheme), row.isSigned ? 1 : 0, place,
        ])
    }

    /// When a RETRACT record is itself buried, the tombstone that rested on it takes its bytes.
    private func keepProof(of buried: EntryRow, under feed: Int64) throws {
        guard case .retract(let sequence, _, _) = try buried.record(scheme).body.payload,
            let found = try find(feed, buried.feed, sequence),
            found.row.tomb?.retraction == buried.sequence, found.row.body.isEmpty
        else { return }
        var target = found.row
        target.body = buried.body
        try overwrite(found.place, with: target)
    }

    private func held(_ number: Int64, _ feed: PublicKey, _ sequence: UInt64) throws
        -> (place: Int64, row: EntryRow)
    {
        guard let found = try find(number, feed, sequence) else {
            throw Columns.Damage(description: "the index names a row that is not there")
        }
        return found
    }

    private func find(_ number: Int64, _ feed: PublicKey, _ sequence: UInt64) throws
        -> (place: Int64, row: EntryRow)?
    {
        let statement = try db.cachedStatement(
            sql: "SELECT \(EntryRow.columns), number FROM entry WHERE feed = ? AND sequence = ?")
        let row = try Row.fetchOne(statement, arguments: [number, Int64(clamping: sequence)])
        return try row.map {
            (try Columns($0).int(EntryRow.columnCount), try EntryRow($0, feed: feed, scheme))
        }
    }
}
