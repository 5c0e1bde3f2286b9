import Cryptography
import Foundation
import GRDB
import NodeCore
import Primitives
import Records
import Storage

/// Files as the first version of the tables left them, made from that version's own statements.
enum FirstVersion {
    /// Writes a file as version 1 did. `raw` are bodies that are no records of this version.
    static func make(
        _ name: String, _ records: [StoredRecord],
        raw: [(sequence: UInt64, body: [UInt8])] = [], in sandbox: Sandbox
    ) throws {
        try FileManager.default.createDirectory(
            atPath: sandbox.directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let owner = sandbox.owner
        let feed = records[0].record.body.feed
        let queue = try DatabaseQueue(path: sandbox.path(name))
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        try queue.write { db in
            try db.execute(sql: shared + (name == "own.db" ? own : net))
            try db.execute(
                sql: """
                    PRAGMA application_id = \(name == "own.db" ? 0x7662_4F57 : 0x7662_4E45);
                    PRAGMA user_version = 1;
                    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                    INSERT INTO grdb_migrations VALUES ('1');
                    """)
            for (key, value) in [
                ("author", owner.author.bytes), ("feed", owner.feed.bytes),
                ("network", owner.network.bytes),
            ] {
                try db.execute(
                    sql: "INSERT INTO meta (key, value) VALUES (?, ?)",
                    arguments: [key, Data(value)])
            }
            try db.execute(
                sql: "INSERT INTO feed (id, key) VALUES (1, ?)", arguments: [Data(feed.bytes)])
            for stored in records {
                try insert(
                    db, feed, stored.record.body.sequence, stored.firstSeen, stored.record.encoded)
            }
            for (sequence, body) in raw {
                try insert(db, feed, sequence, Instant(milliseconds: 1_700_000_100_000), body)
            }
        }
        try queue.close()
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: sandbox.path(name))
    }

    private static func insert(
        _ db: Database, _ feed: PublicKey, _ sequence: UInt64, _ seen: Instant, _ body: [UInt8]
    ) throws {
        var word = ByteWriter()
        word.raw(Array("vouchbird stored entry v1".utf8) + [0])
        word.wrapped(feed)
        word.varint(sequence)
        word.varint(seen.milliseconds)
        word.varint(0 as UInt64)
        word.wrapped(RecordID.zero)
        word.raw(body)
        let digest = FeedWriter.scheme.digest(word.bytes).prefix64
        try db.execute(
            sql: """
                INSERT INTO entry (feed, sequence, first_seen, retraction, record_id, body, check_word)
                VALUES (1, ?, ?, NULL, NULL, ?, ?)
                """,
            arguments: [
                Int64(sequence), Int64(seen.milliseconds), Data(body), Int64(bitPattern: digest),
            ])
    }

    private static let shared = """
        CREATE TABLE meta (
            key TEXT PRIMARY KEY NOT NULL,
            value BLOB NOT NULL
        ) STRICT;
        CREATE TABLE feed (
            id INTEGER PRIMARY KEY,
            key BLOB NOT NULL UNIQUE CHECK (length(key) = 32)
        ) STRICT;
        -- A record has neither retraction nor record_id, a tombstone has both, and the encoded RETRACT
        -- (or nothing while that is stored as a record) for a body.
        CREATE TABLE entry (
            number INTEGER PRIMARY KEY,
            feed INTEGER NOT NULL REFERENCES feed(id),
            sequence INTEGER NOT NULL CHECK (sequence >= 1),
            first_seen INTEGER NOT NULL,
            retraction INTEGER,
            record_id BLOB,
            body BLOB NOT NULL,
            check_word INTEGER NOT NULL,
            UNIQUE (feed, sequence),
            CHECK ((retraction IS NULL) = (record_id IS NULL))
        ) STRICT;

        """

    private static let own = """
        CREATE TABLE petname (
            author BLOB PRIMARY KEY NOT NULL CHECK (length(author) = 32),
            name TEXT NOT NULL
        ) STRICT;
        CREATE TABLE blocked (
            author BLOB PRIMARY KEY NOT NULL CHECK (length(author) = 32)
        ) STRICT;
        CREATE TABLE peer (
            node_key BLOB PRIMARY KEY NOT NULL CHECK (length(node_key) = 32),
            address TEXT,
            author BLOB CHECK (length(author) = 32),
            added_at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE invitation (
            token BLOB PRIMARY KEY NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            label TEXT,
            used_by BLOB CHECK (length(used_by) = 32),
            used_by_author BLOB CHECK (length(used_by_author) = 32)
        ) STRICT;
        CREATE TABLE private_entry (
            number INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            item BLOB NOT NULL,
            weight INTEGER NOT NULL,
            time INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX private_entry_of_item ON private_entry (item);
        """

    private static let net = """
        CREATE TABLE fork_proof (
            feed BLOB PRIMARY KEY NOT NULL CHECK (length(feed) = 32),
            sequence INTEGER NOT NULL,
            first BLOB NOT NULL,
            second BLOB NOT NULL,
            check_word INTEGER NOT NULL
        ) STRICT;
        """
}
