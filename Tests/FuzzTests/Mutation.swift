import Primitives

/// One random change of an input, as a fuzzer makes them.
enum Mutation {
    static func apply(
        to input: [UInt8], among others: [[UInt8]], _ random: inout SeededRandom
    ) -> [UInt8] {
        var bytes = input
        for _ in 0...random.below(3) {
            let place = bytes.isEmpty ? 0 : random.below(bytes.count)
            switch random.below(6) {
            case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(random.below(8))
            case 1 where !bytes.isEmpty:
                bytes[place] = [0, 1, 0x7f, 0x80, 0xff][random.below(5)]
            case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
            case 3 where !bytes.isEmpty: bytes.remove(at: place)
            case 4 where !bytes.isEmpty: bytes.removeLast(bytes.count - place)
            default:
                let other = others[random.below(others.count)]
                bytes = Array(bytes.prefix(place) + other.dropFirst(place))
            }
        }
        return bytes
    }
}
