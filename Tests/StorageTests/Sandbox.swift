import Foundation
import NodeCore
import Primitives
import Records
import Storage
import Testing

/// A data directory of its own that goes when the test ends.
final class Sandbox {
    let root: String
    let own: FeedWriter
    let owner: StoreOwner

    init() throws {
        root = NSTemporaryDirectory() + "vouchbird-storage-\(UUID().uuidString)"
        own = try FeedWriter(0)
        owner = StoreOwner(
            feed: own.feed, author: try FeedWriter(1_000_000).feed, network: FeedWriter.network)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    var directory: String { root + "/data" }

    func path(_ name: String) -> String { directory + "/" + name }

    func open(_ directory: String? = nil, budgetBytes: UInt64 = 64 << 20) throws(StorageError)
        -> Store
    {
        try Store(
            directory: directory ?? self.directory, budgetBytes: budgetBytes, owner: owner,
            scheme: FeedWriter.scheme)
    }

    /// What a kill -9 at this moment would leave, as another data directory.
    func crashImage(_ name: String) throws -> String {
        let target = root + "/" + name
        try? FileManager.default.removeItem(atPath: target)
        try FileManager.default.copyItem(atPath: directory, toPath: target)
        return target
    }

    /// The bytes of every file of the data directory, one after the other.
    func allBytes() throws -> Data {
        var data = Data()
        for name in try FileManager.default.contentsOfDirectory(atPath: directory).sorted() {
            data.append(try Data(contentsOf: URL(filePath: path(name))))
        }
        return data
    }

    func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }
}

extension Store {
    func all(of feed: PublicKey? = nil) throws(StorageError) -> [StoredEntry] {
        var entries: [StoredEntry] = []
        try forEachEntry(of: feed) { entries.append($0) }
        return entries
    }

    func commit(
        _ records: [StoredRecord], tombstones: [Tombstone] = [], forkProofs: [ForkProof] = [],
        removing: [PublicKey] = []
    ) throws(StorageError) {
        var batch = StoreBatch()
        batch.records = records
        batch.tombstones = tombstones
        batch.forkProofs = forkProofs
        batch.removedFeeds = removing
        try commit(batch)
    }
}

/// Runs `body` and gives the code that it failed with; nil when it did not fail.
func code(_ body: () throws -> Void) -> StorageError.Code? {
    do {
        try body()
        return nil
    } catch let error as StorageError {
        return error.code
    } catch {
        Issue.record(error, "the store throws errors of its own only")
        return nil
    }
}
