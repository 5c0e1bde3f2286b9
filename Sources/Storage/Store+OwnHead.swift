import GRDB
import Primitives
import Records

/// What net.db knows of the own feed: how far own.db held it, as a witness in another file.
///
/// SQLite takes a log only up to the first part whose checksum is wrong and calls the rest a torn end, so a flipped bit in
/// own.db-wal takes acknowledged records away, up to all of them, and nobody says so. A feed begun again forks itself.
/// The witness is written after each own commit and not synchronised: it may be behind, never ahead. `LogCheck` sees what it
/// misses when the power fails too.
extension Store {
    private static let key = "own head"

    /// Compares at opening, and brings the witness up to date. True when own.db holds less than it once did.
    ///
    /// Whatever is wrong with net.db shows elsewhere: then nothing is known.
    static func hasLost(
        own: DatabaseQueue, net: DatabasePool, owner: StoreOwner, scheme: any SignatureScheme,
        isLogDamaged: Bool = false
    ) throws(StorageError) -> Bool {
        let head = try attempt("read the own feed", on: .own) {
            try own.read { db in
                var table = EntryTable(db, scheme: scheme)
                return try table.head(of: owner.feed)
            }
        }
        let noted = (try? net.read { try note($0, owner, scheme) }) ?? 0
        // At least one more was there; the next start knows it too.
        let known = isLogDamaged ? max(noted, head + 1) : max(noted, head)
        if noted < known { write(known, net, owner, scheme) }
        return head < known
    }

    /// Own records are durable up to here. A note that cannot be written is made at the next commit.
    func noteOwnHead(_ sequence: UInt64) { Self.write(sequence, net, owner, scheme) }

    private static func write(
        _ sequence: UInt64, _ net: DatabasePool, _ owner: StoreOwner,
        _ scheme: any SignatureScheme
    ) {
        try? net.write { db in
            guard try note(db, owner, scheme) < sequence else { return }
            try db.cachedStatement(
                sql: """
                    INSERT INTO meta (key, value) VALUES (?, ?)
                    ON CONFLICT (key) DO UPDATE SET value = excluded.value
                    """
            ).execute(arguments: [key, Columns.blob(noted(sequence, owner, scheme))])
        }
    }

    /// 0 for none, and for one that is not what was written.
    private static func note(
        _ db: Database, _ owner: StoreOwner, _ scheme: any SignatureScheme
    ) throws -> UInt64 {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT value FROM meta WHERE key = ?"), arguments: [key])
        guard let bytes = try row.map({ try Columns($0).bytes(0) }) else { return 0 }
        var reader = ByteReader(bytes)
        guard let sequence = try? reader.varint("sequence") else { return 0 }
        return bytes == noted(sequence, owner, scheme) ? sequence : 0
    }

    /// The place, and a digest of it by which a damaged note is told.
    private static func noted(
        _ sequence: UInt64, _ owner: StoreOwner, _ scheme: any SignatureScheme
    ) -> [UInt8] {
        var writer = ByteWriter(reserving: 64)
        writer.raw(Array("vouchbird own head v1".utf8) + [0])
        writer.wrapped(owner.feed)
        writer.varint(sequence)
        let check = scheme.digest(writer.bytes)
        var note = ByteWriter(reserving: 48)
        note.varint(sequence)
        note.raw(check.bytes)
        return note.bytes
    }
}
