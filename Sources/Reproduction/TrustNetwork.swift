public import Evaluation
internal import Primitives
public import Ranking

/// Who trusts whom in an experiment.
public struct TrustNetwork: Sendable {
    public let name: String
    public internal(set) var userCount: Int
    public internal(set) var edges: [TrustEdge]

    /// Users get their numbers in the order in which the pairs name them first.
    public init(name: String, pairs: [TrustPair]) {
        var numbers: [String: UInt32] = [:]
        func number(_ user: String) -> AuthorIndex {
            let known = numbers[user] ?? UInt32(numbers.count)
            numbers[user] = known
            return AuthorIndex(known)
        }
        edges = pairs.map {
            let source = number($0.source)
            return TrustEdge(from: source, to: number($0.target), weight: $0.weight)
        }
        userCount = numbers.count
        self.name = name
    }

    /// A network that grows by preferential attachment (Barabasi & Albert, Science 1999): each new user
    /// trusts six earlier ones, in proportion to 1 + the number of those who trust them, with weights
    /// from 1 to 5; each of these trusts it back with the chance 0.4.
    ///
    /// Requires more than one user. O(edges).
    public init(userCount: Int = 2_057, seed: UInt64) {
        require(userCount > 1, "trust needs two")
        var random = SeededRandom(seed: seed, stream: "trust network")
        // Every user once, and once more for each edge to it: a uniform draw prefers the trusted.
        var urn: [UInt32] = [0]
        var edges: [TrustEdge] = []
        func trust(_ from: UInt32, _ to: UInt32) {
            let weight = Double(1 + random.below(5))
            edges.append(
                TrustEdge(from: AuthorIndex(from), to: AuthorIndex(to), weight: weight))
            urn.append(to)
        }
        for user in 1..<UInt32(userCount) {
            var friends: [UInt32] = []
            for _ in 0..<6 {
                let friend = urn[random.below(urn.count)]
                if friend != user, !friends.contains(friend) { friends.append(friend) }
            }
            for friend in friends {
                trust(user, friend)
                if random.unit() < 0.4 { trust(friend, user) }
            }
            urn.append(user)
        }
        self.edges = edges
        self.userCount = userCount
        name = "generated"
    }

    public var snapshot: GraphSnapshot {
        GraphSnapshot(authorCount: userCount, itemCount: 0, trust: edges, interactions: [])
    }
}

/// Sybils behind an attacker, as they trust one another.
public enum SybilShape: String, Hashable, Sendable, CaseIterable {
    /// The attacker trusts each: parallel.
    case star
    /// The attacker trusts the first, each the next: serial.
    case chain
    /// The attacker trusts each, each trusts the attacker back.
    case cycle
    /// Cycle and chain on the same Sybils: what the published experiment runs.
    case both
}

extension TrustNetwork {
    /// The same network with `sybils` new users behind one of the old ones, who gives them `share` of
    /// all its trust. Among Sybils every edge has the same weight.
    ///
    /// Requires a share in (0, 1). Without other trust the attacker gives all.
    public func attacked(
        by attacker: AuthorIndex, sybils: Int, shape: SybilShape, share: Double
    ) -> TrustNetwork {
        require(share > 0 && share < 1, "a share of trust lies between 0 and 1")
        let honest = edges.reduce(0) { $0 + ($1.from == attacker ? $1.weight : 0) }
        let given = honest > 0 ? honest * share / (1 - share) : 1
        let region = (userCount..<userCount + sybils).map { AuthorIndex(UInt32($0)) }
        var inside: [TrustEdge] = []
        func trust(_ from: AuthorIndex, _ to: AuthorIndex, _ weight: Double) {
            inside.append(TrustEdge(from: from, to: to, weight: weight))
        }
        for (place, sybil) in region.enumerated() {
            if shape == .chain {
                if place == 0 { trust(attacker, sybil, given) }
            } else {
                trust(attacker, sybil, given / Double(sybils))
            }
            if shape == .cycle || shape == .both { trust(sybil, attacker, 1) }
            if shape == .chain || shape == .both, place + 1 < sybils {
                trust(sybil, region[place + 1], 1)
            }
        }
        var attacked = self
        attacked.userCount += sybils
        attacked.edges += inside
        return attacked
    }
}
