import GRDB
import NodeCore
import Testing

@testable import Storage

/// What is written is on the disk, and what is read is what was written.
@Suite("durability")
struct DurabilityTests {
    let sandbox: Sandbox
    let store: Store

    init() throws {
        sandbox = try Sandbox()
        store = try sandbox.open()
    }

    /// No test can cut the power; this asks what SQLite was told.
    @Test("a commit of own.db waits for the disk, one of net.db does not")
    func synchronous() throws {
        // 2 is FULL, 1 is NORMAL (sqlite.org/pragma.html#pragma_synchronous).
        #expect(try store.own.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
        #expect(try store.own.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
        #expect(try store.net.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 1)
    }

    @Test(
        "a change in any column of a stored place is told when it is read",
        arguments: [
            "first_seen = first_seen + 1", "check_word = check_word + 1", "sequence = 9",
            "retraction = 3, record_id = zeroblob(32)", "body = CAST(body || x'00' AS BLOB)",
        ])
    func changedColumn(_ change: String) throws {
        var writer = sandbox.own
        try store.commitOwn(records: try writer.plays(3), tombstones: [])
        #expect(try store.all().count == 3)
        try store.own.write { db in
            try db.execute(sql: "UPDATE entry SET \(change) WHERE sequence = 2")
        }
        let failure = #expect(throws: StorageError.self) { try store.all() }
        #expect(failure?.code == .corrupt)
    }
}
