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
}
