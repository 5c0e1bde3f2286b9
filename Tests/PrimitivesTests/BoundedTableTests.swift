import Primitives
import Testing

/// The table against a naive one: an array of pairs whose last takes the place of the removed.
@Suite("The bounded table") struct BoundedTableTests {
    /// Values that share their low bits with many others, so that probing is long whatever the hashes are.
    struct Key: Hashable, Sendable {
        let number: UInt64

        func hash(into hasher: inout Hasher) { hasher.combine(number % 3) }
    }

    private struct Naive {
        let capacity: Int
        var pairs: [(key: Key, value: Int)] = []

        mutating func set(_ key: Key, _ value: Int) -> Bool {
            if let place = pairs.firstIndex(where: { $0.key == key }) {
                pairs[place].value = value
                return true
            }
            guard pairs.count < capacity else { return false }
            pairs.append((key, value))
            return true
        }

        mutating func remove(_ key: Key) -> Int? {
            guard let place = pairs.firstIndex(where: { $0.key == key }) else { return nil }
            pairs.swapAt(place, pairs.count - 1)
            return pairs.removeLast().value
        }
    }

    @Test(
        "it holds what a naive table holds, in the same order, for any sequence of operations",
        arguments: [1, 5, 8, 9, 33, 200])
    func likeNaive(capacity: Int) {
        var random = SeededRandom(seed: UInt64(capacity))
        var table = BoundedTable<Key, Int>(capacity: capacity)
        var naive = Naive(capacity: capacity)
        for step in 0..<4_000 {
            let key = Key(number: UInt64(random.below(2 * capacity + 2)))
            // It fills up and runs empty by turns.
            if random.below(10) < (step / 1_000 % 2 == 0 ? 7 : 3) {
                #expect(table.set(key, step) == naive.set(key, step), "step \(step)")
            } else {
                #expect(table.remove(key) == naive.remove(key), "step \(step)")
            }
            #expect(table.keys == naive.pairs.map(\.key), "step \(step)")
            #expect(table.values == naive.pairs.map(\.value), "step \(step)")
            #expect(table.isFull == (naive.pairs.count == capacity))
            let other = Key(number: UInt64(random.below(2 * capacity + 2)))
            #expect(
                table.slot(of: other) == naive.pairs.firstIndex { $0.key == other }, "step \(step)")
        }
    }

    @Test("32 bytes that differ in one bit anywhere are different keys")
    func bits() {
        var table = BoundedTable<Bytes32, Int>(capacity: 512)
        for bit in 0..<256 {
            var bytes = [UInt8](repeating: 0, count: 32)
            bytes[bit / 8] = 1 << UInt8(bit % 8)
            guard let key = Bytes32(bytes) else { return }
            table.set(key, bit)
        }
        #expect(table.count == 256)
        #expect(table[.zero] == nil)
    }
}
