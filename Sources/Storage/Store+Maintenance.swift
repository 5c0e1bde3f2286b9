import GRDB

/// What the two files take, each with its log.
public struct StoreSizes: Hashable, Sendable {
    public var ownBytes: UInt64
    public var netBytes: UInt64

    public init(ownBytes: UInt64, netBytes: UInt64) {
        self.ownBytes = ownBytes
        self.netBytes = netBytes
    }
}

/// Keeping the files small, copied and whole.
extension Store {
    /// Where `backUpOwn` is expected to keep the copy inside the data directory.
    public static let backupName = "own.db.backup"

    /// Bytes on the disk now, logs included. Four calls of stat.
    public var sizes: StoreSizes {
        let bytes = { (kind: DatabaseKind) -> UInt64 in
            let file = DatabaseFile(kind, in: self.directory)
            return Files.size(file.path) + Files.size(file.logPath)
        }
        return StoreSizes(ownBytes: bytes(.own), netBytes: bytes(.net))
    }

    /// Writes both logs into their files and empties them; bytes that were retracted before are
    /// nowhere on the disk afterwards. Throws `.locked` while a long read goes on.
    public func checkpoint() throws(StorageError) {
        try attempt("checkpoint own.db", on: .own) {
            try own.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        }
        try attempt("checkpoint net.db", on: .net) {
            try net.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        }
    }

    /// Writes a consistent copy of own.db to `path`, 0600, durable and checked before it gets its
    /// name. Without `replacing`, a taken name is refused as `.conflict`.
    public func backUpOwn(to path: String, replacing: Bool = false) throws(StorageError) {
        guard replacing || !Files.exists(path) else {
            throw StorageError(
                code: .conflict, operation: "back up own.db",
                message: "\(path) exists already and is not overwritten: choose another name")
        }
        let draft = path + ".partial"
        try Files.remove(draft)
        try Files.createEmpty(draft)
        do {
            try attempt("back up own.db", on: .own) {
                try own.vacuum(into: draft)
                var configuration = GRDB.Configuration()
                configuration.readonly = true
                let copy = try DatabaseQueue(path: draft, configuration: configuration)
                try copy.read { try DatabaseFile.check($0, "integrity_check") }
                try copy.close()
            }
            try Files.synchronise(draft)
            try Files.move(draft, to: path)
        } catch {
            try Files.remove(draft)
            throw error
        }
    }

    /// Fails with `.corrupt` when SQLite finds damage in either file. O(size of the files).
    public func quickCheck() throws(StorageError) {
        try attempt("check own.db", on: .own) {
            try own.read { try DatabaseFile.check($0, "quick_check") }
        }
        try attempt("check net.db", on: .net) {
            try net.read { try DatabaseFile.check($0, "quick_check") }
        }
    }
}
