/// Who has an item beside the group that has most of it (section "Witnesses" of `docs/ranking.md`).
///
/// What attackers push, heads and Sybils behind them alone have. What is honest is mostly had by somebody
/// else too, whether or not the engine hears that author. So an item is asked for witnesses: holders
/// outside the group that has most of it, by trust. One holder more never takes a witness away, whatever
/// its group, so that nobody is slandered by praise.
struct Witnesses: Sendable {
    /// How many authors of average trust, the weight of the item in their rows relative to their
    /// largest, have it outside its largest group. Per item, at least 0.
    let held: [Double]
    /// So many are enough.
    private let enough: Double
    private let floor: Double

    /// `presence`: what each author's trust, in units of the average, makes of the weights of its row.
    /// Requires a positive number of witnesses that are enough. O(edges).
    init(
        _ snapshot: GraphSnapshot, _ query: RankingQuery, presence: [Double],
        groups: [AuthorIndex?]
    ) {
        held = Concentration.outside(
            snapshot, ego: query.ego, groups: groups, contributions: .rates(presence))
        enough = query.parameters.taste.witnesses
        floor = query.parameters.floor
    }

    /// What the score of each item is multiplied by, from the floor to 1. Per item.
    var factors: [Double] {
        held.map { max(floor, min(1, $0 / enough)) }
    }
}
