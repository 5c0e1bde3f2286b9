import GRDB
import Primitives

/// The tables of both files and how an older file becomes a present one. Forward only.
///
/// Both files hold `feed` and `entry` in one form, so that one code path reads and writes them.
/// A place is found by the index (feed, sequence), and bodies lie in order of arrival: measured on
/// 300,000 records of 5,000 feeds at random, that commits 2.8 times as many rows a second as a
/// clustered (feed, sequence) table, because a batch dirties few pages, and it reads 500,000 rows
/// a second in feed order, which decoding cannot keep up with. Appending never moves a body to
/// another page, so that overwriting a retracted one leaves no second copy behind.
enum Schema {
    /// The version that this program writes, in the header's user_version.
    static let version: Int64 = 2

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

    /// One proof freezes a feed, so one is kept: of the earliest place, which freezes most. Not bound
    /// to `feed`: it outlives the entries.
    private static let net = """
        CREATE TABLE fork_proof (
            feed BLOB PRIMARY KEY NOT NULL CHECK (length(feed) = 32),
            sequence INTEGER NOT NULL,
            first BLOB NOT NULL,
            second BLOB NOT NULL,
            check_word INTEGER NOT NULL
        ) STRICT;
        """

    /// Each migration also sets user_version, and its identifier is that number.
    static func migrator(_ kind: DatabaseKind) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: shared)
            try db.execute(sql: kind == .own ? own : net)
            try db.execute(sql: "PRAGMA application_id = \(kind.applicationID)")
            try db.execute(sql: "PRAGMA user_version = 1")
        }
        // Records that came in chains have no signature of their own. What net.db held before has the older
        // form of RETRACT and of fork proofs; it is fetched again.
        migrator.registerMigration("2") { db in
            try db.execute(
                sql: "ALTER TABLE entry ADD COLUMN is_signed INTEGER NOT NULL DEFAULT 1")
            if kind == .net {
                try db.execute(
                    sql: """
                        DELETE FROM entry;
                        DELETE FROM feed;
                        DROP TABLE fork_proof;
                        CREATE TABLE fork_proof (
                            feed BLOB PRIMARY KEY NOT NULL CHECK (length(feed) = 32),
                            sequence INTEGER NOT NULL,
                            chains BLOB NOT NULL,
                            check_word INTEGER NOT NULL
                        ) STRICT;
                        """)
            }
            try db.execute(sql: "PRAGMA user_version = 2")
        }
        return migrator
    }

    /// The statements that made a database, ascending: what sqlite_schema says of it.
    static func statements(_ db: Database) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY type, name")
    }

    /// The statements of a database that was migrated from nothing.
    static func expectedStatements(_ kind: DatabaseKind) throws -> [String] {
        let queue = try DatabaseQueue()
        try migrator(kind).migrate(queue)
        return try queue.read(statements)
    }
}
