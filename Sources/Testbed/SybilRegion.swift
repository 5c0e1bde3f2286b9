public import Cryptography
public import Primitives
public import Records

/// Identities that one attacker made: real keys, validly signed feeds, one purpose.
///
/// Every identity likes 5 to 10 popular items as camouflage and the same spam items with heavy
/// weights. They trust each other in a cycle, all of them the first, and the first as many of them as
/// a node keeps edges (`starEdges`): the cycle keeps trust mass inside for longest (algorithm.md T1),
/// the star spreads it.
public struct SybilRegion: Sendable {
    public struct Identity: Sendable {
        public let author: PublicKey
        /// The whole feed, first record first.
        public let records: [Record]
    }

    public struct Plan: Sendable {
        public var count: Int
        public var seed: UInt64
        public var network: NetworkID
        /// Honest items to hide among, the most popular first.
        public var camouflage: [ItemID]
        public var spam: [ItemID]
        /// When the first record of each feed was written. Later records follow by one millisecond.
        public var start: Instant

        public init(
            count: Int, seed: UInt64, network: NetworkID, camouflage: [ItemID], spam: [ItemID],
            start: Instant
        ) {
            self.count = count
            self.seed = seed
            self.network = network
            self.camouflage = camouflage
            self.spam = spam
            self.start = start
        }
    }

    /// Trust edges of the first identity: the graph keeps 64 an author (algorithm.md section 2).
    static let starEdges = 60
    static let camouflageItems = 5...10
    /// Against plays of 1 to 12 by honest members.
    static let spamWeight = 1000.0

    public let identities: [Identity]
    public let spam: [ItemID]

    /// Makes keys and signs every feed; about 14 us a record. Requires at least one identity.
    public init(_ plan: Plan) throws(CryptographyFailure) {
        require(plan.count >= 1, "a region has an identity")
        var random = SeededRandom(seed: plan.seed, stream: "sybil region")
        var keys: [SigningKey] = []
        for _ in 0..<plan.count {
            keys.append(try SigningKey(seed: (0..<32).map { _ in UInt8(random.below(256)) }))
        }
        let authors = keys.map(\.publicKey)
        identities = keys.enumerated().map { index, key in
            let payloads =
                Self.trust(of: index, among: authors)
                + Self.likes(plan, random: &random)
            return Identity(author: key.publicKey, records: Self.sign(payloads, by: key, plan))
        }
        spam = plan.spam
    }

    public var recordCount: Int { identities.reduce(0) { $0 + $1.records.count } }

    /// The identity that the attack edge names.
    public var gate: PublicKey { identities[0].author }

    public static func spamItems(count: Int) -> [ItemID] {
        (1...count).compactMap { ItemID("spam:miracle-pill-\($0)") }
    }

    private static func trust(of index: Int, among authors: [PublicKey]) -> [Payload] {
        guard authors.count > 1 else { return [] }
        let next = (index + 1) % authors.count
        guard index == 0 else {
            return [.trust(authors[next], .one)] + (next == 0 ? [] : [.trust(authors[0], .one)])
        }
        let step = max(1, authors.count / starEdges)
        return stride(from: 1, to: authors.count, by: step).prefix(starEdges).map {
            .trust(authors[$0], .one)
        }
    }

    private static func likes(_ plan: Plan, random: inout SeededRandom) -> [Payload] {
        let wanted = min(
            plan.camouflage.count,
            camouflageItems.lowerBound + random.below(camouflageItems.count))
        var camouflage = Array(plan.camouflage.prefix(40))
        random.shuffle(&camouflage)
        let heavy = Weight(spamWeight) ?? .one
        return camouflage.prefix(wanted).map { .like($0, .one) }
            + plan.spam.map { .play($0, heavy) }
    }

    private static func sign(_ payloads: [Payload], by key: SigningKey, _ plan: Plan) -> [Record] {
        let scheme = Ed25519Scheme()
        var records: [Record] = []
        for payload in payloads {
            let body = RecordBody(
                feed: key.publicKey, sequence: UInt64(records.count + 1),
                previous: records.last?.id ?? .zero,
                time: plan.start.advanced(byMilliseconds: UInt64(records.count)),
                payload: payload)
            records.append(
                Record(signing: body, network: plan.network, signer: key, scheme: scheme))
        }
        return records
    }
}
