import FaultDisks
import GRDB
import NodeCore
import Primitives
import Records
import Testing

@testable import Storage

/// T34 and T45 together: the power fails while a directory of the first version becomes one of this version.
@Suite("power loss in an upgrade", .serialized)
struct MigrationPowerTests {
    /// What the files were when the power was back, over all cuts.
    private struct Outcomes {
        var old = 0
        var new = 0
    }

    @Test(
        "wherever the power fails in an upgrade, each file is old or new, and the next start goes on"
    )
    func cuts() throws {
        let operations = try operationsOfUpgrade()
        #expect(operations > 20)
        var outcomes: [String: Outcomes] = [:]
        for place in 1...operations {
            for draw: UInt64 in 0..<3 {
                try cut(at: place, draw, &outcomes)
            }
        }
        // Else the cuts came before or after all that matters.
        for name in ["own.db", "net.db"] {
            let found = try #require(outcomes[name])
            #expect(found.old > 0 && found.new > 0, "\(name): \(found)")
        }
    }

    /// Two cuts in a row: what the first left is upgraded no worse than what was never touched.
    @Test("a second power cut, in the upgrade of what the first left, changes nothing of that")
    func twice() throws {
        for seed: UInt64 in 1...40 {
            let (sandbox, own) = try oldDirectory()
            let disk = FaultDisk(directory: sandbox.directory)
            var random = SeededRandom(seed: seed, stream: "power loss in an upgrade")
            for _ in 0..<2 {
                disk.plan(.powerCut, after: 1 + random.below(40))
                _ = try? sandbox.open()
                disk.cutPower()
                try disk.restart(&random)
            }
            try examine(sandbox, own, "seed \(seed)")
        }
    }

    /// Writes, synchronisations and the like from the start of an upgrade to its end.
    private func operationsOfUpgrade() throws -> Int {
        let (sandbox, _) = try oldDirectory()
        let disk = FaultDisk(directory: sandbox.directory)
        _ = try sandbox.open()
        return disk.operations
    }

    private func cut(
        at place: Int, _ draw: UInt64, _ outcomes: inout [String: Outcomes]
    ) throws {
        let (sandbox, own) = try oldDirectory()
        let disk = FaultDisk(directory: sandbox.directory)
        disk.plan(.powerCut, after: place)
        _ = try? sandbox.open()
        disk.cutPower()
        var random = SeededRandom(seed: UInt64(place) << 8 | draw)
        try disk.restart(&random)
        let label = "operation \(place), draw \(draw)"
        // Every third time the next start is the first to see the files.
        if draw > 0 {
            for name in ["own.db", "net.db"] {
                if try isNew(name, sandbox, label) {
                    outcomes[name, default: Outcomes()].new += 1
                } else {
                    outcomes[name, default: Outcomes()].old += 1
                }
            }
        }
        try examine(sandbox, own, label)
    }

    /// Whether a file is of this version, whole; else it is of the first, whole.
    private func isNew(_ name: String, _ sandbox: Sandbox, _ label: String) throws -> Bool {
        let queue = try DatabaseQueue(path: sandbox.path(name))
        defer { try? queue.close() }
        return try queue.read { db in
            try DatabaseFile.check(db, "integrity_check")
            let version = try Int64.fetchOne(db, sql: "PRAGMA user_version")
            let marks = try String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations")
            let columns = try db.columns(in: "entry").map(\.name)
            let rows = try Int.fetchOne(db, sql: "SELECT count(*) FROM entry") ?? -1
            let isNew = columns.contains("is_signed")
            #expect(version == (isNew ? Schema.version : 1), "\(label): \(name)")
            #expect(marks == (isNew ? ["1", "2"] : ["1"]), "\(label): \(name)")
            #expect(rows == (isNew && name == "net.db" ? 0 : 5), "\(label): \(name)")
            return isNew
        }
    }

    /// The next start: everything own is there, what is fetched again is gone, and both files take what comes.
    private func examine(_ sandbox: Sandbox, _ own: Written, _ label: String) throws {
        let store: Store
        do {
            store = try sandbox.open()
        } catch {
            Issue.record("\(label): \(error)")
            throw error
        }
        #expect(store.notices.isEmpty, "\(label): \(store.notices)")
        #expect(try store.all() == own.records.map(\.entry), "\(label)")
        var writer = own.writer
        let more = try writer.plays(1)
        try store.commitOwn(records: more, tombstones: [])
        var stranger = try FeedWriter(8)
        let foreign = try stranger.plays(2)
        try store.commit(foreign)
        #expect(try store.all() == (own.records + more + foreign).map(\.entry), "\(label)")
        for file in [store.own as any DatabaseReader, store.net] {
            try file.read { try DatabaseFile.check($0, "integrity_check") }
        }
    }

    private struct Written {
        let writer: FeedWriter
        let records: [StoredRecord]
    }

    private func oldDirectory() throws -> (Sandbox, Written) {
        let sandbox = try Sandbox()
        var writer = sandbox.own
        var stranger = try FeedWriter(7)
        let records = try writer.plays(5)
        try FirstVersion.make("own.db", records, in: sandbox)
        try FirstVersion.make("net.db", try stranger.plays(5), in: sandbox)
        return (sandbox, Written(writer: writer, records: records))
    }
}
