import Foundation
import GRDB
import NodeCore
import Primitives
import Records
import Storage
import Testing

/// T36 of the threats: the files are not what was written.
@Suite("damage", .serialized)
struct DamageTests {
    let sandbox: Sandbox
    let own: [StoredEntry]
    let others: [StoredEntry]
    /// A data directory as a kill leaves it: part of the data in the files, part in their logs.
    let image: String

    init() throws {
        sandbox = try Sandbox()
        var writer = sandbox.own
        let store = try sandbox.open()
        let early = try writer.plays(50)
        var writers = try (1...6).map { try FeedWriter($0) }
        var batch: [StoredRecord] = []
        for index in writers.indices { batch += try writers[index].plays(60) }
        try store.commitOwn(records: early, tombstones: [])
        try store.commit(batch)
        try store.checkpoint()
        let late = try writer.plays(10)
        var more: [StoredRecord] = []
        for index in writers.indices { more += try writers[index].plays(10) }
        try store.commitOwn(records: late, tombstones: [])
        try store.commit(more)
        own = (early + late).map(\.entry)
        others = (batch + more).map(\.entry)
        image = try sandbox.crashImage("image")
    }

    @Test("net.db with flipped bytes or cut short opens, and own records are whole")
    func netIsReplaced() throws {
        // Every seed is a run; more of them by VOUCHBIRD_DAMAGE_RUNS.
        let runs = UInt64(ProcessInfo.processInfo.environment["VOUCHBIRD_DAMAGE_RUNS"] ?? "") ?? 50
        var outcomes: [Outcome: Int] = [:]
        for seed in 1...runs {
            outcomes[try run(seed), default: 0] += 1
        }
        #expect(outcomes[.replacedAtOpening, default: 0] > 0, "\(outcomes)")
        #expect(outcomes[.replacedByReader, default: 0] > 0, "\(outcomes)")
    }

    private enum Outcome: Hashable {
        case unharmed, replacedAtOpening, replacedByReader
    }

    private func run(_ seed: UInt64) throws -> Outcome {
        var random = SeededRandom(seed: seed)
        let directory = sandbox.root + "/run"
        try? FileManager.default.removeItem(atPath: directory)
        try FileManager.default.copyItem(atPath: image, toPath: directory)
        let file = ["net.db", "net.db", "net.db-wal", "net.db-shm"][random.below(4)]
        try damage(directory + "/" + file, &random)

        let start = ContinuousClock.now
        let store = try sandbox.open(directory)
        #expect(start.duration(to: .now) < .seconds(10), "seed \(seed)")
        #expect(try store.all(of: sandbox.own.feed) == own, "seed \(seed)")
        var outcome = store.notices.isEmpty ? Outcome.unharmed : .replacedAtOpening
        do {
            // Whatever is still given is what was committed.
            let given = Set(try store.all())
            #expect(given.isSubset(of: Set(own + others)), "seed \(seed)")
            _ = try store.forkProofs()
        } catch {
            #expect(error.code == .corrupt, "seed \(seed): \(error)")
            try store.replaceNet()
            #expect(try store.all() == own, "seed \(seed)")
            outcome = .replacedByReader
        }
        if outcome != .unharmed {
            #expect(store.notices.count == 1, "seed \(seed)")
            #expect(FileManager.default.fileExists(atPath: directory + "/net.db.corrupt-1"))
        }
        var writer = try FeedWriter(77)
        let new = try writer.plays(20)
        try store.commit(new)
        #expect(try store.all(of: writer.feed) == new.map(\.entry), "seed \(seed)")
        return outcome
    }

    /// Flips 1 to 1,000 bytes, most often few, or cuts the file.
    private func damage(_ path: String, _ random: inout SeededRandom) throws {
        let url = URL(filePath: path)
        var bytes = [UInt8](try Data(contentsOf: url))
        try #require(!bytes.isEmpty)
        if random.below(5) == 0 {
            bytes.removeLast(1 + random.below(bytes.count))
        } else {
            let flips = [1, 3, 10, 100, 1000][random.below(5)]
            // Half of the runs aim at the first page: header, schema, migrations.
            let end = random.below(2) == 0 ? min(4096, bytes.count) : bytes.count
            for _ in 0..<flips { bytes[random.below(end)] ^= UInt8(1 + random.below(255)) }
        }
        try Data(bytes).write(to: url)
    }

