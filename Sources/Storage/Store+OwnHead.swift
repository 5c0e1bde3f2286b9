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
            let bytes = [sequence, check(sequence, owner, scheme)].flatMap { word in
                (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
            }
            try db.cachedStatement(
                sql: """
                    INSERT INTO meta (key, value) VALUES (?, ?)
                    ON CONFLICT (key) DO UPDATE SET value = excluded.value
                    """
            ).execute(arguments: [key, Columns.blob(bytes)])
        }
    }

    /// 0 for none, and for one that is not what was written.
    private static func note(
        _ db: Database, _ owner: StoreOwner, _ scheme: any SignatureScheme
    ) throws -> UInt64 {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT value FROM meta WHERE key = ?"), arguments: [key])
        guard let bytes = try row.map({ try Columns($0).bytes(0) }), bytes.count == 16 else {
            return 0
        }
        let words = [bytes[..<8], bytes[8...]].map { half in
            half.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        return words[1] == check(words[0], owner, scheme) ? words[0] : 0
    }

    private static func check(
        _ sequence: UInt64, _ owner: StoreOwner, _ scheme: any SignatureScheme
    ) -> UInt64 {
        var writer = ByteWriter(reserving: 64)
        writer.raw(Array("vouchbird own head v1".utf8) + [0])
        writer.wrapped(owner.feed)
        writer.varint(sequence)
        return scheme.digest(writer.bytes).prefix64
    }
}
