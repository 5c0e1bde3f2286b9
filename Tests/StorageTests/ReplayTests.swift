import Foundation
import NodeCore
import Primitives
import Records
import Testing

/// T1 of the threats: old records again and again, from every side, and after a restart.
@Suite("T1: replay", .serialized)
struct ReplayTests {
    private static let isMeasured =
        ProcessInfo.processInfo.environment["VOUCHBIRD_MEASURE"] != nil
    private static let (authors, recordsPerAuthor) = (isMeasured ? 100 : 20, 100)
    /// How often eight peers together offer all of them: a million records when it is measured.
    private static let rounds = isMeasured ? 100 : 8

    @Test(
        "T1: old records from eight peers, before and after a restart, cost no signature and go nowhere"
    )
    func replay() throws {
        let bench = try FloodBench(budgetBytes: 256 << 20, links: 8)
        var authors = try (1...Self.authors).map { try Author(UInt64($0)) }
        try bench.publish(authors.map { .trust($0.key, .one) })
        try bench.pass(5_000)
        let item = try #require(ItemID("song"))
        var frames: [[UInt8]] = []
        for number in authors.indices {
            let records = (0..<Self.recordsPerAuthor).map { _ in
                authors[number].say(.like(item, .one), at: FloodBench.wall)
            }
            try bench.push(records, over: bench.links[0])
            frames.append(Frame.push(records.map(\.encoded)).encoded)
        }
        let held = UInt64(Self.authors * Self.recordsPerAuthor)
        try bench.pass(10_000)
        let whole = bench.node.recordCount
        #expect(whole == held + UInt64(Self.authors))

        var (seconds, sent) = (0.0, 0)
        let verified = bench.scheme.verifications
        for round in 0..<Self.rounds {
            if round == Self.rounds / 2 {
                try bench.restart()
                #expect(bench.node.recordCount == whole)
            }
            let before = (bench.coreSeconds, bench.sent)
            for (place, frame) in frames.enumerated() {
                try bench.give(frame, over: bench.links[(round + place) % bench.links.count])
            }
            seconds += bench.coreSeconds - before.0
            sent += bench.sent - before.1
        }
        let offered = Self.rounds * Int(held)
        #expect(bench.node.recordCount == whole)
        #expect(bench.scheme.verifications == verified)
        #expect(sent == 0)
        let microseconds = seconds / Double(offered) * 1e6
        if Self.isMeasured { #expect(microseconds <= 2) }
        print("T1: \(offered) replayed records, \(microseconds) us each")
    }
}