    @Test("own.db that is damaged stays as it is, and the error says what to do", arguments: 0..<5)
    func ownIsKept(how: Int) throws {
        let path = image + "/own.db"
        let backup = image + "/" + Store.backupName
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        switch how {
        case 0: bytes = []
        case 1: bytes.removeLast(bytes.count / 2)
        case 2: for index in 0..<100 { bytes[index] = 0xEE }
        case 3: bytes = [UInt8](try Data(contentsOf: URL(filePath: image + "/net.db")))
        default: for index in 4096..<8192 { bytes[index] ^= 0xFF }
        }
        try Data(bytes).write(to: URL(filePath: path))
        let refusal = #expect(throws: StorageError.self) { try sandbox.open(image) }
        #expect(refusal?.code == .corrupt, "\(refusal.debugDescription)")
        #expect(refusal?.message.contains("vouchbird identity restore") == true)
        #expect(refusal?.message.contains(backup) == false)
        try Data("copy".utf8).write(to: URL(filePath: backup))
        let informed = #expect(throws: StorageError.self) { try sandbox.open(image) }
        #expect(informed?.message.contains(backup) == true)
        #expect([UInt8](try Data(contentsOf: URL(filePath: path))) == bytes)
    }

    @Test("own.db that is gone while its log is not is no fresh start")
    func ownIsGone() throws {
        try FileManager.default.removeItem(atPath: image + "/own.db")
        #expect(code { _ = try sandbox.open(image) } == .corrupt)
        #expect(!FileManager.default.fileExists(atPath: image + "/own.db"))
    }

    @Test("a flipped bit inside an own record is told when it is read")
    func ownRecordFlipped() throws {
        try flip("own.db", "<item:20>")
        let store = try sandbox.open(image)
        let failure = #expect(throws: StorageError.self) { try store.all() }
        #expect(failure?.code == .corrupt)
        #expect(failure?.message.contains("own.db") == true)
        let whole = try store.range(
            feed: sandbox.own.feed, first: 1, last: 19, maximumBytes: 1 << 16)
        #expect(whole == Array(own[..<19]))
    }

    @Test("net.db of another file is set aside", arguments: ["own.db", "text"])
    func swapped(with what: String) throws {
        let net = URL(filePath: image + "/net.db")
        let other =
            what == "text"
            ? Data(String(repeating: "no database ", count: 999).utf8)
            : try Data(contentsOf: URL(filePath: image + "/own.db"))
        try other.write(to: net)
        let store = try sandbox.open(image)
        #expect(store.notices.count == 1 && store.notices[0].contains("net.db.corrupt-1"))
        #expect(try store.all() == own)
        #expect(try Data(contentsOf: URL(filePath: image + "/net.db.corrupt-1")) == other)
    }

    @Test("net.db of another owner is set aside")
    func foreignNet() throws {
        var owner = sandbox.owner
        owner.network = NetworkID(name: "other", scheme: FeedWriter.scheme)
        let elsewhere = sandbox.root + "/elsewhere"
        _ = try Store(
            directory: elsewhere, budgetBytes: 1 << 20, owner: owner, scheme: FeedWriter.scheme)
        for name in ["net.db-wal", "net.db-shm", "net.db"] {
            try FileManager.default.removeItem(atPath: image + "/" + name)
        }
        try FileManager.default.copyItem(
            atPath: elsewhere + "/net.db", toPath: image + "/net.db")
        let store = try sandbox.open(image)
        #expect(store.notices.count == 1)
        #expect(try store.all() == own)
    }

    @Test("a trigger that a tampered net.db brings does not run")
    func tamperedSchema() throws {
        let queue = try DatabaseQueue(path: image + "/net.db")
        try queue.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER evil AFTER INSERT ON entry BEGIN DELETE FROM feed; END
                    """)
        }
        try queue.close()
        let store = try sandbox.open(image)
        #expect(store.notices.count == 1)
        #expect(try store.all() == own)
    }

    @Test("damage met while running is healed by replaceNet, and only one copy is kept")
    func healed() throws {
        try flip("net.db", "<item:30>")
        let store = try sandbox.open(image)
        #expect(store.notices.isEmpty)
        for round in 1...3 {
            if round == 1 { #expect(code { _ = try store.all() } == .corrupt) }
            try store.replaceNet()
            #expect(try store.all() == own)
            var writer = try FeedWriter(5)
            let records = try writer.plays(5)
            try store.commit(records)
            #expect(try store.all() == own + records.map(\.entry))
            #expect(store.notices.count == round)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: image)
        #expect(names.filter { $0.contains("corrupt") } == ["net.db.corrupt-1"])
        try store.quickCheck()
    }

    /// Changes one bit of the first place where `text` stands in a file.
    private func flip(_ name: String, _ text: String) throws {
        let url = URL(filePath: image + "/" + name)
        var bytes = try Data(contentsOf: url)
        let range = try #require(bytes.range(of: Data(text.utf8)))
        bytes[range.lowerBound + 2] ^= 1
        try bytes.write(to: url)
    }
}
