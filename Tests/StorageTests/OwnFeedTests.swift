import Foundation
import GRDB
import NodeCore
import Primitives
import Records
import Storage
import Testing

@Suite("own feed")
struct OwnFeedTests {
    let sandbox: Sandbox
    var writer: FeedWriter

    init() throws {
        sandbox = try Sandbox()
        writer = sandbox.own
    }

    @Test("every committed record is there after a kill and after a clean end")
    mutating func survives() throws {
        var expected: [StoredEntry] = []
        for round in 1...5 {
            let store = try sandbox.open()
            for _ in 0..<3 {
                let records = try writer.plays(round)
                try store.commitOwn(records: records, tombstones: [])
                expected += records.map(\.entry)
                let killed = try sandbox.open(try sandbox.crashImage("killed"))
                #expect(try killed.all() == expected)
            }
            #expect(try store.all(of: writer.feed) == expected)
        }
        let queue = try DatabaseQueue(path: sandbox.path("own.db"))
        let verdict = try queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
        #expect(verdict == ["ok"])
    }

    @Test("a gap, a foreign record or another body for a place is refused, and nothing is kept")
    mutating func contradictions() throws {
        let store = try sandbox.open()
        let records = try writer.plays(4)
        var foreign = try FeedWriter(7)
        var twin = sandbox.own
        let other = try twin.play("another")
        #expect(code { try store.commitOwn(records: [records[1]], tombstones: []) } == .conflict)
        try store.commitOwn(records: [records[0]], tombstones: [])
        #expect(code { try store.commitOwn(records: [records[2]], tombstones: []) } == .conflict)
        #expect(
            code { try store.commitOwn(records: [records[1], records[3]], tombstones: []) }
                == .conflict)
        #expect(code { try store.commitOwn(records: [other], tombstones: []) } == .conflict)
        let stranger = try foreign.play()
        #expect(code { try store.commitOwn(records: [stranger], tombstones: []) } == .conflict)
        #expect(code { try store.commit([records[1]]) } == .conflict)
        #expect(try store.all() == [records[0].entry])
        try store.commitOwn(records: [records[0], records[1], records[2]], tombstones: [])
        #expect(try store.all() == records.prefix(3).map(\.entry))
    }

    @Test("a retracted record leaves its tombstone, with the RETRACT beside it")
    mutating func retracts() throws {
        let store = try sandbox.open()
        let records = try writer.plays(3)
        try store.commitOwn(records: records, tombstones: [])
        let retraction = writer.retract(records[1])
        let tombstone = records[1].tombstone(by: retraction)
        try store.commitOwn(records: [retraction], tombstones: [tombstone])
        let reopened = try sandbox.open(try sandbox.crashImage("killed"))
        #expect(
            try reopened.all() == [
                records[0].entry, .tombstone(tombstone), records[2].entry, retraction.entry,
            ])
        let range = try reopened.range(
            feed: writer.feed, first: 2, last: 2, maximumBytes: 1 << 16)
        let carried = records[1].tombstone(by: retraction, carrying: true)
        #expect(range == [.tombstone(carried)])
        // Again, and the record that is gone: nothing changes.
        try store.commitOwn(records: [records[1]], tombstones: [tombstone])
        #expect(try store.all(of: writer.feed)[1] == .tombstone(tombstone))
    }

    @Test("places of a lost feed come back as records and tombstones, in order")
    mutating func comesBack() throws {
        let store = try sandbox.open()
        let records = try writer.plays(3)
        let retraction = writer.retract(records[1])
        let tombstone = records[1].tombstone(by: retraction, carrying: true)
        #expect(code { try store.commitOwn(records: [], tombstones: [tombstone]) } == .conflict)
        try store.commitOwn(records: [records[0], records[2]], tombstones: [tombstone])
        try store.commitOwn(records: [retraction], tombstones: [])
        #expect(try store.all().map(\.sequence) == [1, 2, 3, 4])
    }

    @Test("a tombstone without its RETRACT, or of another id, is refused")
    mutating func unprovenTombstones() throws {
        let store = try sandbox.open()
        let records = try writer.plays(2)
        let retraction = writer.retract(records[0])
        try store.commitOwn(records: records, tombstones: [])
        let unproven = records[0].tombstone(by: retraction)
        var wrong = records[0].tombstone(by: retraction, carrying: true)
        wrong.id = records[1].id
        for tombstone in [unproven, wrong] {
            #expect(
                code { try store.commitOwn(records: [], tombstones: [tombstone]) } == .conflict)
        }
        #expect(try store.all() == records.map(\.entry))
    }

    @Test("a RETRACT that is itself retracted still proves its tombstone")
    mutating func retractedRetraction() throws {
        let store = try sandbox.open()
        let record = try writer.play()
        let first = writer.retract(record)
        let second = writer.retract(first)
        try store.commitOwn(records: [record], tombstones: [])
        try store.commitOwn(records: [first], tombstones: [record.tombstone(by: first)])
        try store.commitOwn(records: [second], tombstones: [first.tombstone(by: second)])
        let entries = try store.range(
            feed: writer.feed, first: 1, last: 3, maximumBytes: 1 << 16)
        #expect(
            entries == [
                .tombstone(record.tombstone(by: first, carrying: true)),
                .tombstone(first.tombstone(by: second, carrying: true)), second.entry,
            ])
    }
}
