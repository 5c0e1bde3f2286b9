import Cryptography
import Foundation
import Glibc
import NodeCore
import Primitives
import Records
import Storage
import Testing

/// Not a check but a measurement, run by VOUCHBIRD_MEASURE=1 swift test -c release.
@Suite(
    "throughput", .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["VOUCHBIRD_MEASURE"] != nil))
struct ThroughputTests {
    @Test("rows a core-second of commits and of a restart", arguments: [1, 20])
    func throughput(burst: Int) throws {
        let sandbox = try Sandbox()
        let store = try sandbox.open(budgetBytes: 1 << 30)
        var random = SeededRandom(seed: 1)
        var writers = try (1...2000).map { try FeedWriter($0) }
        var batches: [StoreBatch] = []
        for _ in 0..<200 {
            var batch = StoreBatch()
            while batch.records.count < 500 {
                let index = random.below(writers.count)
                batch.records += try writers[index].plays(burst, nameBytes: 31)
            }
            batches.append(batch)
        }
        let rows = batches.reduce(0) { $0 + $1.records.count }
        let size = batches[0].records[0].record.encoded.count
        let commit = try seconds { for batch in batches { try store.commit(batch) } }
        var count = 0
        let scan = try seconds { try store.forEachEntry { _ in count += 1 } }
        let check = try seconds { try store.quickCheck() }
        try store.checkpoint()
        let bytes = store.sizes.netBytes / UInt64(rows)
        print(
            "\(rows) records of \(size) B, bursts of \(burst): commit \(Int(Double(rows) / commit)), "
                + "read \(Int(Double(count) / scan)) rows a core-second; \(bytes) B a row; "
                + "quick_check \(check) s of \(store.sizes.netBytes >> 20) MiB")
        #expect(count == rows)
    }

    /// The bars of issue 5 as ratios to libsodium's verify rate in the same run: ranges 3, pushes 0.7.
    @Test("records from the wire to the disk on one core, as ranges and pushed")
    func ingest() throws {
        let measurement = try IngestMeasurement()
        let seed = [UInt8](repeating: 3, count: SigningKey.seedBytes)
        let owner = try SigningKey(seed: seed).publicKey
        for isPushed in [false, true] {
            let sandbox = try Sandbox()
            let store = try Store(
                directory: sandbox.directory, budgetBytes: 1 << 30,
                owner: StoreOwner(feed: owner, author: owner, network: measurement.network),
                scheme: measurement.scheme)
            let before = measurement.verifyRate()
            let result =
                isPushed
                ? try measurement.pushes(into: store, seed: seed)
                : try measurement.ranges(into: store, seed: seed)
            let verified = (before + measurement.verifyRate()) / 2
            let ratio = result.recordsPerCoreSecond / verified
            print(
                "\(isPushed ? "pushed" : "ranges"): \(result.records) records of "
                    + "\(result.wireBytesPerRecord) B on the wire, "
                    + "\(Int(result.recordsPerCoreSecond)) a core-second, \(ratio) of the "
                    + "\(Int(verified)) verifications a core-second in the same run; with graph "
                    + "\(result.withGraphPerCoreSecond / verified)")
            #expect(result.records == IngestMeasurement.feeds * IngestMeasurement.recordsPerFeed)
            #expect(ratio >= (isPushed ? 0.7 : 3))
            // A million of them in a first sync of 44 MB.
            if !isPushed { #expect(result.wireBytesPerRecord <= 44) }
        }
    }

    private func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = clock()
        try body()
        return Double(clock() - start) / Double(CLOCKS_PER_SEC)
    }
}
