import Primitives
import Testing

@testable import Ranking

@Suite("Numbers of items")
struct ItemRegistryTests {
    @Test(
        "the registry finds what a dictionary finds, whatever comes and goes",
        arguments: 0..<20 as Range<UInt64>)
    func comesAndGoes(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed, stream: "registry")
        // Of all lengths around a word of the hash, and many alike.
        let items = try (0..<400).map { number in
            try #require(ItemID(String(repeating: "a", count: number % 20) + "\(number)"))
        }
        var registry = ItemRegistry()
        var known: [ItemID: UInt32] = [:]
        for step in 0..<4_000 {
            let item = items[random.below(items.count)]
            if let number = known.removeValue(forKey: item) {
                #expect(registry.intern(item) == number, "seed \(seed) step \(step)")
                registry.release(number)
            } else {
                let number = registry.intern(item)
                #expect(!known.values.contains(number), "seed \(seed) step \(step)")
                registry.retain(number)
                known[item] = number
            }
            #expect(registry.count == known.count)
        }
        for item in items {
            #expect(registry.number(of: item) == known[item], "seed \(seed)")
        }
    }
}
