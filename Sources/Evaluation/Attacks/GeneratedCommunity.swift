internal import Primitives

/// A community from a seed, where no data set is at hand: circles of users who share tastes and mostly
/// trust each other.
///
/// Users stand in circles; each likes items of its circle, of another one and of everybody, popular
/// items more (a squared uniform), and trusts members of its circle and some strangers, a few of them
/// named by many.
public struct GeneratedCommunity: Hashable, Sendable {
    public private(set) var users = 1_000
    public private(set) var items = 3_000
    public private(set) var circles = 20
    /// Items of a user, on average.
    public private(set) var likes = 30
    /// Whom a user trusts, on average.
    public private(set) var friends = 8
    public private(set) var seed: UInt64 = 1

    /// `users=1000,items=3000,circles=20,likes=30,friends=8,seed=1`, each part optional. Throws
    /// `.usage` and says what is allowed.
    public init(_ text: String) throws(EvaluationFailure) {
        var settings = try AttackSettings(text[...], of: "generated community")
        try settings.take("users", into: &users, 2...1_000_000)
        try settings.take("items", into: &items, 1...1_000_000)
        try settings.take("circles", into: &circles, 1...10_000)
        try settings.take("likes", into: &likes, 1...1_000)
        try settings.take("friends", into: &friends, 0...1_000)
        try settings.take(seed: &seed)
        try settings.finish()
    }

    /// Who likes what.
    public var interactions: InteractionTable {
        var random = SeededRandom(seed: seed, stream: "community likes")
        var rows: [InteractionTable.Row] = []
        for user in 0..<users {
            var liked = Set<Int>()
            for _ in 0..<1 + random.below(2 * likes - 1) {
                let die = random.unit()
                let circle = die < 0.6 ? user % circles : random.below(circles)
                let depth = random.unit()
                let place = Int(depth * depth * Double(items))
                // The items of a circle are those of its number modulo the circles.
                let item = die < 0.8 ? place - place % circles + circle : place
                liked.insert(min(items - 1, item))
            }
            for item in liked.sorted() {
                rows.append(
                    .init(
                        user: "user-\(user)", item: "item-\(item)",
                        weight: Double(1 + random.below(20))))
            }
        }
        return InteractionTable(rows)
    }

    /// Who trusts whom.
    public var trust: [TrustPair] {
        var random = SeededRandom(seed: seed, stream: "community trust")
        var pairs: [TrustPair] = []
        for user in 0..<users {
            var named = Set<Int>()
            for _ in 0..<random.below(2 * friends + 1) {
                let depth = random.unit()
                let place = Int(depth * depth * Double(users))
                let isNear = random.unit() < 0.7
                let other = isNear ? place - place % circles + user % circles : place
                if other != user, other < users { named.insert(other) }
            }
            pairs += named.sorted().map {
                TrustPair(source: "user-\(user)", target: "user-\($0)")
            }
        }
        return pairs
    }
}
