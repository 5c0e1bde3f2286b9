import Cryptography
import Primitives
import Records

/// A feed whose owner signs what a program asks for: the honest chain, and departures from it.
struct ForgedFeed {
    static let scheme = Ed25519Scheme()
    static let network = NetworkID(name: "fuzz", scheme: scheme)

    /// The key of the node under test.
    static let owner: SigningKey = {
        guard (try? Sodium.start()) != nil, let key = try? SigningKey(seed: Array(1...32)) else {
            fatalError("libsodium starts")
        }
        return key
    }()

    private let signer: SigningKey
    /// The honest chain so far.
    private(set) var chain: [Record] = []

    init(number: UInt8) {
        guard (try? Sodium.start()) != nil,
            let signer = try? SigningKey(seed: [UInt8](repeating: number, count: 32))
        else {
            fatalError("a seed has 32 bytes")
        }
        self.signer = signer
    }

    var key: PublicKey { signer.publicKey }

    /// The id of the honest record at a place, as a frontier shows it.
    func head(at sequence: UInt64) -> UInt64? {
        guard sequence >= 1, sequence <= UInt64(chain.count) else { return nil }
        return chain[Int(sequence) - 1].id.raw.words.0
    }

    /// A sequence near the head, or near a limit (T7).
    func sequence(shape: Int) -> UInt64 {
        let next = UInt64(chain.count) + 1
        return switch shape % 9 {
        case 0: next
        case 1: max(1, next - 1)
        case 2: next + 1
        case 3: next + 63
        case 4: next + 64
        case 5: 1 << 31
        case 6: 1 << 32
        case 7: 1 << 53
        default: WireLimits.sequence
        }
    }

    /// Shape 0 and 1 go on honestly; the others repeat, fork, leave a gap, point elsewhere, date
    /// oddly or break the signature.
    mutating func record(shape: Int, detail: Int) -> Record {
        let next = UInt64(chain.count) + 1
        let honest = sign(next, after: chain.last?.id ?? .zero, detail: detail)
        switch shape % 8 {
        case 0, 1:
            chain.append(honest)
            return honest
        case 2: return chain.isEmpty ? honest : chain[detail % chain.count]
        case 3:
            let place = detail % (chain.count + 1)
            return sign(
                UInt64(place) + 1, after: place > 0 ? chain[place - 1].id : .zero,
                detail: detail &+ 1)
        case 4:
            let far = max(2, sequence(shape: detail))
            return sign(far, after: honest.id, detail: detail)
        case 5: return sign(max(2, next), after: honest.id, detail: detail)
        case 6:
            let time = detail & 1 == 0 ? 0 : WireLimits.timeMilliseconds
            return sign(next, after: chain.last?.id ?? .zero, detail: detail, at: time)
        default:
            var bytes = honest.encoded
            bytes[bytes.count - 1 - detail % 64] ^= 1
            return (try? Record(decoding: bytes[...], scheme: Self.scheme)) ?? honest
        }
    }

    /// The honest next record with that payload, and as such part of the chain.
    mutating func record(_ payload: Payload) -> Record {
        let next = UInt64(chain.count) + 1
        let record = sign(next, after: chain.last?.id ?? .zero, payload)
        chain.append(record)
        return record
    }

    /// The owner's word, true or not, where its node is. `address` may be anybody's.
    func address(_ address: NetworkAddress, expiring milliseconds: UInt64) -> AddressRecord {
        AddressRecord(
            signing: address, expires: Instant(milliseconds: 2_000_000 + milliseconds),
            network: Self.network, signer: signer)
    }

    /// The key of the node that the owner's address names.
    var nodeKey: NodeKey {
        guard let key = Self.scheme.nodeKey(of: signer.publicKey) else {
            fatalError("a made key is a point")
        }
        return key
    }

    /// The chain with the body of one place retracted, and the RETRACT at its end. Requires places around it.
    func withTombstone(at place: Int) -> [ChainPlace] {
        let target = chain[place]
        let next = UInt64(chain.count) + 1
        let retraction = Record(
            signing: RecordBody(
                feed: key, sequence: next, previous: chain[chain.count - 1].id,
                time: Instant(milliseconds: 1_000_000 + next),
                payload: .retract(
                    sequence: target.body.sequence, id: target.id, previous: target.body.previous)),
            network: Self.network, signer: signer, scheme: Self.scheme)
        var places = chain.map { ChainPlace.record($0) } + [.record(retraction)]
        places[place] = .tombstone(
            feed: key, sequence: target.body.sequence, id: target.id, retraction: retraction)
        return places
    }

    private func sign(
        _ sequence: UInt64, after previous: RecordID, detail: Int, at time: UInt64? = nil
    ) -> Record {
        sign(sequence, after: previous, Self.payload(detail, trusting: key), at: time)
    }

    private func sign(
        _ sequence: UInt64, after previous: RecordID, _ payload: Payload, at time: UInt64? = nil
    ) -> Record {
        let body = RecordBody(
            feed: key, sequence: sequence, previous: sequence == 1 ? .zero : previous,
            time: Instant(milliseconds: time ?? 1_000_000 + min(sequence, 1 << 20)),
            payload: payload)
        return Record(
            signing: body, network: Self.network, signer: signer, scheme: Self.scheme)
    }

    static func payload(_ number: Int, trusting key: PublicKey) -> Payload {
        guard let item = ItemID("item-\(number % 16)"), let weight = Weight(thousandths: 1_000)
        else { fatalError("a plain item and weight") }
        return switch number % 5 {
        case 0: .like(item, weight)
        case 1: .play(item, weight)
        case 2: .rate(item, weight)
        case 3: .trust(key, weight)
        default: .unknown(kind: 200, [UInt8(truncatingIfNeeded: number)])
        }
    }
}
