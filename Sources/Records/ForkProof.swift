public import Primitives

/// Two records that one key signed for one place of one feed: proof that it equivocated.
public struct ForkProof: Hashable, Sendable {
    /// The record with the smaller id, then the other.
    public let records: (Record, Record)

    public var feed: PublicKey { records.0.body.feed }
    public var sequence: UInt64 { records.0.body.sequence }

    /// Nil unless the two have one feed and sequence, and different bodies.
    /// Says nothing about the signatures: see `isSigned`.
    public init?(_ one: Record, _ other: Record) {
        guard one.body.feed == other.body.feed, one.body.sequence == other.body.sequence,
            one.id != other.id
        else { return nil }
        records = one.id < other.id ? (one, other) : (other, one)
    }

    /// Whether both signatures hold. Two verifications.
    public func isSigned(network: NetworkID, scheme: any SignatureScheme) -> Bool {
        records.0.isSigned(network: network, scheme: scheme)
            && records.1.isSigned(network: network, scheme: scheme)
    }

    public static func == (left: Self, right: Self) -> Bool { left.records == right.records }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(records.0)
        hasher.combine(records.1)
    }
}
