import Foundation
import GRDB
import NodeCore
import Primitives
import Records

/// net.db: what can be fetched again. A damaged one is set aside, not repaired.
enum NetDatabase {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try FeedTables.create(database)
            try database.execute(
                sql: """
                    CREATE TABLE fork_proof (
                        feed BLOB PRIMARY KEY, sequence INTEGER NOT NULL,
                        one BLOB NOT NULL, other BLOB NOT NULL
                    ) WITHOUT ROWID;
                    """)
        }
        return migrator
    }

    static func commit(_ batch: StoreBatch, _ database: Database) throws {
        for key in batch.removedFeeds {
            try database.cachedStatement(sql: "DELETE FROM feed WHERE key = ?")
                .execute(arguments: [Data(key.bytes)])
        }
        var numbers: [PublicKey: Int64] = [:]
        func number(_ key: PublicKey) throws -> Int64 {
            if let known = numbers[key] { return known }
            let number = try FeedTables.numberMakingRoom(for: key, database)
            numbers[key] = number
            return number
        }
        for stored in batch.records {
            try FeedTables.insert(stored, feed: number(stored.record.body.feed), database)
        }
        for tombstone in batch.tombstones {
            try FeedTables.bury(tombstone, feed: number(tombstone.feed), database)
        }
        for proof in batch.forkProofs {
            // Of two proofs the earlier place wins: it freezes more.
            try database.cachedStatement(
                sql: """
                    INSERT INTO fork_proof VALUES (?, ?, ?, ?)
                    ON CONFLICT (feed) DO UPDATE SET
                        sequence = excluded.sequence, one = excluded.one, other = excluded.other
                    WHERE excluded.sequence < sequence
                    """
            ).execute(arguments: [
                Data(proof.feed.bytes), Int64(proof.sequence), Data(proof.records.0.encoded),
                Data(proof.records.1.encoded),
            ])
        }
    }

    static func forkProofs(_ scheme: any SignatureScheme, _ database: Database) throws
        -> [ForkProof]
    {
        try Row.fetchAll(database, sql: "SELECT one, other FROM fork_proof ORDER BY feed")
            .compactMap { row in
                let one: Data = row[0]
                let other: Data = row[1]
                return ForkProof(
                    try Records.Record(decoding: Array(one)[...], scheme: scheme),
                    try Records.Record(decoding: Array(other)[...], scheme: scheme))
            }
    }
}
