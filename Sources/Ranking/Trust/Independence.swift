/// The factor on items whose support a few authors could silence together (section "Independence" of
/// `docs/ranking.md`): the answer to cross-linked teams, whom dominators do not see.
struct Independence {
    /// The part of an item's support that independent ways of trust carry, relative to what they carry
    /// of trust as a whole, in [0, 1]; nil for items that were not asked about. Per item.
    private(set) var values: [Double?]
    private var routing: SupportRouting
    /// What the ways carry of the ego's trust as a whole.
    private let reference: Double
    private let parameters: RankingParameters
    private let rule: Rule

    /// How independence lowers a score.
    struct Rule {
        /// The factor rises from `floor` to 1 between these two.
        var from: Double
        var until: Double
        /// Whether it multiplies the factor of the concentration on groups; else the smaller one counts.
        var multiplies: Bool

        /// Where voices saturate (`taste`), an item of one voice that is loud in itself would pass honest
        /// ones that both factors lower a little, if the two were multiplied.
        init(_ engine: EngineName, _ parameters: RankingParameters) {
            let isTrusted = engine == .tsalsa
            from = isTrusted ? parameters.independenceFrom : parameters.taste.independenceFrom
            until = isTrusted ? parameters.independenceUntil : parameters.taste.independenceUntil
            multiplies = isTrusted
        }
    }

    init(_ snapshot: GraphSnapshot, _ query: RankingQuery, visits: [Double], rule: Rule) {
        parameters = query.parameters
        self.rule = rule
        values = [Double?](repeating: nil, count: snapshot.itemCount)
        routing = SupportRouting(snapshot, query, visits: visits)
        reference = routing.carried(
            visits.indices.map { .init(author: UInt32(truncatingIfNeeded: $0), amount: visits[$0]) }
        )
    }

    /// Asks about items, highest score first, until the first `auditedPlaces` places are certain: no
    /// item that was not asked about could reach them even so. O(supporters of the items asked and their ways).
    mutating func audit(
        _ snapshot: GraphSnapshot, _ contributions: Contributions, scores: inout [Double],
        factors: inout [Double], leftOut: [Bool]
    ) {
        var candidates: [RadixOrder.Candidate] = []
        for item in scores.indices where scores[item] > 0 && !leftOut[item] {
            // Positive numbers order as their bits do.
            candidates.append(
                RadixOrder.Candidate(
                    key: ~scores[item].bitPattern, number: UInt32(truncatingIfNeeded: item)))
        }
        var waiting = ScoreHeap()
        var certain = 0
        for candidate in RadixOrder.sorted(candidates) {
            let item = Int(candidate.number)
            while let best = waiting.top, best >= scores[item] {
                waiting.removeTop()
                certain += 1
            }
            if certain >= parameters.auditedPlaces { return }
            let found = factor(snapshot, contributions, item: item)
            let factor = rule.multiplies ? found * factors[item] : min(found, factors[item])
            scores[item] *= factor / factors[item]
            factors[item] = factor
            waiting.insert(scores[item])
        }
    }

    private mutating func factor(
        _ snapshot: GraphSnapshot, _ contributions: Contributions, item: Int
    ) -> Double {
        var support: [SupportRouting.Support] = []
        for place in snapshot.holders.places(item) {
            let author = snapshot.holders.row(at: place)
            guard
                let entry = snapshot.interactions.entry(
                    row: Int(author), column: UInt32(truncatingIfNeeded: item))
            else { continue }
            let amount = contributions.value(
                author: Int(author), entry: entry, weights: snapshot.interactions.weights)
            support.append(.init(author: author, amount: amount))
        }
        let carried = routing.carried(support)
        let value = reference > 0 ? min(1, carried / reference) : 1
        values[item] = value
        let ramp = (value - rule.from) / (rule.until - rule.from)
        return max(parameters.floor, min(1, ramp))
    }
}

/// A heap of scores, the largest on top.
private struct ScoreHeap {
    private var heap: [Double] = []

    var top: Double? { heap.first }

    mutating func insert(_ score: Double) {
        heap.append(score)
        var child = heap.count - 1
        while child > 0, heap[child] > heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeTop() {
        guard let last = heap.popLast(), !heap.isEmpty else { return }
        heap[0] = last
        var above = 0
        while true {
            var child = 2 * above + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, heap[child + 1] > heap[child] { child += 1 }
            guard heap[child] > heap[above] else { return }
            heap.swapAt(child, above)
            above = child
        }
    }
}
