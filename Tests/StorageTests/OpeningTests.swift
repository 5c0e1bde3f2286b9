import Foundation
import GRDB
import Primitives
import Records
import Storage
import Testing

@Suite("opening")
struct OpeningTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    @Test("directories are made 0700 and files 0600, whatever the umask, logs included")
    func modes() throws {
        let deep = sandbox.root + "/a/b/data"
        let store = try sandbox.open(deep)
        var writer = sandbox.own
        try store.commitOwn(records: [try writer.play()], tombstones: [])
        for directory in [sandbox.root, sandbox.root + "/a", sandbox.root + "/a/b", deep] {
            #expect(try sandbox.mode(directory) == 0o700)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: deep)
        #expect(Set(names).isSuperset(of: ["own.db", "own.db-wal", "net.db", "net.db-wal"]))
        for name in names { #expect(try sandbox.mode(deep + "/" + name) == 0o600, "\(name)") }
        #expect(store.notices.isEmpty)
    }

    @Test("files that others can read are closed to them, and it is said")
    func tightens() throws {
        _ = try sandbox.open()
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: sandbox.path("own.db"))
        let store = try sandbox.open()
        #expect(try sandbox.mode(sandbox.path("own.db")) == 0o600)
        #expect(store.notices.count == 1 && store.notices[0].contains("own.db"))
    }

    @Test("another feed, author or network is refused", arguments: 0..<3)
    func wrongOwner(field: Int) throws {
        var writer = sandbox.own
        let records = try writer.plays(2)
        try sandbox.open().commitOwn(records: records, tombstones: [])
        var other = sandbox.owner
        switch field {
        case 0: other.feed = try FeedWriter(5).feed
        case 1: other.author = try FeedWriter(5).feed
        default: other.network = NetworkID(name: "other", scheme: FeedWriter.scheme)
        }
        let refusal = #expect(throws: StorageError.self) {
            try Store(
                directory: sandbox.directory, budgetBytes: 1 << 20, owner: other,
                scheme: FeedWriter.scheme)
        }
        #expect(refusal?.code == .wrongOwner)
        #expect(refusal?.message.contains("--data-dir") == true)
        #expect(try sandbox.open().all() == records.map(\.entry))
    }

    @Test(
        "files of a later version are refused and not touched, nor are their logs",
        arguments: ["own.db", "net.db"])
    func newerSchema(name: String) throws {
        _ = try sandbox.open()
        let queue = try DatabaseQueue(path: sandbox.path(name))
        try queue.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE later (x);
                    INSERT INTO grdb_migrations VALUES ('3');
                    PRAGMA user_version = 3;
                    """)
        }
        // As a kill leaves it: what the later version wrote is in its log alone.
        let image = try sandbox.crashImage("later")
        let before = try contents(image)
        let refusal = #expect(throws: StorageError.self) { try sandbox.open(image) }
        #expect(refusal?.code == .newerSchema)
        #expect(refusal?.message.contains("vouchbird version") == true)
        #expect(try contents(image) == before)
        #expect((before[2] ?? Data()).count + (before[3] ?? Data()).count > 4096)
    }

    /// The bytes of both files and of their logs; what SQLite shares in memory is no content.
    private func contents(_ directory: String) throws -> [Data?] {
        ["own.db", "net.db", "own.db-wal", "net.db-wal"].map { name in
            let data = try? Data(contentsOf: URL(filePath: directory + "/" + name))
            return data?.isEmpty == true ? nil : data
        }
    }

    @Test("a file that another process holds is said to be locked, after a short wait")
    func locked() throws {
        let store = try sandbox.open()
        var writer = sandbox.own
        var stranger = try FeedWriter(1)
        let (own, foreign) = (try writer.play(), try stranger.play())
        for name in ["own.db", "net.db"] {
            let other = try DatabaseQueue(path: sandbox.path(name))
            try other.inDatabase { db in
                try db.execute(sql: "BEGIN IMMEDIATE")
                let start = ContinuousClock.now
                if name == "own.db" {
                    #expect(
                        code { try store.commitOwn(records: [own], tombstones: []) } == .locked)
                } else {
                    #expect(code { try store.commit([foreign]) } == .locked)
                }
                #expect(start.duration(to: .now) < .seconds(5))
                try db.execute(sql: "ROLLBACK")
            }
        }
        try store.commitOwn(records: [own], tombstones: [])
        try store.commit([foreign])
        #expect(try store.all() == [own.entry, foreign.entry])
    }

    @Test("a data directory that is a file is an error that names it")
    func notADirectory() throws {
        _ = try sandbox.open()
        let refusal = #expect(throws: StorageError.self) {
            try sandbox.open(sandbox.path("own.db"))
        }
        #expect(refusal?.code == .notWritable)
        #expect(refusal?.message.contains("own.db") == true)
    }

    @Test("what was left of a half-made file is no obstacle")
    func halfMade() throws {
        try FileManager.default.createDirectory(
            atPath: sandbox.directory, withIntermediateDirectories: true)
        for name in ["own.db.new", "net.db.new", "net.db.new-journal"] {
            try Data("half".utf8).write(to: URL(filePath: sandbox.path(name)))
        }
        let store = try sandbox.open()
        #expect(try store.all().isEmpty && store.notices.isEmpty)
    }
}
