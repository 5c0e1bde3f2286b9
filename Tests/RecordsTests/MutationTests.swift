import Cryptography
import Primitives
import Records
import Testing

/// Changes bytes the way faults and attackers do: flips, cuts, insertions, copies, splices.
struct Mutator {
    var random: SeededRandom
    let corpus: [[UInt8]]

    /// One of the corpus, changed one to four times.
    mutating func next() -> [UInt8] {
        var bytes = corpus[random.below(corpus.count)]
        for _ in 0...random.below(4) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = random.below(bytes.count + 1)
        switch random.below(8) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.below(8))
        case 1 where place < bytes.count: bytes[place] = byte()
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(8)))
        case 3: bytes.insert(byte(), at: place)
        case 4: bytes.removeSubrange(place...)
        case 5:
            let other = corpus[random.below(corpus.count)]
            let from = random.below(other.count + 1)
            bytes.replaceSubrange(place..., with: other[from...])
        case 6 where place < bytes.count:
            // Numbers that sit at the edges of groups and limits.
            let edges: [UInt8] = [0, 1, 0x7f, 0x80, 0x81, 0xfe, 0xff]
            bytes[place] = edges[random.below(edges.count)]
        default:
            let end = min(bytes.count, place + random.below(16))
            bytes.insert(contentsOf: bytes[place..<end], at: place)
        }
    }

    private mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: random.next()) }
}

@Suite("T14: whatever decodes encodes to the same bytes")
struct MutationTests {
    static let rounds = 20_000

    @Test("mutated records", arguments: [1, 2] as [UInt64])
    func records(_ seed: UInt64) throws {
        let scheme = Ed25519Scheme()
        let corpus = try RecordVectors.load().records.compactMap { Hex.decode($0.bytes) }
        var mutator = Mutator(random: SeededRandom(seed: seed), corpus: corpus)
        var decoded = 0
        for round in 0..<Self.rounds {
            let bytes = mutator.next()
            guard let record = try? Record(decoding: bytes[...], scheme: scheme) else { continue }
            decoded += 1
            let again = record.body.encoded + (record.signature?.bytes ?? [])
            guard again == bytes else {
                Issue.record("seed \(seed), round \(round): \(Hex.encode(bytes)) is not canonical")
                return
            }
        }
        #expect(decoded > Self.rounds / 20, "seed \(seed): too few decoded to say anything")
        #expect(decoded < Self.rounds * 19 / 20, "seed \(seed): too few were refused")
    }

    @Test("mutated frames", arguments: [4, 5] as [UInt64])
    func frames(_ seed: UInt64) throws {
        let vectors = try RecordVectors.load()
        let corpus = (vectors.frames.map(\.bytes) + vectors.undecodableFrames.map(\.bytes))
            .compactMap { Hex.decode($0) }
        var mutator = Mutator(random: SeededRandom(seed: seed), corpus: corpus)
        var decoded = 0
        for round in 0..<Self.rounds {
            let bytes = mutator.next()
            guard let frame = try? Frame.decode(bytes) else { continue }
            decoded += 1
            guard frame.encoded == bytes else {
                Issue.record("seed \(seed), round \(round): \(Hex.encode(bytes)) is not canonical")
                return
            }
        }
        #expect(decoded > Self.rounds / 20, "seed \(seed): too few decoded to say anything")
        #expect(decoded < Self.rounds * 19 / 20, "seed \(seed): too few were refused")
    }

    @Test("bytes without any sense never decode as a record", arguments: [7] as [UInt64])
    func noise(_ seed: UInt64) {
        let scheme = Ed25519Scheme()
        var random = SeededRandom(seed: seed)
        for _ in 0..<Self.rounds {
            let bytes = (0..<random.below(300)).map { _ in
                UInt8(truncatingIfNeeded: random.next())
            }
            #expect(throws: DecodingFailure.self, "seed \(seed)") {
                _ = try Record(decoding: bytes[...], scheme: scheme)
            }
        }
    }

    @Test(
        "a body of random legal fields survives the way out and back",
        arguments: [8, 9] as [UInt64])
    func bodies(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<2_000 {
            let body = Self.body(&random)
            let bytes = body.encoded
            #expect(try RecordBody.decode(bytes[...]) == body, "seed \(seed)")
        }
    }

    /// Fields that prefer the edges of their ranges.
    private static func body(_ random: inout SeededRandom) -> RecordBody {
        func number(_ limit: UInt64, from least: UInt64 = 0) -> UInt64 {
            let value = random.next() >> UInt64(random.below(64))
            return min(max(value, least), limit)
        }
        func bytes32() -> Bytes32 {
            let bytes = (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            return Bytes32(bytes) ?? .zero
        }
        func weight(from least: UInt64) -> Weight {
            Weight(thousandths: number(WireLimits.weightThousandths, from: least)) ?? .one
        }
        func item() -> ItemID {
            let text = (0...random.below(128)).map { _ in UInt8(0x21 + random.below(94)) }
            guard let item = ItemID(bytes: text) else { fatalError("\(text) is printable") }
            return item
        }
        let sequence = number(WireLimits.sequence, from: 1)
        let payload: Payload =
            switch random.below(7) {
            case 0: .play(item(), weight(from: 1))
            case 1: .like(item(), weight(from: 1))
            case 2: .rate(item(), weight(from: 1))
            case 3: .trust(PublicKey(raw: bytes32()), weight(from: 0))
            case 4: .checkpoint(nil)
            case 5:
                .retract(
                    sequence: number(WireLimits.sequence, from: 1), id: RecordID(raw: bytes32()),
                    previous: RecordID(raw: bytes32()))
            default:
                .unknown(
                    kind: UInt8(11 + random.below(245)),
                    (0..<random.below(200)).map { _ in UInt8(truncatingIfNeeded: random.next()) })
            }
        return RecordBody(
            feed: PublicKey(raw: bytes32()), sequence: sequence,
            previous: sequence == 1 ? .zero : RecordID(raw: bytes32()),
            time: Instant(milliseconds: number(WireLimits.timeMilliseconds)),
            isIgnorable: payload.kind > RecordKind.delegate || random.below(2) == 0,
            payload: payload)
    }
}
