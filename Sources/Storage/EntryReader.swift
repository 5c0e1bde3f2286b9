import GRDB
import NodeCore
import Primitives
import Records

/// Reads the places of feeds, inside one snapshot.
struct EntryReader {
    /// Bytes of a tombstone beside its RETRACT, at most: sequence, id and length on the wire.
    static let tombstoneBytes = 48

    let db: Database
    let scheme: any SignatureScheme

    /// Places `first ... last` in ascending order while they fit in `maximumBytes`, at least one.
    /// Tombstones carry their encoded RETRACT.
    func range(_ feed: PublicKey, _ first: UInt64, _ last: UInt64, maximumBytes: Int) throws
        -> [StoredEntry]
    {
        guard first <= last, let number = try number(of: feed) else { return [] }
        var entries: [StoredEntry] = []
        var bytes = 0
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT \(EntryRow.columns) FROM entry
                    WHERE feed = ? AND sequence BETWEEN ? AND ? ORDER BY sequence
                    """),
            arguments: [number, Int64(clamping: first), Int64(clamping: last)])
        while let next = try rows.next() {
            var row = try EntryRow(next, feed: feed, scheme)
            if let tomb = row.tomb {
                if row.body.isEmpty { row.body = try proof(number, feed, tomb.retraction) }
                bytes += Self.tombstoneBytes
            }
            bytes += row.body.count
            guard bytes <= maximumBytes || entries.isEmpty else { break }
            entries.append(try row.entry(scheme))
        }
        return entries
    }

    /// Every place of one feed in ascending order.
    func forEach(of feed: PublicKey, _ body: (StoredEntry) -> Void) throws {
        guard let number = try number(of: feed) else { return }
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: "SELECT \(EntryRow.columns) FROM entry WHERE feed = ? ORDER BY sequence"),
            arguments: [number])
        while let row = try rows.next() {
            body(try EntryRow(row, feed: feed, scheme).entry(scheme))
        }
    }

    /// Every place of every feed, ascending by key and sequence. CROSS JOIN fixes the order of the
    /// loops, so that both indexes give the order and nothing is sorted in memory.
    func forEach(_ body: (StoredEntry) -> Void) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT \(EntryRow.columns), feed.key FROM feed
                CROSS JOIN entry ON entry.feed = feed.id ORDER BY feed.key, entry.sequence
                """)
        while let row = try rows.next() {
            let feed = try Columns(row).wrapped(EntryRow.columnCount, as: PublicKey.self)
            body(try EntryRow(row, feed: feed, scheme).entry(scheme))
        }
    }

    private func number(of feed: PublicKey) throws -> Int64? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT id FROM feed WHERE key = ?"),
            arguments: [Columns.blob(feed.bytes)]
        ).map { try Columns($0).int(0) }
    }

    private func proof(_ number: Int64, _ feed: PublicKey, _ sequence: UInt64) throws -> [UInt8] {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT \(EntryRow.columns) FROM entry WHERE feed = ? AND sequence = ?"),
            arguments: [number, Int64(clamping: sequence)])
        guard let row = try row.map({ try EntryRow($0, feed: feed, scheme) }), row.tomb == nil
        else {
            throw Columns.Damage(description: "a tombstone has lost its RETRACT")
        }
        return row.body
    }
}
