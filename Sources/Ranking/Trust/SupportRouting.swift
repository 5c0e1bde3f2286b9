/// How much of a thing's support trust can carry to the ego when nobody may carry more than one voice
/// (section "Independence" of `docs/ranking.md`).
///
/// Support starts at the authors that give it and goes towards the ego along `TrustLevels`, split in
/// proportion to trust. An author passes at most its capacity, its own support included; what does
/// not pass is offered again, `rounds` times, to ways that are still open. Whatever the routing finds
/// is carried by ways that exist, so any q authors that meet all ways of some support carry no more
/// of it than their capacities together: that is the whole proof.
struct SupportRouting {
    /// What one author gives.
    struct Support {
        var author: UInt32
        var amount: Double
    }

    /// Support that found its way closed is offered again so often; a third round carries what two
    /// leave, more rounds changed nothing that could be measured.
    private static let rounds = 3
    /// An author with less of its capacity left is closed, so that rounding does not decide.
    private static let leastLeft = 1e-9

    private let levels: TrustLevels
    /// Of all support, what each place passes at most. Per place.
    private let capacity: [Double]
    // Working arrays per place; those of places outside `touched` mean nothing.
    private var supply: [Double]
    private var load: [Double]
    private var passed: [Double]
    private var delivered: [Double]
    private var used: [Double]
    /// The trust that comes by ways which are open; 0: closed.
    private var open: [Double]
    private var isTouched: [Bool]
    private var touched: [UInt32] = []

    /// A voice is one over `independentVoices` of the support, and for a friend of the ego at least
    /// the part of the ego's trust that it has. O(trust edges within reach).
    init(_ snapshot: GraphSnapshot, _ query: RankingQuery, visits: [Double]) {
        levels = TrustLevels(snapshot, ego: query.ego, visits: visits)
        let count = levels.order.count
        let voice = 1 / Double(query.parameters.independentVoices)
        let others = query.parameters.independenceScope == .everyone ? voice : 1
        var capacity = [Double](repeating: others, count: count)
        let friends = snapshot.contains(query.ego) ? snapshot.trusted(by: query.ego) : []
        for (friend, probability) in friends {
            capacity[Int(levels.places[friend.position])] = max(voice, probability)
        }
        self.capacity = capacity
        supply = [Double](repeating: 0, count: count)
        (load, passed, delivered, used, open) = (supply, supply, supply, supply, supply)
        isTouched = [Bool](repeating: false, count: count)
    }

    /// The part in [0, 1] of the support that can be carried; 1 for no support. Support of the ego
    /// and of authors out of reach does not count. O(ways from the supporters to the ego).
    mutating func carried(_ support: [Support]) -> Double {
        var total = 0.0
        for giver in support where giver.amount > 0 {
            let place = levels.places[Int(giver.author)]
            guard place != TrustLevels.unreached, place > 0 else { continue }
            touch(place)
            supply[Int(place)] += giver.amount
            total += giver.amount
        }
        defer { clear() }
        guard total > 0, total.isFinite else { return 1 }
        touchWays()
        for place in touched { supply[Int(place)] /= total }
        var carried = 0.0
        for _ in 0..<Self.rounds where carried < 1 - Self.leastLeft {
            openWays()
            offer()
            carried += settle()
        }
        return min(1, carried)
    }

    /// From the ego outwards: who still has capacity and an open way, and how wide its ways are.
    private mutating func openWays() {
        for place in touched.lazy.map(Int.init) {
            open[place] = 0
            guard used[place] < capacity[place] * (1 - Self.leastLeft) else { continue }
            for way in levels.ways(place) {
                let nearer = Int(levels.nearer[way])
                if nearer == 0 || open[nearer] > 0 { open[place] += levels.shares[way] }
            }
        }
    }

    /// Towards the ego: what each is handed, and the part of it that it passes.
    private mutating func offer() {
        for place in touched.lazy.map(Int.init) { load[place] = supply[place] }
        for place in touched.reversed().lazy.map(Int.init) {
            passed[place] = 0
            guard open[place] > 0, load[place] > 0 else { continue }
            passed[place] = min(1, (capacity[place] - used[place]) / load[place])
            let handed = load[place] * passed[place] / open[place]
            for way in levels.ways(place) {
                let nearer = Int(levels.nearer[way])
                guard nearer > 0, open[nearer] > 0 else { continue }
                load[nearer] += handed * levels.shares[way]
            }
        }
    }

    /// From the ego outwards: the part of what each was handed that arrived; capacity is used by that
    /// alone.
    private mutating func settle() -> Double {
        var carried = 0.0
        for place in touched.lazy.map(Int.init) {
            delivered[place] = 0
            guard passed[place] > 0 else { continue }
            var arrives = 0.0
            for way in levels.ways(place) {
                let nearer = Int(levels.nearer[way])
                guard nearer == 0 || open[nearer] > 0 else { continue }
                let share = levels.shares[way]
                arrives += nearer == 0 ? share : share * delivered[nearer]
            }
            delivered[place] = passed[place] * min(1, arrives / open[place])
            used[place] += load[place] * delivered[place]
            let arrived = supply[place] * delivered[place]
            carried += arrived
            supply[place] -= arrived
        }
        return carried
    }

    private mutating func touch(_ place: UInt32) {
        guard !isTouched[Int(place)] else { return }
        isTouched[Int(place)] = true
        touched.append(place)
    }

    /// Everybody on a way from a supporter, in ascending order: nearest to the ego first.
    private mutating func touchWays() {
        var next = 0
        while next < touched.count {
            for way in levels.ways(Int(touched[next])) where levels.nearer[way] > 0 {
                touch(levels.nearer[way])
            }
            next += 1
        }
        // Sorting would take longer than a look at every place.
        touched.removeAll(keepingCapacity: true)
        for place in isTouched.indices where isTouched[place] {
            touched.append(UInt32(truncatingIfNeeded: place))
        }
    }

    private mutating func clear() {
        for place in touched.lazy.map(Int.init) {
            (supply[place], used[place], isTouched[place]) = (0, 0, false)
        }
        touched.removeAll(keepingCapacity: true)
    }
}
