import NodeCore
import Primitives
import Records
import Storage
import Testing

/// T35 of the threats: no space left.
@Suite("full")
struct FullTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    @Test("a used-up budget refuses a batch whole; after an eviction the same batch fits")
    func evicts() throws {
        let store = try sandbox.open(budgetBytes: 512 << 10)
        var held: [(feed: PublicKey, entries: [StoredEntry])] = []
        var refused: [StoredRecord] = []
        for number in 1...100 as ClosedRange<UInt64> where refused.isEmpty {
            var writer = try FeedWriter(number)
            let records = try writer.plays(100)
            if code({ try store.commit(records) }) == nil {
                held.append((writer.feed, records.map(\.entry)))
            } else {
                refused = records
            }
        }
        #expect(held.count > 10 && !refused.isEmpty)
        #expect(code { try store.commit(refused) } == .full)
        try store.checkpoint()
        #expect(store.sizes.netBytes <= 512 << 10)
        for (feed, entries) in held { #expect(try store.all(of: feed) == entries) }
        #expect(try store.all(of: refused[0].record.body.feed).isEmpty)
        // Own records are not in this budget.
        var own = sandbox.own
        try store.commitOwn(records: try own.plays(200), tombstones: [])
        try store.commit(refused, removing: held[0...1].map(\.feed))
        #expect(
            try store.all(of: refused[0].record.body.feed) == refused.map(\.entry))
        try store.quickCheck()
    }

    @Test("a full file opens, reads, and takes records under a larger budget")
    func larger() throws {
        var writer = try FeedWriter(1)
        var records: [StoredRecord] = []
        do {
            let store = try sandbox.open(budgetBytes: 256 << 10)
            while code({ try store.commit(records.suffix(50)) }) == nil {
                records += try writer.plays(50)
            }
        }
        let (held, refused) = (records.dropLast(50), records.suffix(50))
        let small = try sandbox.open(budgetBytes: 64 << 10)
        #expect(code { try small.commit(Array(refused)) } == .full)
        #expect(try small.all() == held.map(\.entry))
        let large = try sandbox.open(budgetBytes: 1 << 20)
        try large.commit(Array(refused))
        #expect(try large.all() == records.map(\.entry))
    }
}
