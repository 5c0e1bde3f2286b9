import GRDB
public import Records
import Synchronization

/// The memory of a node on disk: own.db, which nobody can give back, and net.db, a cache within a
/// budget.
///
/// Calls block. Writes come from one worker thread; reads may come from any thread beside them.
/// A call must not be made from inside the closure of another. When a method throws, nothing of
/// what it was asked has happened, and the next call works as soon as the cause is gone.
public final class Store: Sendable {
    /// The largest number of peers, and of invitations: both are named by a person, one at a time.
    public static let listCapacity = 4096

    let directory: String
    let budgetBytes: UInt64
    let owner: StoreOwner
    let scheme: any SignatureScheme
    let own: DatabaseQueue
    /// Whether own.db held more when this node wrote it last: then its records are asked back, and nothing is published
    /// before. Damage of its log does that, and so does the copy that a person restores.
    public let hasLostOwnRecords: Bool
    private let netPool: Mutex<DatabasePool>
    private let noticeList: Mutex<[String]>

    /// Opens the two files of `directory`, making what is missing: directory 0700, files 0600.
    ///
    /// A damaged net.db is set aside as `net.db.corrupt-1` and begun anew, see `notices`; a damaged
    /// own.db is an error and stays as it is. Takes up to 2 s a file for looking at it.
    ///
    /// - Parameters:
    ///   - budgetBytes: the largest size of net.db.
    ///   - owner: files of another owner or network are refused.
    ///   - scheme: hashes records; the files are bound to it.
    public init(
        directory: String, budgetBytes: UInt64, owner: StoreOwner, scheme: any SignatureScheme
    ) throws(StorageError) {
        self.directory = directory
        self.budgetBytes = budgetBytes
        self.owner = owner
        self.scheme = scheme
        try Files.makeDirectory(directory)
        let ownFile = DatabaseFile(.own, in: directory)
        let netFile = DatabaseFile(.net, in: directory)
        var notices: [String] = []
        let isLogDamaged = LogCheck.isDamaged(ownFile.logPath)
        // Both are looked at before either is changed.
        let damage = try Self.inspectBoth(ownFile, netFile, &notices)
        do {
            try ownFile.createIfMissing(owner)
            try ownFile.prepare(owner)
            own = try ownFile.openQueue()
        } catch  where error.code == .corrupt {
            throw Self.ownDamage(error, directory)
        }
        let pool = try Self.openNet(netFile, owner, budgetBytes, damage, &notices)
        hasLostOwnRecords = try Self.hasLost(
            own: own, net: pool, owner: owner, scheme: scheme, isLogDamaged: isLogDamaged)
        if hasLostOwnRecords {
            notices.append(
                "own.db holds fewer of your records than it did; those that others have are asked "
                    + "back before anything is published")
        }
        netPool = Mutex(pool)
        noticeList = Mutex(notices)
    }

    /// What happened to the files that a person should know, as sentences.
    public var notices: [String] { noticeList.withLock { $0 } }

    /// Sets net.db aside, as opening does with a damaged one, and begins a new one.
    ///
    /// For a reader that was told `.corrupt`: bodies are checked only when they are read. Own
    /// records are not touched; what was read from net.db before is to be forgotten.
    public func replaceNet() throws(StorageError) {
        let file = DatabaseFile(.net, in: directory)
        var notices: [String] = []
        let pool = net
        try attempt("close net.db", on: .net) { try pool.close() }
        let damage = StorageError(damaged: .net, operation: "read net.db")
        let fresh = try Self.openNet(file, owner, budgetBytes, damage, &notices)
        _ = try Self.hasLost(own: own, net: fresh, owner: owner, scheme: scheme)
        netPool.withLock { $0 = fresh }
        noticeList.withLock { $0 = Array(($0 + notices).suffix(16)) }
    }

    /// Whether own.db of a directory is whole and this owner's; changes nothing.
    public static func isOwned(
        by owner: StoreOwner, directory: String
    ) throws(StorageError) -> Bool {
        try DatabaseFile(.own, in: directory).isOwned(by: owner)
    }

    var net: DatabasePool { netPool.withLock { $0 } }

    // MARK: Opening

    /// Looks at the files that exist. The damage of net.db is returned, all else is thrown.
    private static func inspectBoth(
        _ ownFile: DatabaseFile, _ netFile: DatabaseFile, _ notices: inout [String]
    ) throws(StorageError) -> StorageError? {
        for file in [ownFile, netFile] where try Files.tighten(file.path) {
            notices.append(
                "\(file.kind.name) was open to other users of this machine; it is no longer")
        }
        if Files.exists(ownFile.path) {
            do {
                try ownFile.inspect()
            } catch  where error.code == .corrupt {
                throw ownDamage(error, Files.parent(of: ownFile.path))
            }
        }
        guard Files.exists(netFile.path) else { return nil }
        do {
            try netFile.inspect()
            return nil
        } catch  where error.isDamageOfNet {
            return error
        }
    }

    private static func openNet(
        _ file: DatabaseFile, _ owner: StoreOwner, _ budgetBytes: UInt64,
        _ damage: StorageError?, _ notices: inout [String]
    ) throws(StorageError) -> DatabasePool {
        var damage = damage
        if damage == nil {
            do {
                try file.createIfMissing(owner)
                try file.prepare(owner)
                return try file.openPool(budgetBytes: budgetBytes)
            } catch  where error.isDamageOfNet {
                damage = error
            }
        }
        try file.setAside()
        notices.append(
            "net.db was damaged, is kept as \(file.asidePath), and is fetched again from peers"
                + (damage.map { $0.cause.isEmpty ? "" : " (\($0.cause))" } ?? ""))
        try file.createIfMissing(owner)
        try file.prepare(owner)
        return try file.openPool(budgetBytes: budgetBytes)
    }

    private static func ownDamage(_ error: StorageError, _ directory: String) -> StorageError {
        let copy = directory + "/" + backupName
        let advice =
            Files.exists(copy)
            ? "a copy is at \(copy)" : "the copy is the file that you made by identity backup"
        return StorageError(
            damaged: .own, operation: error.operation,
            message: "\(directory)/own.db is damaged; it stays as it is. Restore your records: "
                + "vouchbird identity restore; \(advice)",
            cause: error.cause)
    }
}

extension StorageError {
    /// Whether a fresh net.db is the answer. A flipped bit in the header can also make a file look
    /// read-only to SQLite; if the directory really is, setting the file aside says so.
    fileprivate var isDamageOfNet: Bool {
        switch code {
        case .corrupt, .wrongOwner, .notWritable, .conflict: true
        case .full, .ioError, .locked, .newerSchema: false
        }
    }
}
