import FaultDisks
import Foundation
import GRDB
import Primitives
import Testing

@testable import Storage

/// Own records that vanish without a word: damage of own.db's log, which SQLite takes for a torn end.
@Suite("own head")
struct OwnHeadTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    /// A directory as a kill leaves it, with `count` own records, all of them in the log.
    private func image(_ count: Int) throws -> String {
        var writer = sandbox.own
        let store = try sandbox.open()
        for record in try writer.plays(count) {
            try store.commitOwn(records: [record], tombstones: [])
        }
        return try sandbox.crashImage("image")
    }

    @Test(
        "a flipped bit in the log of own.db takes records away, and the next start knows",
        arguments: [16, 4_200, -20])
    func flipped(offset: Int) throws {
        let image = try image(9)
        let url = URL(filePath: image + "/own.db-wal")
        var bytes = try Data(contentsOf: url)
        bytes[(offset + bytes.count) % bytes.count] ^= 1
        try bytes.write(to: url)
        let store = try sandbox.open(image)
        #expect(try store.all().count < 9)
        #expect(store.hasLostOwnRecords)
        #expect(store.notices.contains { $0.contains("fewer of your records") })
    }

    @Test(
        "damage of the log is seen in the log itself, wherever it is but in the last commit",
        arguments: [3, 16, 30, 32, 50, 54, 60, 4_200, 9_000])
    func withoutWitness(offset: Int) throws {
        let image = try image(9)
        for name in ["net.db", "net.db-wal", "net.db-shm"] {
            try FileManager.default.removeItem(atPath: image + "/" + name)
        }
        #expect(!LogCheck.isDamaged(image + "/own.db-wal"))
        let url = URL(filePath: image + "/own.db-wal")
        var bytes = try Data(contentsOf: url)
        bytes[offset] ^= 2
        try bytes.write(to: url)
        #expect(try sandbox.open(image).hasLostOwnRecords)
        let again = try sandbox.open(image)
        #expect(again.hasLostOwnRecords)
        var writer = sandbox.own
        let records = try writer.plays(9)
        try again.commitOwn(records: records, tombstones: [])
        #expect(try !sandbox.open(image).hasLostOwnRecords)
    }

    @Test("a log that a power cut tore is no damage: nothing that was answered is missing")
    func torn() throws {
        var random = SeededRandom(seed: 3, stream: "torn logs")
        var torn = 0
        for _ in 0..<60 {
            let sandbox = try Sandbox()
            let disk = FaultDisk(directory: sandbox.directory)
            var writer = sandbox.own
            var answered = 0
            if let store = try? sandbox.open() {
                disk.plan(.powerCut, after: 1 + random.below(120))
                for record in try writer.plays(20) {
                    guard (try? store.commitOwn(records: [record], tombstones: [])) != nil else {
                        break
                    }
                    answered += 1
                }
            }
            disk.cutPower()
            try disk.restart(&random)
            let isDamaged = LogCheck.isDamaged(sandbox.path("own.db-wal"))
            let store = try sandbox.open()
            let held = try store.all().count
            #expect(held >= answered && !isDamaged && !store.hasLostOwnRecords)
            if answered < 20 { torn += 1 }
        }
        #expect(torn > 10)
    }

    @Test("what nothing happened to has lost nothing, also after net.db was begun anew")
    func whole() throws {
        let image = try image(5)
        #expect(try !sandbox.open(image).hasLostOwnRecords)
        try sandbox.open(image).replaceNet()
        let store = try sandbox.open(image)
        #expect(!store.hasLostOwnRecords && store.notices.isEmpty)
        #expect(try store.all().count == 5)
    }

    @Test("an older own.db beside the present net.db is known, and no longer when it has caught up")
    func older() throws {
        var writer = sandbox.own
        let store = try sandbox.open()
        let records = try writer.plays(6)
        try store.commitOwn(records: Array(records[..<4]), tombstones: [])
        try store.backUpOwn(to: sandbox.root + "/copy")
        try store.commitOwn(records: Array(records[4...]), tombstones: [])
        try store.checkpoint()
        let image = try sandbox.crashImage("image")
        for ending in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: image + "/own.db" + ending)
        }
        try FileManager.default.copyItem(
            atPath: sandbox.root + "/copy", toPath: image + "/own.db")
        let old = try sandbox.open(image)
        #expect(old.hasLostOwnRecords)
        // A peer gives them back.
        try old.commitOwn(records: Array(records[4...]), tombstones: [])
        #expect(try !sandbox.open(image).hasLostOwnRecords)
    }

    @Test("a witness that is not what was written says nothing")
    func flippedWitness() throws {
        let image = try image(3)
        let damaged = try sandbox.open(image)
        try damaged.net.write { db in
            try db.execute(
                sql:
                    "UPDATE meta SET value = x'7fffffffffffffff7fffffffffffffff' WHERE key = 'own head'"
            )
            #expect(db.changesCount == 1)
        }
        #expect(try !sandbox.open(image).hasLostOwnRecords)
        #expect(try sandbox.open(image).all().count == 3)
    }
}
