import Primitives
import Records

/// A key and the feed that it signs, in the hands of a Byzantine program.
struct Persona {
    let signer: any Signer
    let network: NetworkID
    let scheme: any SignatureScheme
    private(set) var records: [Record] = []
    /// The sequence after which this history leaves the shared one.
    var key: PublicKey { signer.publicKey }

    init(signer: any Signer, network: NetworkID, scheme: any SignatureScheme) {
        self.signer = signer
        self.network = network
        self.scheme = scheme
    }

    /// Signs the next record, whatever its time.
    @discardableResult
    mutating func say(_ payload: Payload, at time: Instant) -> Record {
        let body = RecordBody(
            feed: key, sequence: UInt64(records.count) + 1,
            previous: records.last?.id ?? .zero, time: time, payload: payload)
        let record = Record(signing: body, network: network, signer: signer, scheme: scheme)
        records.append(record)
        return record
    }

    /// Answers a range request with what was said.
    func answer(_ request: RangeRequest) -> Frame {
        let places = records.drop { $0.body.sequence < request.first }
            .prefix(WireLimits.recordsPerFrame).map(ChainPlace.record)
        return .rangeResponse(
            RangeResponse(feed: request.feed, chain: Chain(places, through: request.last)))
    }

    func encoded(from first: UInt64, through last: UInt64) -> [EncodedRecord] {
        guard first >= 1, first <= UInt64(records.count) else { return [] }
        return records[(Int(first) - 1)..<min(Int(last), records.count)].map(\.encoded)
    }

    /// Everything said, as PUSH frames.
    func pushes(from first: UInt64 = 1) -> [Frame] {
        let all = encoded(from: first, through: .max >> 1)
        return stride(from: 0, to: all.count, by: 64).map {
            .push(Array(all[$0..<min($0 + 64, all.count)]))
        }
    }
}
