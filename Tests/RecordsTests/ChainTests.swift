import Cryptography
import Primitives
import Records
import Testing

@Suite("Chains: runs of a feed that later signatures vouch for")
struct ChainTests {
    static let scheme = Ed25519Scheme()
    static let network = NetworkID(name: "test", scheme: scheme)

    /// A feed as a relay may hold it: signatures at random distances within the limits, some places
    /// retracted, payloads of all lengths.
    struct Relay {
        var places: [ChainPlace] = []

        init(_ random: inout SeededRandom, count: Int) throws {
            try Sodium.start()
            let key = try SigningKey(
                seed: (0..<SigningKey.seedBytes).map { _ in UInt8(random.below(256)) })
            var records: [Record] = []
            func sign(_ payload: Payload) {
                let body = RecordBody(
                    feed: key.publicKey, sequence: UInt64(records.count + 1),
                    previous: records.last?.id ?? .zero,
                    time: Instant(milliseconds: 1_000_000 + UInt64(records.count) * 70_000),
                    payload: payload)
                records.append(
                    Record(signing: body, network: network, signer: key, scheme: scheme))
            }
            for number in 0..<count {
                let name = "item:\(number)" + String(repeating: "x", count: random.below(100))
                sign(.play(try #require(ItemID(name)), .one))
            }
            let gone = Set((0..<random.below(8)).map { _ in 1 + random.below(count - 1) })
            var tombs: [Int: Record] = [:]
            for place in gone.sorted() {
                let target = records[place]
                sign(
                    .retract(
                        sequence: target.body.sequence, id: target.id,
                        previous: target.body.previous))
                tombs[place] = records.last
            }
            var unsigned = 0
            for (place, record) in records.enumerated() {
                if let retraction = tombs[place] {
                    places.append(
                        .tombstone(
                            feed: key.publicKey, sequence: record.body.sequence, id: record.id,
                            retraction: retraction))
                    unsigned = 0
                    continue
                }
                let isKept =
                    unsigned == 63 || place == records.count - 1 || random.below(20) == 0
                    || record.body.payload.keepsSignature
                unsigned = isKept ? 0 : unsigned + 1
                places.append(
                    .record(
                        isKept
                            ? record
                            : try Record(decodingUnsigned: record.bodyBytes, scheme: scheme)))
            }
        }
    }

    static func vouched(_ chain: Chain) throws -> Bool {
        let places = try chain.rebuilt(scheme: scheme)
        var before = chain.previous
        for (position, place) in places.enumerated() {
            if place.vouches, !place.isSigned(after: before, network: network, scheme: scheme) {
                return false
            }
            before = place.id
            if position == places.count - 1, !place.vouches { return false }
        }
        return true
    }

    @Test(
        "the places of a chain come back over the wire with the ids they had, vouched for to the last",
        arguments: 0..<20 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let relay = try Relay(&random, count: 10 + random.below(600))
        var next = 0
        while next < relay.places.count {
            let last = UInt64(next + 1 + random.below(256))
            let held = Array(relay.places[next...].prefix(256))
            let chain = try #require(Chain(held, through: last), "seed \(seed), from \(next)")
            let frame = Frame.rangeResponse(RangeResponse(feed: chain.feed, chain: chain))
            #expect(try Frame.decode(frame.encoded) == frame, "seed \(seed)")
            let places = try chain.rebuilt(scheme: Self.scheme)
            #expect(places.map(\.id) == held.prefix(places.count).map(\.id), "seed \(seed)")
            #expect(try Self.vouched(chain), "seed \(seed)")
            // It ends at the asked place or before; past it only inside the first segment.
            #expect(chain.last <= last || places.segments.count == 1, "seed \(seed)")
            #expect(places.segments.allSatisfy { $0.count <= WireLimits.segmentPlaces })
            next += places.count
        }
    }

    @Test("a chain leaves every signature out that its limits do not demand")
    func elides() throws {
        var random = SeededRandom(seed: 5)
        let key = try SigningKey(seed: [UInt8](repeating: 9, count: SigningKey.seedBytes))
        var records: [Record] = []
        for number in 0..<256 {
            let item = try #require(ItemID("item:\(random.below(1 << 40))-of-thirty-bytes"))
            let body = RecordBody(
                feed: key.publicKey, sequence: UInt64(number + 1),
                previous: records.last?.id ?? .zero,
                time: Instant(milliseconds: 1_700_000_000_000 + UInt64(number) * 200_000),
                payload: .play(item, .one))
            records.append(
                Record(signing: body, network: Self.network, signer: key, scheme: Self.scheme))
        }
        let chain = try #require(Chain(records.map { .record($0) }))
        let places = try chain.rebuilt(scheme: Self.scheme)
        #expect(places.count == 256)
        #expect(places.filter(\.vouches).map(\.sequence) == [64, 128, 192, 256])
        let frame = Frame.rangeResponse(RangeResponse(feed: chain.feed, chain: chain)).encoded
        // The bar of protocol.md is 44 B a record of 172 B; these have an item of about 31 bytes.
        #expect(frame.count <= 44 * 256, "\(frame.count / 256) B a record")
    }

    @Test(
        "a chain with any bit changed is not vouched for", arguments: 0..<4 as Range<UInt64>)
    func bitFlips(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let relay = try Relay(&random, count: 30)
        let chain = try #require(Chain(relay.places))
        let bytes = Frame.rangeResponse(RangeResponse(feed: chain.feed, chain: chain)).encoded
        for _ in 0..<150 {
            var changed = bytes
            let place = random.below(bytes.count)
            changed[place] ^= 1 << UInt8(random.below(8))
            guard case .rangeResponse(let response)? = try? Frame.decode(changed),
                let other = response.chain, let isVouched = try? Self.vouched(other)
            else { continue }
            #expect(!isVouched, "seed \(seed), byte \(place) of \(bytes.count)")
        }
    }

    @Test(
        "T3: two runs that part at a place prove the fork, even where neither has a signature there"
    )
    func forkOfVouchedPlaces() throws {
        var random = SeededRandom(seed: 3)
        let key = try SigningKey(seed: [UInt8](repeating: 4, count: SigningKey.seedBytes))
        func run(_ name: String, after shared: Record?, count: Int) throws -> [ChainPlace] {
            var before = shared
            var places: [ChainPlace] = []
            for number in 0..<count {
                let item = try #require(ItemID("\(name):\(number)"))
                let body = RecordBody(
                    feed: key.publicKey, sequence: (before?.body.sequence ?? 0) + 1,
                    previous: before?.id ?? .zero, time: Instant(milliseconds: 5),
                    payload: .like(item, .one))
                let record = Record(
                    signing: body, network: Self.network, signer: key, scheme: Self.scheme)
                before = record
                places.append(
                    .record(
                        number == count - 1
                            ? record
                            : try Record(
                                decodingUnsigned: record.bodyBytes, scheme: Self.scheme)))
            }
            return places
        }
        let one = try run("one", after: nil, count: 1 + random.below(64))
        let other = try run("other", after: nil, count: 64)
        let proof = try #require(ForkProof(one, other))
        #expect(proof.isSigned(network: Self.network, scheme: Self.scheme))
        #expect(proof == ForkProof(other, one))
        #expect(proof == ForkProof(decoding: proof.encoded, scheme: Self.scheme))
        #expect(proof.sequence == 1 && proof.feed == key.publicKey)
        #expect(ForkProof(one, one) == nil)
        #expect(ForkProof(one, other.dropFirst()) == nil)
        // A run that nothing vouches for proves nothing.
        #expect(ForkProof(one, other.dropLast()) == nil)
        let elsewhere = NetworkID(name: "elsewhere", scheme: Self.scheme)
        #expect(!proof.isSigned(network: elsewhere, scheme: Self.scheme))
    }
}
