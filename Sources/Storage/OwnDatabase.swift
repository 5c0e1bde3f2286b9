import Foundation
import GRDB
import NodeCore
import Primitives
import Records

/// own.db: what only this node has. Every commit is on the disk before it returns.
enum OwnDatabase {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try FeedTables.create(database)
            try database.execute(
                sql: """
                    CREATE TABLE owner (feed BLOB NOT NULL, author BLOB NOT NULL, network BLOB NOT NULL);
                    CREATE TABLE private_entry (
                        number INTEGER PRIMARY KEY, kind TEXT NOT NULL, item TEXT NOT NULL,
                        weight INTEGER NOT NULL, time INTEGER NOT NULL
                    );
                    CREATE TABLE petname (author BLOB PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
                    CREATE TABLE blocked (author BLOB PRIMARY KEY) WITHOUT ROWID;
                    CREATE TABLE peer (
                        node_key BLOB PRIMARY KEY, address TEXT, author BLOB, added INTEGER NOT NULL
                    ) WITHOUT ROWID;
                    CREATE TABLE invitation (
                        token BLOB PRIMARY KEY, created INTEGER NOT NULL, expires INTEGER NOT NULL,
                        label TEXT, used_by BLOB, used_by_author BLOB
                    ) WITHOUT ROWID;
                    """)
        }
        return migrator
    }

    /// Notes whose file it is, or refuses it.
    static func claim(_ owner: StoreOwner, _ database: Database, path: String) throws {
        guard let row = try Row.fetchOne(database, sql: "SELECT feed, author, network FROM owner")
        else {
            try database.execute(
                sql: "INSERT INTO owner VALUES (?, ?, ?)",
                arguments: [
                    Data(owner.feed.bytes), Data(owner.author.bytes), Data(owner.network.bytes),
                ])
            return
        }
        let held: [Data] = [row[0], row[1], row[2]]
        guard held == [owner.feed.bytes, owner.author.bytes, owner.network.bytes].map({ Data($0) })
        else {
            throw StorageError(
                code: .wrongOwner, operation: "open",
                message: "\(path) belongs to other keys or to another network",
                hint: "use the key files that it was made with, or another --data-dir")
        }
    }

    /// Appends to the own feed: contiguous with what is stored, or nothing is written.
    static func append(
        _ records: [StoredRecord], _ tombstones: [Tombstone], owner: StoreOwner,
        _ database: Database
    ) throws {
        let feed = try FeedTables.numberMakingRoom(for: owner.feed, database)
        var head =
            try Int64.fetchOne(
                database.cachedStatement(
                    sql: "SELECT coalesce(max(sequence), 0) FROM record WHERE feed = ?"),
                arguments: [feed]) ?? 0
        // A recovered part may hold places whose records their author took back.
        let buried = Set(tombstones.map { Int64($0.sequence) })
        for stored in records {
            let sequence = Int64(stored.record.body.sequence)
            while head < sequence - 1, buried.contains(head + 1) { head += 1 }
            guard stored.record.body.feed == owner.feed, sequence <= head + 1 else {
                throw StorageError(
                    code: .conflict, operation: "append",
                    message: "record \(sequence) does not follow \(head) in the own feed")
            }
            try FeedTables.insert(stored, feed: feed, database)
            head = max(head, sequence)
        }
        for tombstone in tombstones { try FeedTables.bury(tombstone, feed: feed, database) }
    }
}
