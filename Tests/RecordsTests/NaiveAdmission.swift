import Primitives
import Records

/// Section 3 of docs/protocol.md, step by step and as plainly as it can be said: the model that the
/// verdicts of the vectors are checked against. One node that holds nothing at first.
struct NaiveAdmission {
    let network: NetworkID
    let scheme: any SignatureScheme
    let now: Instant
    private var feeds: [PublicKey: [Record]] = [:]
    private var frozen: Set<PublicKey> = []

    init(network: NetworkID, scheme: any SignatureScheme, now: Instant) {
        self.network = network
        self.scheme = scheme
        self.now = now
    }

    mutating func offer(_ bytes: [UInt8]) -> Verdict {
        guard let record = try? Record(decoding: bytes[...], scheme: scheme) else {
            return .reject(.malformed)
        }
        let body = record.body
        let held = feeds[body.feed] ?? []
        let frontier = UInt64(held.count)
        if frozen.contains(body.feed) { return .ignore(.frozen) }
        if body.sequence <= frontier {
            if held[Int(body.sequence) - 1].id == record.id { return .ignore(.duplicate) }
            guard record.isSigned(network: network, scheme: scheme) else {
                return .reject(.badSignature)
            }
            frozen.insert(body.feed)
            return .reject(.equivocation)
        }
        if body.sequence > frontier + 64 { return .ignore(.tooFarAhead) }
        if body.time > now.advanced(byMilliseconds: 600_000) { return .ignore(.futureDated) }
        if held.isEmpty && !scheme.isValid(body.feed) { return .reject(.badKey) }
        guard record.isSigned(network: network, scheme: scheme) else {
            return .reject(.badSignature)
        }
        if let fault = fault(of: body, after: held) { return .reject(fault) }
        feeds[body.feed, default: []].append(record)
        return .accept
    }

    /// What is wrong with the place of a well-signed record at frontier + 1.
    private func fault(of body: RecordBody, after held: [Record]) -> RejectReason? {
        guard body.previous == held.last?.id ?? .zero else { return .brokenChain }
        if let last = held.last, body.time < last.body.time { return .timeReversed }
        switch body.payload {
        case .delegate(let author, let signature):
            let statement = Delegation.statement(
                device: body.feed, author: author, network: network)
            let consents = scheme.verify(signature, of: statement, by: author)
            return held.isEmpty && consents ? nil : .badDelegation
        case .retract(let sequence, let id, let previous):
            // The first record says for whom the feed speaks, and stays.
            let mayGo = (2...).contains(sequence) && sequence <= UInt64(held.count)
            return mayGo && held[Int(sequence) - 1].id == id
                && held[Int(sequence) - 2].id == previous ? nil : .badRetraction
        case .rotate(let rotation):
            return rotation.old == body.feed
                && rotation.isSigned(feed: body.feed, network: network, scheme: scheme)
                ? nil : .badKeyChange
        case .revoke(let revocation):
            return revocation.isSigned(by: body.feed, network: network, scheme: scheme)
                ? nil : .badKeyChange
        case .checkpoint:
            // Nothing here is long enough for one.
            return .badCheckpoint
        default: return nil
        }
    }
}

extension Verdict {
    /// As the vectors name it.
    var name: String {
        switch self {
        case .accept: "accept"
        case .ignore(let reason): reason.rawValue
        case .reject(let reason): reason.rawValue
        }
    }
}
