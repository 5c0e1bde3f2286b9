import Foundation
import GRDB

/// One SQLite file of ours, opened with the settings that untrusted bytes on a disk ask for.
struct DatabaseFile: Sendable {
    let path: String
    let queue: DatabaseQueue

    /// `synchronous` is FULL where a commit must survive a power cut, NORMAL where it may be fetched
    /// again. Write-ahead logging in both: with FULL the log is synced at every commit.
    init(
        path: String, synchronous: String, maximumBytes: UInt64?, migrator: DatabaseMigrator
    ) throws(StorageError) {
        self.path = path
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(
                atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        var configuration = GRDB.Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(2)
        configuration.prepareDatabase { database in
            try database.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    PRAGMA synchronous = \(synchronous);
                    PRAGMA trusted_schema = OFF;
                    PRAGMA cell_size_check = ON;
                    PRAGMA journal_size_limit = 16777216;
                    """)
            if let maximumBytes {
                let pageSize = try UInt64.fetchOne(database, sql: "PRAGMA page_size") ?? 4096
                try database.execute(
                    sql: "PRAGMA max_page_count = \(max(64, maximumBytes / pageSize))")
            }
        }
        queue = try StorageError.wrap("open", path) {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { database in
                guard try !migrator.hasBeenSuperseded(database) else {
                    throw StorageError(
                        code: .newerSchema, operation: "open",
                        message: "\(path) was written by a later version of vouchbird",
                        hint: "use that version; nothing was changed")
                }
            }
            try migrator.migrate(queue)
            return queue
        }
    }

    func write<Result>(
        _ operation: String, _ work: (Database) throws -> Result
    ) throws(StorageError) -> Result {
        try StorageError.wrap(operation, path) { try queue.write(work) }
    }

    func read<Result>(
        _ operation: String, _ work: (Database) throws -> Result
    ) throws(StorageError) -> Result {
        try StorageError.wrap(operation, path) { try queue.read(work) }
    }

    /// SQLite's own check of structure and indices.
    func quickCheck() throws(StorageError) {
        let answer = try read("check") { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
        guard answer == "ok" else {
            throw StorageError(
                code: .corrupt, operation: "check",
                message: "\(path) is damaged: \(answer ?? "no answer")")
        }
    }

    /// Bytes of the file and its log.
    var bytes: UInt64 {
        [path, path + "-wal"].reduce(0) { sum, file in
            let size = try? FileManager.default.attributesOfItem(atPath: file)[.size]
            return sum + ((size as? NSNumber)?.uint64Value ?? 0)
        }
    }
}
