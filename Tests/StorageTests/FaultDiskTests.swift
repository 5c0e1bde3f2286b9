import FaultDisks
import Foundation
import Primitives
import Testing

@testable import Storage

/// The disk that other tests and the simulator stand on fails as it says.
@Suite("a disk that fails")
struct FaultDiskTests {
    let sandbox: Sandbox
    let disk: FaultDisk

    init() throws {
        sandbox = try Sandbox()
        disk = FaultDisk(directory: sandbox.directory)
    }

    @Test("a full disk lets no file grow, and takes all again when it has space")
    func full() throws {
        let store = try sandbox.open()
        var writer = sandbox.own
        let records = try writer.plays(2)
        disk.weaken(.full, seed: 1)
        #expect(code { try store.commitOwn(records: records, tombstones: []) } == .full)
        disk.weaken(nil, seed: 0)
        try store.commitOwn(records: records, tombstones: [])
        #expect(try store.all() == records.map(\.entry))
    }

    @Test("a broken disk fails some operations and not others, by its seed")
    func broken() throws {
        var outcomes: [[Bool]] = []
        for _ in 0..<2 {
            let sandbox = try Sandbox()
            let disk = FaultDisk(directory: sandbox.directory)
            let store = try sandbox.open()
            disk.weaken(.ioError, seed: 5)
            var writer = try FeedWriter(3)
            let records = try writer.plays(30)
            outcomes.append(
                records.map { record in code { try store.commit([record]) } == nil })
        }
        #expect(outcomes[0] == outcomes[1])
        #expect(outcomes[0].contains(false) && Set(outcomes[0]).count == 2, "\(outcomes[0])")
    }

    @Test("who dies inside a commit leaves what it wrote, and nothing of the commit")
    func death() throws {
        var writer = sandbox.own
        let records = try writer.plays(3)
        do {
            let store = try sandbox.open()
            try store.commitOwn(records: [records[0]], tombstones: [])
            disk.plan(.death, after: 2)
            #expect(code { try store.commitOwn(records: [records[1]], tombstones: []) } == .ioError)
            #expect(disk.isOff)
        }
        disk.revive()
        let store = try sandbox.open()
        #expect(try store.all() == [records[0].entry])
        try store.commitOwn(records: [records[1]], tombstones: [])
    }

    @Test("a bit that flipped is read as it is, and stays so through a power cut")
    func flip() throws {
        var random = SeededRandom(seed: 1)
        let path = sandbox.path("own.db")
        do { _ = try sandbox.open() }
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        try disk.flip(path, offset: 5_000, mask: 4)
        disk.cutPower()
        try disk.restart(&random)
        let after = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(after.count == before.count && after[5_000] == before[5_000] ^ 4)
        #expect(zip(before, after).count { $0 != $1 } == 1)
    }
}
