import CSQLite
import Dispatch
import GRDB

/// One of the two files: made, looked at before it is trusted, opened, set aside.
struct DatabaseFile {
    /// How long a command waits for a lock of another process.
    static let busySeconds = 0.5
    /// How long the check of a file may take when it is opened (threats.md, T36); beyond that, what
    /// was seen so far counts, and every row is checked again when it is read.
    static let checkMilliseconds = 2000

    let kind: DatabaseKind
    let path: String

    init(_ kind: DatabaseKind, in directory: String) {
        self.kind = kind
        path = directory + "/" + kind.name
    }

    var logPath: String { path + "-wal" }
    var sharedMemoryPath: String { path + "-shm" }
    /// Where a damaged file is kept: one copy, so that damage cannot fill the disk.
    var asidePath: String { path + ".corrupt-1" }

    // MARK: Making

    /// Makes the file unless it is there. It comes into being whole, by a rename: an existing file
    /// that is empty or half made is damage, not a fresh start, because an own feed that begins
    /// again forks itself.
    func createIfMissing(_ owner: StoreOwner) throws(StorageError) {
        guard !Files.exists(path) else { return }
        if kind == .own, Files.size(logPath) > 0 {
            throw StorageError(
                damaged: kind, operation: "open own.db",
                cause: "own.db is gone, and its log is not")
        }
        // A log without its database belongs to a file that was set aside.
        for stale in [logPath, sharedMemoryPath] { try Files.remove(stale) }
        let draft = path + ".new"
        for stale in ["", "-journal", "-wal", "-shm"] { try Files.remove(draft + stale) }
        try Files.createEmpty(draft)
        try attempt("create \(kind.name)", on: kind) {
            let queue = try DatabaseQueue(path: draft, configuration: configuration())
            // One wait for the disk, below, instead of one for each statement.
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
            try Schema.migrator(kind).migrate(queue)
            try queue.write(owner.write)
            // Here and not when it is opened: a change of the mode that is cut off leaves a rollback
            // journal, with which no reader can open the file, `inspect` neither.
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
            try queue.close()
        }
        try Files.synchronise(draft)
        try Files.move(draft, to: path)
    }

    // MARK: Looking

