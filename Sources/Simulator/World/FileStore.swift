import FaultDisks
import Foundation
import NodeCore
import Primitives
import Records
import Storage

/// The real store of one host: own.db and net.db as the daemon has them, on a disk that fails as it is told.
///
/// Carries out what `MemoryStore` promises; the simulation holds one against the other. Requires real signatures: the
/// files are bound to a scheme.
final class FileStore {
    let disk: FaultDisk
    /// What the store said when it was opened.
    var hasLostOwnRecords: Bool { store?.hasLostOwnRecords ?? false }
    /// own.db was replaced by a copy, and nothing was written to it since: the daemon sees it by the file's number.
    private(set) var isOwnMoved = false
    /// Every state of net.db, by print, that a power cut may bring back.
    private(set) var netPrints: Set<UInt64> = [0]

    private let directory: String
    private let copies: String
    private let owner: StoreOwner
    private let budgetBytes: UInt64
    private let scheme: any SignatureScheme
    private var random: SeededRandom
    private var store: Store?

    /// Files of a host below `root`, a directory that exists; they are made when they are opened.
    init(
        root: String, owner: StoreOwner, budgetBytes: UInt64, scheme: any SignatureScheme,
        random: SeededRandom
    ) {
        directory = root + "/data"
        copies = root + "/copies"
        self.owner = owner
        self.budgetBytes = budgetBytes
        self.scheme = scheme
        self.random = random
        disk = FaultDisk(directory: directory)
    }

    deinit { die() }

    // MARK: A life

    /// Opens the files as a new process, and gives what they hold. `hasSetNetAside`: a damaged net.db was replaced.
    func open() throws(StorageError) -> (contents: MemoryStore, hasSetNetAside: Bool) {
        disk.revive()
        let store = try Store(
            directory: directory, budgetBytes: budgetBytes, owner: owner, scheme: scheme)
        self.store = store
        let found: MemoryStore
        do {
            found = try contents()
        } catch  where error.isNetDamage {
            // Bodies are checked only when they are read, as in the daemon.
            try store.replaceNet()
            found = try contents()
        }
        // The notices of an opening that failed afterwards are lost, and the file is not.
        let aside = directory + "/net.db.corrupt-1"
        let hasSetNetAside = FileManager.default.fileExists(atPath: aside)
        if hasSetNetAside { try? FileManager.default.removeItem(atPath: aside) }
        return (found, hasSetNetAside)
    }

    /// What the files hold now, row by row.
    func contents() throws(StorageError) -> MemoryStore {
        var contents = MemoryStore(owner: owner.feed, keepsJournal: false)
        guard let store else { return contents }
        let proofs = try store.forkProofs()
        var entries: [StoredEntry] = []
        try store.forEachEntry { entries.append($0) }
        contents.restore(entries, proofs)
        return contents
    }

    /// The process is killed: what it wrote stays as it is, and nothing is put in order.
    func die() {
        disk.endProcess()
        store = nil
    }

    /// The process ends as it should.
    func close() { store = nil }

    /// The power fails: what was not synchronised is kept or lost by draws.
    func losePower() {
        disk.cutPower()
        store = nil
        do {
            try disk.restart(&random)
        } catch {
            broken("the scratch directory of a simulation cannot be written: \(error)")
        }
    }

    /// Faults of the disk are over, those that wait too.
    func mend() {
        disk.weaken(nil, seed: 0)
        disk.cancelPlan()
    }

    // MARK: Operations

    func commitOwn(_ records: [StoredRecord], _ tombstones: [Tombstone]) -> StorageError? {
        let error = failure { store throws(StorageError) in
            try store.commitOwn(records: records, tombstones: tombstones)
        }
        if error == nil { isOwnMoved = false }
        return error
    }

    func commit(_ batch: StoreBatch) -> StorageError? {
        failure { store throws(StorageError) in try store.commit(batch) }
    }

    func range(_ feed: PublicKey, _ first: UInt64, _ last: UInt64, maximumBytes: Int)
        throws(StorageError) -> [StoredEntry]
    {
        guard let store else { return [] }
        return try store.range(feed: feed, first: first, last: last, maximumBytes: maximumBytes)
    }

    func feeds(_ feeds: [PublicKey]) throws(StorageError) -> [StoredEntry] {
        var entries: [StoredEntry] = []
        guard let store else { return entries }
        for feed in feeds { try store.forEachEntry(of: feed) { entries.append($0) } }
        return entries
    }

    /// Sets net.db aside and begins a new one, as the daemon does when it is told of damage.
    func replaceNet() throws(StorageError) { try store?.replaceNet() }

    /// net.db is in a state with this print.
    func note(netPrint: UInt64) { netPrints.insert(netPrint) }

    /// Whatever net.db was before, this is on the platter.
    func settle(netPrint: UInt64) { netPrints = [netPrint] }

    // MARK: Copies

    /// Copies both files as they are now, logs included.
    func keepCopy() { copy(directory, to: copies + "/old") }

    /// Puts the copy in the place of the files, whose net.db then has this print. Requires that nobody has them open.
    func restoreCopy(netPrint: UInt64) {
        copy(copies + "/old", to: directory)
        disk.forget()
        isOwnMoved = true
        settle(netPrint: netPrint)
    }

    /// Copies own.db as the daemon does once a day. False where the disk does not let it.
    func backUpOwn() -> Bool {
        try? FileManager.default.createDirectory(
            atPath: copies, withIntermediateDirectories: true)
        do {
            try store?.backUpOwn(to: copies + "/own.db", replacing: true)
            return store != nil
        } catch {
            return false
        }
    }

    /// Puts the copy of own.db in its place, as `vouchbird identity restore` does. Requires that nobody has it open.
    func restoreOwn() {
        for ending in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: directory + "/own.db" + ending)
        }
        copy(copies + "/own.db", to: directory + "/own.db")
        disk.forget()
        isOwnMoved = true
    }

    /// Flips bits of one of the files, in its first page or anywhere.
    func flipBits(_ random: inout SeededRandom) {
        let names = ["net.db", "net.db-wal", "own.db", "own.db-wal"]
        var sizes: [(path: String, bytes: Int)] = []
        for path in names.map({ directory + "/" + $0 }) {
            let size = try? FileManager.default.attributesOfItem(atPath: path)[.size]
            if let bytes = (size as? NSNumber)?.intValue, bytes > 0 { sizes.append((path, bytes)) }
        }
        guard !sizes.isEmpty else { return }
        let (path, bytes) = sizes[random.below(sizes.count)]
        let count = [1, 1, 3, 10, 100][random.below(5)]
        let end = random.below(3) == 0 ? min(4096, bytes) : bytes
        for _ in 0..<count {
            do {
                try disk.flip(
                    path, offset: random.below(end), mask: 1 << UInt8(random.below(8)))
            } catch {
                broken("the scratch directory of a simulation cannot be written: \(error)")
            }
        }
    }

    private func copy(_ source: String, to target: String) {
        let files = FileManager.default
        do {
            try? files.removeItem(atPath: target)
            try files.createDirectory(atPath: copies, withIntermediateDirectories: true)
            try files.copyItem(atPath: source, toPath: target)
        } catch {
            broken("the scratch directory of a simulation cannot be written: \(error)")
        }
    }

    private func failure(_ body: (Store) throws(StorageError) -> Void) -> StorageError? {
        guard let store else { broken("an operation of a process that is not there") }
        do throws(StorageError) {
            try body(store)
            return nil
        } catch {
            return error
        }
    }
}
