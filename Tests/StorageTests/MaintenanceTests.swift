import Dispatch
import Foundation
import NodeCore
import Primitives
import Records
import Storage
import Synchronization
import Testing

@Suite("copies, logs and erasure")
struct MaintenanceTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    @Test("a copy of own.db opens as own.db and holds what was committed before it")
    func backup() throws {
        let store = try sandbox.open()
        var writer = sandbox.own
        let records = try writer.plays(20)
        try store.commitOwn(records: records, tombstones: [])
        try store.setPetname("Ada", for: try FeedWriter(1).feed)
        let copy = sandbox.path(Store.backupName)
        try store.backUpOwn(to: copy)
        #expect(try sandbox.mode(copy) == 0o600)
        try store.commitOwn(records: try writer.plays(1), tombstones: [])

        let restored = sandbox.root + "/restored"
        try FileManager.default.createDirectory(atPath: restored, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: copy, toPath: restored + "/own.db")
        let other = try sandbox.open(restored)
        #expect(try other.all() == records.map(\.entry))
        #expect(try other.petnames() == store.petnames())

        #expect(code { try store.backUpOwn(to: copy) } == .conflict)
        try store.backUpOwn(to: copy, replacing: true)
        let names = try FileManager.default.contentsOfDirectory(atPath: sandbox.directory)
        #expect(!names.contains { $0.contains("partial") })
    }

    @Test("a copy into a directory that is not there fails and leaves nothing")
    func backupFails() throws {
        let store = try sandbox.open()
        #expect(code { try store.backUpOwn(to: sandbox.path("no/where")) } == .notWritable)
    }

    @Test("a checkpoint empties the logs, and sizes tell")
    func checkpoint() throws {
        let store = try sandbox.open()
        var writer = try FeedWriter(1)
        let before = store.sizes
        try store.commit(try writer.plays(500))
        #expect(store.sizes.netBytes > before.netBytes + 50_000)
        try store.checkpoint()
        let attributes = try FileManager.default.attributesOfItem(
            atPath: sandbox.path("net.db-wal"))
        #expect(attributes[.size] as? Int == 0)
        let file = try Data(contentsOf: URL(filePath: sandbox.path("net.db")))
        #expect(store.sizes.netBytes == UInt64(file.count))
    }

    @Test("a long read sees one moment, while commits go on beside it", .timeLimit(.minutes(1)))
    func snapshot() throws {
        let store = try sandbox.open()
        var (one, other) = (try FeedWriter(1), try FeedWriter(2))
        let records = try one.plays(10)
        try store.commit(records)
        let late = try other.plays(10)
        let committed = DispatchSemaphore(value: 0)
        let failure = Mutex<StorageError.Code?>(.locked)
        var seen: [StoredEntry] = []
        try store.forEachEntry { entry in
            if seen.isEmpty {
                Thread.detachNewThread {
                    let outcome = code { try store.commit(late) }
                    failure.withLock { $0 = outcome }
                    committed.signal()
                }
                committed.wait()
            }
            seen.append(entry)
        }
        #expect(failure.withLock { $0 } == nil)
        #expect(seen == records.map(\.entry))
        #expect(try store.all().count == 20)
    }

    @Test(
        "the bytes of a retracted record are nowhere on the disk", arguments: [1, 2, 3] as [UInt64])
    func erasure(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let store = try sandbox.open()
        var own = sandbox.own
        var others = try (1...8).map { try FeedWriter($0) }
        var secrets: [String] = []
        var ownHeld: [StoredRecord] = []
        var held: [[StoredRecord]] = others.map { _ in [] }
        for round in 0..<60 {
            let mine = try own.plays(8, "own", nameBytes: 30 + random.below(90))
            try store.commitOwn(records: mine, tombstones: [])
            ownHeld += mine
            var batch: [StoredRecord] = []
            for index in others.indices {
                let some = try others[index].plays(
                    1 + random.below(6), "net\(index)", nameBytes: 30 + random.below(90))
                held[index] += some
                batch += some
            }
            try store.commit(batch)
            guard round > 5 else { continue }
            // Up to a dozen of each go, anywhere in their feeds.
            for _ in 0..<random.below(12) {
                let target = ownHeld.remove(at: random.below(ownHeld.count))
                let retraction = own.retract(target)
                try store.commitOwn(
                    records: [retraction], tombstones: [target.tombstone(by: retraction)])
                secrets.append(FeedWriter.mark("own", target.sequence))
                let index = random.below(others.count)
                let other = held[index].remove(at: random.below(held[index].count))
                let proof = others[index].retract(other)
                try store.commit([proof], tombstones: [other.tombstone(by: proof)])
                secrets.append(FeedWriter.mark("net\(index)", other.sequence))
            }
        }
        try store.checkpoint()
        let bytes = try sandbox.allBytes()
        let left = secrets.filter { bytes.range(of: Data($0.utf8)) != nil }
        #expect(left.isEmpty, "seed \(seed): \(left.count) of \(secrets.count) remain")
        #expect(secrets.count > 100)
        let kept = FeedWriter.mark("own", ownHeld[0].sequence)
        #expect(bytes.range(of: Data(kept.utf8)) != nil, "the search finds what is there")
    }
}