    /// Checks that the file is ours, whole and not of a later version, and changes nothing in it:
    /// a connection that could write would also write its log into the file when it is closed.
    func inspect() throws(StorageError) {
        guard Files.size(path) > 0 else {
            throw StorageError(
                damaged: kind, operation: "open \(kind.name)", cause: "the file is empty")
        }
        var configuration = configuration()
        configuration.readonly = true
        try attempt("open \(kind.name)", on: kind) {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            let interruption = DispatchWorkItem { queue.interrupt() }
            DispatchQueue.global().asyncAfter(
                deadline: .now() + .milliseconds(Self.checkMilliseconds), execute: interruption)
            defer { interruption.cancel() }
            try queue.read { db in
                guard try pragma(db, "application_id") == kind.applicationID else {
                    throw Columns.Damage(description: "the file is no \(kind.name) of Vouchbird")
                }
                if try pragma(db, "user_version") > Schema.version,
                    try Schema.migrator(kind).hasBeenSuperseded(db)
                {
                    throw newerSchema()
                }
                do {
                    try Self.check(db, "quick_check")
                } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
                    // Out of time: no damage so far.
                }
            }
        }
    }

    /// Whether the file is this owner's. Reads only.
    func isOwned(by owner: StoreOwner) throws(StorageError) -> Bool {
        var configuration = configuration()
        configuration.readonly = true
        return try attempt("open \(kind.name)", on: kind) {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.read { try owner.differences($0).isEmpty }
        }
    }

    /// Brings the file to the present version, and checks tables and owner.
    func prepare(_ owner: StoreOwner) throws(StorageError) {
        try attempt("open \(kind.name)", on: kind) {
            let queue = try DatabaseQueue(path: path, configuration: configuration())
            defer { try? queue.close() }
            try Schema.migrator(kind).migrate(queue)
            let expected = try Schema.expectedStatements(kind)
            try queue.read { db in
                guard try Schema.statements(db) == expected else {
                    throw Columns.Damage(description: "the tables are not those of this version")
                }
                let differences = try owner.differences(db)
                guard differences.isEmpty else { throw wrongOwner(differences) }
            }
        }
    }

    /// Fails with `.corrupt` when SQLite's own check finds damage. `check` is quick_check or
    /// integrity_check. O(size of the file).
    static func check(_ db: Database, _ check: String) throws {
        let rows = try Row.fetchAll(db, sql: "PRAGMA \(check)(4)")
        let problems = try rows.map { try Columns($0).text(0) }
        guard problems == ["ok"] else {
            throw Columns.Damage(description: problems.joined(separator: "; "))
        }
    }

    // MARK: Opening

    /// The own file, one connection. Its log is synchronised at every commit (FULL), and the name
    /// of the log was made durable with it, so that a commit that returned survives power loss. A
    /// rollback journal would need EXTRA for that, which also synchronises the directory after the
    /// journal's deletion, and twice as many waits for the disk. One connection: nothing else can
    /// write or checkpoint.
    func openQueue() throws(StorageError) -> DatabaseQueue {
        try attempt("open \(kind.name)", on: kind) {
            let queue = try DatabaseQueue(path: path, configuration: configuration())
            try queue.writeWithoutTransaction { db in
                let mode = try Row.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
                guard try mode.map({ try Columns($0).text(0) }) == "wal" else {
                    throw Columns.Damage(description: "write-ahead logging cannot be switched on")
                }
                try db.execute(sql: "PRAGMA synchronous = FULL")
                guard try pragma(db, "synchronous") == 2 else {
                    throw Columns.Damage(description: "durable commits cannot be switched on")
                }
            }
            return queue
        }
    }

    /// The net file: one writer beside readers, no wait for the disk at a commit (GRDB sets NORMAL
    /// with the log): power loss may take the newest commits, which peers give again.
    /// File and log together take at most 1.10 x `budgetBytes` (T19): the file 15/16 of it, and the log what two
    /// numbers here and the size of a batch bound.
    func openPool(budgetBytes: UInt64) throws(StorageError) -> DatabasePool {
        try attempt("open \(kind.name)", on: kind) {
            let pool = try DatabasePool(path: path, configuration: configuration())
            // After GRDB's own start-up statements, which need a page even in a full file.
            try pool.writeWithoutTransaction { db in
                let pages =
                    Int64(clamping: budgetBytes) / 16 * 15 / (try pragma(db, "page_size"))
                let logPages = max(16, min(1_000, pages / 64))
                try db.execute(sql: "PRAGMA wal_autocheckpoint = \(logPages)")
                // SQLite never goes below the pages in use: then nothing is added until some go.
                try db.execute(sql: "PRAGMA max_page_count = \(max(1, min(pages, 0xFFFF_FFFE)))")
            }
            return pool
        }
    }

    /// Rows that one transaction deletes: each may be in a page of its own, which goes through the log. 1/16 of the
    /// budget, at most 4 MiB.
    static func rowsRemovedAtOnce(budgetBytes: UInt64) -> Int {
        Int(max(64, min(1_024, budgetBytes >> 16)))
    }

    /// Renames a damaged file, replacing the copy of an earlier damage, and drops its log, which
    /// means nothing to the file that follows.
    func setAside() throws(StorageError) {
        if Files.exists(path) { try Files.move(path, to: asidePath) }
        for stale in [logPath, sharedMemoryPath] { try Files.remove(stale) }
    }

    // MARK: Helpers

    private func configuration() -> GRDB.Configuration {
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(Self.busySeconds)
        configuration.foreignKeysEnabled = true
        configuration.maximumReaderCount = 3
        configuration.prepareDatabase { db in
            guard unsafe vouchbird_harden(db.sqliteConnection) == SQLITE_OK else {
                throw DatabaseError(message: "SQLite cannot be hardened")
            }
            // mmap: a disk error would be a signal. secure_delete: what is retracted is zeroed.
            try db.execute(
                sql: """
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA mmap_size = 0;
                    PRAGMA secure_delete = ON;
                    PRAGMA temp_store = MEMORY;
                    PRAGMA journal_size_limit = 1048576;
                    """)
        }
        return configuration
    }

    private func pragma(_ db: Database, _ name: String) throws -> Int64 {
        guard let row = try Row.fetchOne(db, sql: "PRAGMA \(name)") else {
            throw Columns.Damage(description: "no answer to PRAGMA \(name)")
        }
        return try Columns(row).int(0)
    }

    private func newerSchema() -> StorageError {
        StorageError(
            code: .newerSchema, operation: "open \(kind.name)",
            message:
                "a later version of Vouchbird wrote \(kind.name); it was not touched: run that "
                + "version; vouchbird version shows this one")
    }

    private func wrongOwner(_ differences: [String]) -> StorageError {
        StorageError(
            code: .wrongOwner, operation: "open \(kind.name)",
            message: "\(kind.name) belongs to another \(differences.joined(separator: ", ")): use "
                + "its own identity, or another directory: vouchbird --data-dir DIR init")
    }
}
