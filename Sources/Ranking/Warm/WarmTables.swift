/// What a ranking says of each item, kept from ranking to ranking: only items whose mass or whose voices
/// moved are gone through again.
///
/// The rest may be off by `stalePart` of epsilon in a share and as much in what the loudest voice says, and
/// by a small part of themselves.
struct WarmTables {
    private(set) var mass: WalkMass
    private(set) var tables: ItemTables
    private var voices: WarmVoices
    private let leftOut: [Bool]
    /// Of items: the weight that the ego's row gives it.
    private let own: [Double]
    /// What the mass of all items came to when all shares were found.
    private var total: Double

    /// Of epsilon, what a share, and what the loudest voice says, may be off by unseen.
    private static let stalePart = 0.05
    /// Of a share, what it may be off by unseen.
    private static let unseenPart = 1e-4
    /// Of all items, those beyond which the list is sorted anew.
    private static let reorderedPart = 0.25

    /// From a ranking that was made in full, without an audit. O(edges).
    init(
        _ mass: WalkMass, _ tables: ItemTables, _ walk: WarmItemWalk, _ snapshot: GraphSnapshot,
        _ query: RankingQuery, groups: [AuthorIndex?]
    ) {
        (self.mass, self.tables) = (mass, tables)
        leftOut = ItemTables.leftOut(snapshot, query)
        var own = [Double](repeating: 0, count: snapshot.itemCount)
        for entry in snapshot.interactions.entries(query.ego.position) {
            own[Int(snapshot.interactions.columns[entry])] = snapshot.interactions.weights[entry]
        }
        self.own = own
        total = mass.itemVisits.reduce(0, +)
        voices = WarmVoices(
            snapshot, walk, ego: query.ego, groups: groups,
            rates: Self.rates(walk, snapshot, total: total), supporters: tables.supporters,
            tolerance: Self.stalePart * query.parameters.epsilon)
    }

    /// Takes over a walk that followed new rows of some authors, not the ego's, that only gained items.
    /// False, and of no use any more, where somebody fell silent or began to speak.
    mutating func take(
        _ changed: [Int], _ walk: WarmItemWalk, from old: GraphSnapshot, to new: GraphSnapshot,
        _ query: RankingQuery
    ) -> Bool {
        let sum = walk.mass
        guard sum > 0 else { return false }
        let rates = Self.rates(walk, new, total: sum)
        mass.authorVisits = walk.visits.map { max(0, $0) }
        mass.contributions = .rates(rates)
        guard
            let heard = voices.take(
                changed, rates: rates, walk, from: old.interactions, to: new.interactions)
        else { return false }
        var isMoved = [Bool](repeating: false, count: new.itemCount)
        for item in heard { isMoved[item] = true }
        for author in changed {
            for entry in new.interactions.entries(author) {
                isMoved[Int(new.interactions.columns[entry])] = true
            }
        }
        let moved = update(walk, query, &isMoved, total: sum)
        if Double(moved.count) > Self.reorderedPart * Double(isMoved.count) {
            tables.sort(leftOut: leftOut)
        } else {
            tables.reorder(moved, isMoved, leftOut: leftOut)
        }
        tables.supporters = voices.supporters
        return true
    }

    /// Goes through the items that `isMoved` names and those whose mass moved; which they were, ascending.
    private mutating func update(
        _ walk: WarmItemWalk, _ query: RankingQuery, _ isMoved: inout [Bool], total sum: Double
    ) -> [Int] {
        let slack = Self.stalePart * query.parameters.epsilon * sum
        // Shares are at most 1: all of them are found anew before their sum is off by as much.
        let isOff = abs(sum - total) > slack
        if isOff { total = sum }
        let moved = movedItems(walk, isMoved, slack: isOff ? -1 : slack)
        for item in moved {
            isMoved[item] = true
            mass.itemVisits[item] = walk.mass(item)
            mass.shares[item] = mass.itemVisits[item] / sum
            mass.popularity[item] = walk.popularity[item]
            judge(item, walk, query)
        }
        return moved
    }

    private func movedItems(_ walk: WarmItemWalk, _ isMoved: [Bool], slack: Double) -> [Int] {
        let (items, popularity) = (walk.items.span, walk.popularity.span)
        let (known, isMoved) = (mass.itemVisits.span, isMoved.span)
        let level = walk.level
        var moved: [Int] = []
        for item in known.indices {
            let gap = abs(max(0, popularity[item] * (items[item].density + level)) - known[item])
            if gap > min(slack, Self.unseenPart * known[item]) || isMoved[item] {
                moved.append(item)
            }
        }
        return moved
    }

    /// Concentration, factor and score of one item.
    private mutating func judge(_ item: Int, _ walk: WarmItemWalk, _ query: RankingQuery) {
        let share = mass.shares[item]
        var others = share - voices.own(own[item])
        // What is left of a difference of nearly equal numbers is rounding.
        if others < Self.cancelled * share { others = voices.others(item, walk.holders) }
        let concentration = others > 0 ? min(1, voices.loudest[item] / others) : 0
        tables.concentration[item] = concentration
        tables.factors[item] = Concentration.factor(concentration, query.parameters)
        tables.scores[item] = ItemTables.score(
            share: share, factor: tables.factors[item], popularity: mass.popularity[item],
            exponent: mass.popularityExponent)
    }

    /// Below this part of what was subtracted from, a difference has fewer than ten digits.
    private static let cancelled = 1e-6

    /// What each author says, as a part of all, by the weights of its row.
    private static func rates(
        _ walk: WarmItemWalk, _ snapshot: GraphSnapshot, total: Double
    ) -> [Double] {
        let forth = (1 - walk.alpha) / total
        return zip(walk.visits, snapshot.interactions.scales).map { max(0, $0) * ($1 * forth) }
    }
}
