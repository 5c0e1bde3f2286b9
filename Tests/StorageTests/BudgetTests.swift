import Foundation
import NodeCore
import Primitives
import Records
import Storage
import Testing

/// T19 of the threats: more offered than there is room for.
@Suite("T19: the budget of net.db")
struct BudgetTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    @Test("what the core charges for a place is what it takes on the disk")
    func charge() throws {
        let store = try sandbox.open(budgetBytes: 256 << 20)
        var random = SeededRandom(seed: 1)
        var writers = try (1...400 as ClosedRange<UInt64>).map { try FeedWriter($0) }
        let empty = store.sizes.netBytes
        var charged: UInt64 = 0
        for _ in 0..<40 {
            var records: [StoredRecord] = []
            while records.count < 500 {
                records += try writers[random.below(writers.count)].plays(1, nameBytes: 31)
            }
            charged += records.reduce(0) { $0 + StoredEntry.record($1).chargedBytes }
            try store.commit(records)
        }
        try store.checkpoint()
        let taken = store.sizes.netBytes - empty
        #expect(taken <= charged, "\(taken) of \(charged)")
        #expect(taken * 10 >= charged * 7, "\(taken) of \(charged)")
    }

    /// The smallest budget that can be set and a common one are measured with VOUCHBIRD_MEASURE=1 (minutes).
    static let budgets: [UInt64] =
        ProcessInfo.processInfo.environment["VOUCHBIRD_MEASURE"] == nil ? [2] : [16, 64]

    @Test(
        "T19: ten times the budget offered, file and log never pass 1.10 of it", arguments: budgets)
    func tenfold(budgetMebibytes: UInt64) throws {
        let batch = budgetMebibytes < 16 ? 250 : 1_000
        let budget = budgetMebibytes << 20
        let store = try sandbox.open(budgetBytes: budget)
        var random = SeededRandom(seed: budgetMebibytes)
        var held: [PublicKey] = []
        var offered: UInt64 = 0
        var largest: UInt64 = 0
        var number: UInt64 = 0
        var refusals = 0
        // Long feeds come in one by one, and one of those held goes for each that finds no room: whole files of rows are
        // deleted in one call. Every batch is looked at.
        while offered < 10 * budget {
            number += 1
            var writer = try FeedWriter(number)
            // An eighth of the budget each.
            var written: UInt64 = 0
            while written < budget / 8 {
                let records = try writer.long(batch)
                var removing: [PublicKey] = []
                while code({ try store.commit(records, removing: removing) }) == .full {
                    refusals += 1
                    largest = max(largest, store.sizes.netBytes)
                    try #require(!held.isEmpty, "one feed alone fits")
                    removing = [held.remove(at: random.below(held.count))]
                }
                written += records.reduce(0) { $0 + UInt64($1.record.encoded.count) }
                largest = max(largest, store.sizes.netBytes)
            }
            offered += written
            held.append(writer.feed)
        }
        #expect(refusals > 0)
        #expect(largest * 100 <= budget * 110, "\(largest) of \(budget)")
        #expect(largest * 2 > budget, "\(largest) of \(budget)")
        try store.quickCheck()
        print("T19: budget \(budget), offered \(offered), file and log at most \(largest)")
    }

    @Test("a long feed that is removed in parts leaves what vouches for itself behind at each")
    func parts() throws {
        let store = try sandbox.open(budgetBytes: 16 << 20)
        var (long, other) = (try FeedWriter(1), try FeedWriter(2))
        let records = try long.plays(1_200)
        let kept = try other.plays(3)
        try store.commit(records)
        try store.commit(kept, removing: [long.feed])
        #expect(try store.all() == kept.map(\.entry))
        // A trim is divided too, and leaves just what it says.
        var batch = StoreBatch()
        var trimmed = try FeedWriter(3)
        let whole = try trimmed.plays(1_400)
        try store.commit(whole)
        batch.trims = [FeedTrim(feed: trimmed.feed, before: 1_280)]
        try store.commit(batch)
        #expect(try store.all(of: trimmed.feed) == whole.dropFirst(1_279).map(\.entry))
        try store.commit(Array(records.prefix(2)))
        #expect(try store.all(of: long.feed) == records.prefix(2).map(\.entry))
    }
}
