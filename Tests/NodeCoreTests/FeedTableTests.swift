import Primitives
import Testing

@testable import NodeCore

@Suite("The table of feeds") struct FeedTableTests {
    private static func key(_ random: inout SeededRandom) -> PublicKey {
        PublicKey(
            raw: Bytes32(words: (random.next(), random.next(), random.next(), random.next())))
    }

    @Test("it finds what was added and not what was removed", arguments: [UInt64(1), 2, 3])
    func model(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var table = FeedTable(capacity: 200, mixer: IDFingerprint(seed: seed))
        var naive: [PublicKey: FeedIndex] = [:]
        var gone: [PublicKey] = []
        for _ in 0..<4000 {
            if naive.count < 200, random.below(3) > 0 {
                let key = gone.count > 20 ? gone.removeFirst() : Self.key(&random)
                naive[key] = table.add(key)
            } else if let key = naive.keys.min(by: { $0 < $1 }) {
                if let index = naive.removeValue(forKey: key) { table.remove(index) }
                gone.append(key)
            }
            #expect(table.count == naive.count)
        }
        for (key, index) in naive { #expect(table.index(of: key) == index, "seed \(seed)") }
        for key in gone { #expect(table.index(of: key) == nil, "seed \(seed)") }
        #expect(table.isFull == (naive.count == 200))
    }

    @Test("what tells a replay follows every change of a feed")
    func spot() {
        var random = SeededRandom(seed: 9)
        var table = FeedTable(capacity: 4, mixer: IDFingerprint(seed: 9))
        let index = table.add(Self.key(&random))
        let ids = (0..<3).map { _ in RecordID(raw: Self.key(&random).raw) }
        for (position, id) in ids.enumerated() {
            table[index].extend(id: id, time: nil, fingerprint: UInt64(position + 1), bytes: 0)
        }
        #expect(table.spot(index).tip == 3 && table.spot(index).tipPrint == 3)
        table[index].frontier = 2
        table[index].rollBack()
        #expect(table.spot(index).tip == 2 && table.spot(index).tipPrint == 2)
        table[index].frozenAt = 2
        #expect(table.spot(index).isFrozen)
    }
}
