import Primitives

/// One random change of an input, as a fuzzer makes them, in place.
enum Mutation: Int, CaseIterable {
    case flipBit, edgeByte, anyByte, nearbyByte
    case insertByte, removeByte, removeBlock, truncate
    case splice, overwrite, repeatBlock, longNumber

    /// Beyond the limit of a frame, so that the limit is met too.
    static let maximumBytes = 66_000
    /// The longest block that is moved, most of the time.
    private static let blockBytes = 48

    /// Changes `bytes`, which may be empty, with pieces of `other`, an input of the same form.
    func apply(to bytes: inout [UInt8], with other: [UInt8], _ random: inout SeededRandom) {
        guard !bytes.isEmpty else {
            bytes.append(contentsOf: other.prefix(1 + random.below(Self.blockBytes)))
            return
        }
        let place = random.below(bytes.count)
        switch self {
        case .flipBit: bytes[place] ^= 1 << UInt8(random.below(8))
        case .edgeByte: bytes[place] = [0, 1, 0x20, 0x7f, 0x80, 0xff][random.below(6)]
        case .anyByte: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case .nearbyByte: bytes[place] &+= UInt8(truncatingIfNeeded: random.below(9) - 4)
        case .insertByte: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
        case .removeByte: bytes.remove(at: place)
        case .removeBlock: bytes.removeSubrange(block(in: bytes, from: place, &random))
        case .truncate: bytes.removeLast(bytes.count - place)
        case .splice: bytes.replaceSubrange(place..., with: other.dropFirst(place))
        case .overwrite: overwrite(&bytes, at: place, with: other, &random)
        case .repeatBlock: repeatBlock(in: &bytes, at: place, &random)
        case .longNumber: insertNumber(into: &bytes, at: place, &random)
        }
    }

    private func block(
        in bytes: [UInt8], from place: Int, _ random: inout SeededRandom
    ) -> Range<Int> {
        place..<min(bytes.count, place + 1 + random.below(Self.blockBytes))
    }

    /// A block of the other input in place of as many bytes.
    private func overwrite(
        _ bytes: inout [UInt8], at place: Int, with other: [UInt8], _ random: inout SeededRandom
    ) {
        guard !other.isEmpty else { return }
        let source = block(in: other, from: random.below(other.count), &random)
        let end = min(bytes.count, place + source.count)
        bytes.replaceSubrange(place..<end, with: other[source].prefix(end - place))
    }

    /// A block once more; seldom so often that counts and whole frames pass their limits.
    private func repeatBlock(
        in bytes: inout [UInt8], at place: Int, _ random: inout SeededRandom
    ) {
        // A copy: an array made of a whole one shares its memory, which would then grow with each change.
        var block: [UInt8] = []
        block.append(contentsOf: bytes[self.block(in: bytes, from: place, &random)])
        guard random.below(4_096) == 0 else { return bytes.insert(contentsOf: block, at: place) }
        let room = max(0, Self.maximumBytes - bytes.count) / block.count
        let times = min(room, 1 + random.below(8_192))
        bytes.insert(contentsOf: repeatElement(block, count: times).joined(), at: place)
    }

    /// A varint near a power of two, in place of what stood there.
    private func insertNumber(
        into bytes: inout [UInt8], at place: Int, _ random: inout SeededRandom
    ) {
        var writer = ByteWriter(reserving: 10)
        let power = UInt64(1) << UInt64(random.below(64))
        writer.varint(power &+ UInt64(random.below(3)) &- 1)
        let end = min(bytes.count, place + (random.below(2) == 0 ? 1 : writer.bytes.count))
        bytes.replaceSubrange(place..<end, with: writer.bytes)
    }
}
