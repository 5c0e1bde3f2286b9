import Primitives
import Testing

@testable import Ranking

@Suite("Radix order")
struct RadixOrderTests {
    @Test("keys ascend, and equal keys keep their order", arguments: 0..<50 as Range<UInt64>)
    func order(_ seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "radix")
        // Keys that differ in some digits only, as scores do.
        let mask = [UInt64.max, 0xff00_0000_0000_0000, 0xf_ffff, 3, 0][random.below(5)]
        let candidates = (0..<random.below(3_000)).map { place in
            RadixOrder.Candidate(key: random.next() & mask, number: UInt32(place))
        }
        let wanted = candidates.sorted { ($0.key, $0.number) < ($1.key, $1.number) }
        #expect(
            RadixOrder.sorted(candidates).map(\.number) == wanted.map(\.number), "seed \(seed)")
    }

    @Test(
        "a list that is nearly in order is repaired, others are refused",
        arguments: 0..<20 as Range<UInt64>)
    func repair(_ seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "repair")
        var list = (0..<500).map { place in
            RadixOrder.Candidate(key: UInt64(place / 2), number: UInt32(place))
        }
        for _ in 0..<10 {
            let place = random.below(499)
            list.swapAt(place, place + 1)
        }
        #expect(RadixOrder.repair(&list, moves: 100), "seed \(seed)")
        #expect(list.map(\.number) == (0..<500).map { UInt32($0) }, "seed \(seed)")
        list.reverse()
        #expect(!RadixOrder.repair(&list, moves: 1_000), "seed \(seed)")
    }
}
