import Foundation
import GRDB
public import NodeCore
public import Primitives
public import Records

/// The two databases of a node: own.db, which must never be lost, and net.db, which may be.
///
/// Calls block; each is one transaction. Safe to call from any thread, one at a time for each file.
public final class Store: Sendable {
    let own: DatabaseFile
    let net: DatabaseFile
    let owner: StoreOwner
    let scheme: any SignatureScheme
    /// What opening found and mended, for people.
    public let notices: [String]

    /// Opens or makes both files in `directory`, which exists. `budgetBytes` caps net.db.
    public init(
        directory: String, budgetBytes: UInt64, owner: StoreOwner, scheme: any SignatureScheme
    ) throws(StorageError) {
        self.owner = owner
        self.scheme = scheme
        do throws(StorageError) {
            own = try DatabaseFile(
                path: directory + "/own.db", synchronous: "FULL", maximumBytes: nil,
                migrator: OwnDatabase.migrator)
            try own.quickCheck()
        } catch  where error.code == .corrupt {
            throw StorageError(
                code: .corrupt, operation: "open",
                message: "\(directory)/own.db is damaged; it was not touched",
                hint:
                    "bring the person back as a new device: vouchbird --data-dir NEW identity restore"
            )
        }
        let path = own.path
        try own.write("claim") { try OwnDatabase.claim(owner, $0, path: path) }
        (net, notices) = try Self.openNet(directory + "/net.db", budgetBytes)
    }

    /// A net.db that SQLite does not accept is set aside and a new one made: all of it can be fetched again.
    private static func openNet(_ path: String, _ budgetBytes: UInt64) throws(StorageError)
        -> (DatabaseFile, [String])
    {
        func open() throws(StorageError) -> DatabaseFile {
            let file = try DatabaseFile(
                path: path, synchronous: "NORMAL", maximumBytes: budgetBytes,
                migrator: NetDatabase.migrator)
            try file.quickCheck()
            return file
        }
        do throws(StorageError) {
            return (try open(), [])
        } catch  where error.code == .corrupt {
            let aside = path + ".corrupt"
            let manager = FileManager.default
            for suffix in ["", "-wal", "-shm"] {
                try? manager.removeItem(atPath: aside + suffix)
                try? manager.moveItem(atPath: path + suffix, toPath: aside + suffix)
            }
            return (
                try open(),
                ["net.db was damaged; it was set aside as \(aside) and is being fetched again"]
            )
        }
    }

    // MARK: Records

    /// Appends own records; they are on the disk when this returns.
    public func commitOwn(records: [StoredRecord], tombstones: [Tombstone]) throws(StorageError) {
        try own.write("append own records") {
            try OwnDatabase.append(records, tombstones, owner: owner, $0)
        }
    }

    public func commit(_ batch: StoreBatch) throws(StorageError) {
        try net.write("commit") { try NetDatabase.commit(batch, $0) }
    }

    /// The places `first ... last` of a feed that are held, ascending, about `maximumBytes` of them.
    public func range(feed: PublicKey, first: UInt64, last: UInt64, maximumBytes: Int)
        throws(StorageError) -> [StoredEntry]
    {
        let file = feed == owner.feed ? own : net
        return try file.read("read a range") { database in
            guard let number = try FeedTables.number(of: feed, database) else { return [] }
            return try FeedTables.range(
                feed, feed: number, first: first, last: last, maximumBytes: maximumBytes,
                scheme: scheme, database)
        }
    }

    /// Every place held of one feed, or of all, each feed in ascending sequence; a page in memory at a time.
    public func forEachEntry(of feed: PublicKey? = nil, _ body: (StoredEntry) -> Void)
        throws(StorageError)
    {
        let keys = if let feed { [feed] } else { try allFeeds() }
        for key in keys {
            var next: UInt64 = 1
            while true {
                let page = try range(
                    feed: key, first: next, last: .max, maximumBytes: 1 << 20)
                guard let last = page.last else { break }
                for entry in page { body(entry) }
                next = last.sequence + 1
            }
        }
    }

    private func allFeeds() throws(StorageError) -> [PublicKey] {
        var keys: [PublicKey] = []
        for file in [own, net] {
            keys += try file.read("list feeds") { database in
                try Data.fetchAll(database, sql: "SELECT key FROM feed ORDER BY number")
                    .compactMap { PublicKey($0) }
            }
        }
        return keys
    }

    public func forkProofs() throws(StorageError) -> [ForkProof] {
        try net.read("read fork proofs") { try NetDatabase.forkProofs(scheme, $0) }
    }

    // MARK: Care

    public func quickCheck() throws(StorageError) {
        try own.quickCheck()
        try net.quickCheck()
    }

    public var sizes: StoreSizes { StoreSizes(ownBytes: own.bytes, netBytes: net.bytes) }
}
