public import Primitives

/// Two bodies of one key for one place of one feed, each with the places up to a signature that vouches
/// for it: proof that the key equivocated.
///
/// Either run is one segment, so that a proof fits a frame and costs two verifications.
public struct ForkProof: Hashable, Sendable {
    /// Both begin at the place; the one with the smaller id comes first.
    public let chains: (Chain, Chain)

    public var feed: PublicKey { chains.0.feed }
    public var sequence: UInt64 { chains.0.first }

    /// Nil unless the two begin at one place of one feed with different ids, and each has a signature.
    /// Takes of either no more than its first segment. Says nothing about the signatures: see `isSigned`.
    public init?(_ one: some Collection<ChainPlace>, _ other: some Collection<ChainPlace>) {
        guard let first = one.segments.first?.first, let second = other.segments.first?.first,
            first.feed == second.feed, first.sequence == second.sequence, first.id != second.id,
            let left = Chain(Array(one.segments[0])), let right = Chain(Array(other.segments[0])),
            left.segmentCount == 1, right.segmentCount == 1
        else { return nil }
        chains = first.id < second.id ? (left, right) : (right, left)
    }

    /// Of two records with their signatures.
    public init?(_ one: Record, _ other: Record) {
        self.init([ChainPlace.record(one)], [ChainPlace.record(other)])
    }

    /// What came in a frame; nil when the bodies cannot be read or prove nothing.
    public init?(_ one: Chain, _ other: Chain, scheme: any SignatureScheme) {
        guard one.segmentCount == 1, other.segmentCount == 1,
            let left = try? one.rebuilt(scheme: scheme),
            let right = try? other.rebuilt(scheme: scheme)
        else { return nil }
        self.init(left, right)
    }

    /// Whether both signatures hold. At most 128 hashes and two verifications.
    public func isSigned(network: NetworkID, scheme: any SignatureScheme) -> Bool {
        [chains.0, chains.1].allSatisfy { chain in
            guard let places = try? chain.rebuilt(scheme: scheme), let last = places.last else {
                return false
            }
            let before = places.dropLast().last?.id ?? chain.previous
            return last.isSigned(after: before, network: network, scheme: scheme)
        }
    }

    public static func == (left: Self, right: Self) -> Bool { left.chains == right.chains }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(chains.0)
        hasher.combine(chains.1)
    }
}

extension ForkProof {
    /// The fields of a FORK_PROOF behind its type: feed, then both chains.
    public var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.wrapped(feed)
        chains.0.write(to: &writer)
        chains.1.write(to: &writer)
        return writer.bytes
    }

    /// Reads what `encoded` gives.
    public init?(decoding bytes: [UInt8], scheme: any SignatureScheme) {
        var reader = ByteReader(bytes)
        guard let feed = try? reader.wrapped("feed", as: PublicKey.self),
            let one = try? Chain.read(feed, from: &reader),
            let other = try? Chain.read(feed, from: &reader), reader.remaining == 0
        else { return nil }
        self.init(one, other, scheme: scheme)
    }
}

extension Chain {
    var segmentCount: Int { places.count { $0.vouches } }
}
