import Foundation
import GRDB
import NodeCore
import Primitives
import Records

/// The tables of records, the same in both files. Integer keys: an insert touches the end of one b-tree.
///
/// A record is stored as its bytes; what a query needs beside them are its place, its id, and when it was seen.
/// A tombstone is a row without bytes that points at the place of its retraction.
enum FeedTables {
    static func create(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE feed (
                    number INTEGER PRIMARY KEY,
                    key BLOB NOT NULL UNIQUE CHECK (length(key) = 32)
                );
                CREATE TABLE record (
                    feed INTEGER NOT NULL REFERENCES feed (number) ON DELETE CASCADE,
                    sequence INTEGER NOT NULL CHECK (sequence > 0),
                    id BLOB NOT NULL CHECK (length(id) = 32),
                    bytes BLOB,
                    seen INTEGER NOT NULL,
                    retraction INTEGER,
                    retraction_bytes BLOB,
                    PRIMARY KEY (feed, sequence),
                    CHECK ((bytes IS NULL) = (retraction IS NOT NULL))
                ) WITHOUT ROWID;
                """)
    }

    static func number(of key: PublicKey, _ database: Database) throws -> Int64? {
        try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT number FROM feed WHERE key = ?"),
            arguments: [Data(key.bytes)])
    }

    static func numberMakingRoom(for key: PublicKey, _ database: Database) throws -> Int64 {
        if let known = try number(of: key, database) { return known }
        try database.cachedStatement(sql: "INSERT INTO feed (key) VALUES (?)")
            .execute(arguments: [Data(key.bytes)])
        return database.lastInsertedRowID
    }

    /// Inserts; the identical row is no change, another id in the same place is a conflict.
    static func insert(_ stored: StoredRecord, feed: Int64, _ database: Database) throws {
        let record = stored.record
        let sequence = Int64(record.body.sequence)
        try database.cachedStatement(
            sql: """
                INSERT INTO record (feed, sequence, id, bytes, seen) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (feed, sequence) DO NOTHING
                """
        ).execute(arguments: [
            feed, sequence, Data(record.id.bytes), Data(record.encoded),
            Int64(clamping: stored.firstSeen.milliseconds),
        ])
        if database.changesCount == 0 {
            try requireSame(record.id, feed: feed, sequence: sequence, database)
        }
    }

    private static func requireSame(
        _ id: RecordID, feed: Int64, sequence: Int64, _ database: Database
    ) throws {
        let held = try Data.fetchOne(
            database.cachedStatement(
                sql: "SELECT id FROM record WHERE feed = ? AND sequence = ?"),
            arguments: [feed, sequence])
        guard held == Data(id.bytes) else {
            throw StorageError(
                code: .conflict, operation: "insert",
                message: "place \(sequence) of this feed holds another record")
        }
    }

    /// Drops the body of a record, or takes the place of one that never came.
    static func bury(_ tombstone: Tombstone, feed: Int64, _ database: Database) throws {
        let sequence = Int64(tombstone.sequence)
        try database.cachedStatement(
            sql: """
                INSERT INTO record (feed, sequence, id, bytes, seen, retraction, retraction_bytes)
                VALUES (?, ?, ?, NULL, 0, ?, ?)
                ON CONFLICT (feed, sequence) DO UPDATE SET
                    bytes = NULL, retraction = excluded.retraction,
                    retraction_bytes = excluded.retraction_bytes
                WHERE id = excluded.id
                """
        ).execute(arguments: [
            feed, sequence, Data(tombstone.id.bytes), Int64(tombstone.retraction),
            Data(tombstone.encodedRetraction),
        ])
        if database.changesCount == 0 {
            try requireSame(tombstone.id, feed: feed, sequence: sequence, database)
        }
    }

    /// The rows of one feed from `first` through `last`, ascending, until `maximumBytes` are read.
    static func range(
        _ key: PublicKey, feed: Int64, first: UInt64, last: UInt64, maximumBytes: Int,
        scheme: any SignatureScheme, _ database: Database
    ) throws -> [StoredEntry] {
        let rows = try Row.fetchCursor(
            database.cachedStatement(
                sql: """
                    SELECT sequence, id, bytes, seen, retraction, retraction_bytes FROM record
                    WHERE feed = ? AND sequence BETWEEN ? AND ? ORDER BY sequence
                    """),
            arguments: [feed, Int64(clamping: first), Int64(clamping: last)])
        var entries: [StoredEntry] = []
        var total = 0
        while let row = try rows.next() {
            let entry = try entry(row, key: key, scheme: scheme)
            total += size(of: entry)
            guard total <= maximumBytes || entries.isEmpty else { break }
            entries.append(entry)
        }
        return entries
    }

    private static func size(of entry: StoredEntry) -> Int {
        switch entry {
        case .record(let stored): stored.record.encoded.count + 3
        case .tombstone(let tombstone): tombstone.encodedRetraction.count + 48
        }
    }

    private static func entry(_ row: Row, key: PublicKey, scheme: any SignatureScheme) throws
        -> StoredEntry
    {
        let sequence: Int64 = row[0]
        if let bytes: Data = row[2] {
            let record = try decode(Array(bytes), scheme)
            let seen: Int64 = row[3]
            guard record.body.feed == key, record.body.sequence == UInt64(sequence) else {
                throw damaged("a record stands in another's place")
            }
            return .record(
                StoredRecord(
                    record: record, firstSeen: Instant(milliseconds: UInt64(max(0, seen)))))
        }
        let id: Data = row[1]
        let retraction: Int64 = row[4]
        let bytes: Data = row[5]
        guard let id = RecordID(id) else { throw damaged("an id has another length") }
        return .tombstone(
            Tombstone(
                feed: key, sequence: UInt64(sequence), id: id,
                retraction: UInt64(max(0, retraction)), encodedRetraction: Array(bytes)))
    }

    private static func decode(_ bytes: [UInt8], _ scheme: any SignatureScheme) throws
        -> Records.Record
    {
        do {
            return try Records.Record(decoding: bytes[...], scheme: scheme)
        } catch {
            throw damaged("a stored record does not decode: \(error)")
        }
    }

    private static func damaged(_ what: String) -> StorageError {
        StorageError(code: .corrupt, operation: "read", message: what)
    }
}
