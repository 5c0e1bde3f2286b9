internal import Primitives
public import Ranking

/// The `discover` engine over time: every scored user as the ego at the end of train, hearing friends and
/// what strangers earned up to then.
///
/// Strangers are those that a node would hold: a fixed number of all users, drawn by the seed, the same
/// for every ego. Authors outside that sample are heard only if trust reaches them.
public struct DiscoverMethod: Recommender {
    private let snapshot: GraphSnapshot
    private let claims: ClaimTimes
    private let discoveries: [[Discovery]]
    private let now: Instant
    private let parameters: RankingParameters

    /// Requires parameters without a `problem`. Throws `.content` when train has no times. O(edges log
    /// edges).
    public init(
        _ data: EvaluationData, parameters: RankingParameters, transform: WeightTransform,
        strangers: Int, seed: UInt64
    ) throws(EvaluationFailure) {
        guard let arrivals = data.arrivals else {
            throw EvaluationFailure(
                code: .content, operation: "evaluate discover",
                message: "train has no times; --arrivals draws some")
        }
        self.parameters = parameters
        snapshot = EngineMethod.snapshot(data, transform: transform, trust: .explicit)
        var held = Array(0..<data.users.count).filter { !data.train.entries($0).isEmpty }
        var random = SeededRandom(seed: seed, stream: "strangers")
        random.shuffle(&held)
        let isHeld = Set(held.prefix(strangers))
        let rows = (0..<data.users.count).map { user in
            arrivals.entries(user).map { entry in
                ClaimTimes.Claim(
                    item: ItemIndex(arrivals.columns[entry]),
                    seen: Instant(milliseconds: UInt64(arrivals.values[entry])))
            }
        }
        claims = ClaimTimes(
            itemCount: data.items.count,
            rows: rows.enumerated().map { isHeld.contains($0) ? $1 : [] })
        discoveries = rows.map { row in row.map { Discovery(item: $0.item, found: $0.seen) } }
        let latest = arrivals.values.max() ?? 0
        now = Instant(milliseconds: UInt64(latest))
    }

    public func recommend(_ user: Int, count: Int) -> [UInt32] {
        let ego = AuthorIndex(UInt32(user))
        let earned = EarnedTrust(
            claims, discoveries: discoveries[user], ego: ego, now: now,
            parameters: parameters.earned)
        let query = RankingQuery(ego: ego, parameters: parameters, earned: earned)
        return EngineName.discover.engine.rank(snapshot, query).items.prefix(count)
            .map(\.item.value)
    }
}
