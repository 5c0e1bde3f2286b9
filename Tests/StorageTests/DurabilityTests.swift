import GRDB
import Testing

@testable import Storage

/// What no test can see without cutting the power: that SQLite is told to wait for the disk.
@Suite("durability")
struct DurabilityTests {
    @Test("a commit of own.db waits for the disk, one of net.db does not")
    func synchronous() throws {
        let sandbox = try Sandbox()
        let store = try sandbox.open()
        // 2 is FULL, 1 is NORMAL (sqlite.org/pragma.html#pragma_synchronous).
        #expect(try store.own.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
        #expect(try store.own.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
        #expect(try store.net.write { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 1)
    }
}
