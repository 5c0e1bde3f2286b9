import Cryptography
import Foundation
import GRDB
import NodeCore
import Primitives
import Records
import Storage
import Testing

/// Directories as the first version of the tables left them.
@Suite("upgrades (T45)")
struct MigrationTests {
    let sandbox: Sandbox

    init() throws {
        sandbox = try Sandbox()
    }

    @Test(
        "own records of a version 1 directory are read after the upgrade, and what peers give again is dropped"
    )
    func upgrades() throws {
        var writer = sandbox.own
        var stranger = try FeedWriter(7)
        let (own, foreign) = (try writer.plays(5), try stranger.plays(5))
        try FirstVersion.make("own.db", own, in: sandbox)
        try FirstVersion.make("net.db", foreign, in: sandbox)
        let store = try sandbox.open()
        #expect(store.notices.isEmpty, "\(store.notices)")
        #expect(try store.all() == own.map(\.entry))
        #expect(try store.forkProofs().isEmpty)
        let more = try writer.plays(2)
        try store.commitOwn(records: more, tombstones: [])
        try store.commit(foreign)
        #expect(try sandbox.open().all() == (own + more + foreign).map(\.entry))
        for name in ["own.db", "net.db"] {
            let queue = try DatabaseQueue(path: sandbox.path(name))
            let version = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
            #expect(version == 2, "\(name)")
        }
    }

    @Test("an old own.db that holds a RETRACT of the first form is refused, and left as it was")
    func oldRetract() throws {
        var writer = sandbox.own
        let records = try writer.plays(3)
        // The first form named sequence and id, not the id before.
        var body = ByteWriter()
        body.byte(RecordBody.format)
        body.byte(RecordKind.retract)
        body.wrapped(writer.feed)
        body.varint(4)
        body.wrapped(try #require(records.last).record.id)
        body.varint(1_700_000_000_004)
        body.byte(0)
        body.varint(2)
        body.wrapped(records[1].record.id)
        let encoded = body.bytes + writer.key.sign(body.bytes).bytes
        try FirstVersion.make("own.db", records, raw: [(4, encoded)], in: sandbox)
        let store = try sandbox.open()
        let refusal = #expect(throws: StorageError.self) { try store.all() }
        #expect(refusal?.code == .corrupt)
        #expect(refusal?.message.contains("own.db") == true)
        let queue = try DatabaseQueue(path: sandbox.path("own.db"))
        let rows = try queue.read {
            try Data.fetchAll($0, sql: "SELECT body FROM entry ORDER BY number")
        }
        #expect(rows == records.map { Data($0.record.encoded) } + [Data(encoded)])
    }
}
