@testable import Ranking

extension DenseReference {
    struct Salsa {
        var trust: [Double]
        var userVisits: [Double]
        var itemVisits: [Double]
        var popularity: [Double]
        /// Contribution of a user to an item's visits.
        var contribution: Matrix
    }

    /// Sections A and C by matrices that are written out, the backward one included.
    func trustedSalsa(
        alphaTrust: Double, alphaSalsa: Double, factors: [Double]? = nil, iterations: Int = 400
    ) -> Salsa {
        let visits = green(alpha: alphaTrust)[ego]
        let total = visits.reduce(0, +)
        let trust = visits.enumerated().map { $1 / total * (factors?[$0] ?? 1) }
        let forward = listens.map { row in
            let sum = row.reduce(0, +)
            return row.map { sum > 0 ? $0 / sum : 0 }
        }
        let popularity = (0..<items).map { item in
            (0..<users).reduce(0) { $0 + trust[$1] * forward[$1][item] }
        }
        var backward = Matrix(repeating: [Double](repeating: 0, count: users), count: items)
        for item in 0..<items where popularity[item] > 0 {
            for user in 0..<users {
                backward[item][user] = trust[user] * forward[user][item] / popularity[item]
            }
        }
        var start = [Double](repeating: 0, count: users)
        if listens[ego].contains(where: { $0 > 0 }) {
            start[ego] = 1
        } else {
            let reach = (0..<users).filter { $0 != ego && listens[$0].contains { $0 > 0 } }
                .reduce(0) { $0 + trust[$1] }
            for user in 0..<users where user != ego && reach > 0 {
                start[user] = listens[user].contains { $0 > 0 } ? trust[user] / reach : 0
            }
        }
        return walk(
            trust: trust, start: start, forward: forward, backward: backward,
            popularity: popularity, alpha: alphaSalsa, iterations: iterations)
    }

    private func walk(
        trust: [Double], start: [Double], forward: Matrix, backward: Matrix, popularity: [Double],
        alpha: Double, iterations: Int
    ) -> Salsa {
        var mass = start
        var userVisits = [Double](repeating: 0, count: users)
        var itemVisits = [Double](repeating: 0, count: items)
        for _ in 0..<iterations {
            var onItems = [Double](repeating: 0, count: items)
            for user in 0..<users where mass[user] > 0 {
                userVisits[user] += mass[user]
                for item in 0..<items {
                    onItems[item] += (1 - alpha) * mass[user] * forward[user][item]
                }
            }
            mass = [Double](repeating: 0, count: users)
            for item in 0..<items where onItems[item] > 0 {
                itemVisits[item] += onItems[item]
                for user in 0..<users { mass[user] += onItems[item] * backward[item][user] }
            }
            if mass.reduce(0, +) < 1e-16 { break }
        }
        let contribution = (0..<users).map { user in
            (0..<items).map { (1 - alpha) * userVisits[user] * forward[user][$0] }
        }
        return Salsa(
            trust: trust, userVisits: userVisits, itemVisits: itemVisits, popularity: popularity,
            contribution: contribution)
    }

    /// Concentration of the contributions of others on groups, per item.
    func concentration(_ contribution: Matrix, groups: [Int]) -> [Double] {
        (0..<items).map { item in
            var sums: [Int: Double] = [:]
            for user in 0..<users where user != ego {
                sums[groups[user], default: 0] += contribution[user][item]
            }
            let total = sums.values.sorted().reduce(0, +)
            return total > 0 ? (sums.values.max() ?? 0) / total : 0
        }
    }
}

/// The walk of `web3recommend` as an exact Markov chain on (user, item before) and (item, user
/// before), by forward iteration over the states that can be reached.
struct TasteChain {
    enum State: Hashable {
        case user(Int, before: Int)
        case item(Int, by: Int)
    }

    private(set) var states: [State] = []
    private var next: [[(state: Int, probability: Double)]] = []
    private let items: Int
    private let users: Int
    private let ego: Int

    init(_ dense: DenseReference, alpha: Double, normalised: Bool = false) {
        items = dense.items
        users = dense.users
        ego = dense.ego
        var known: [State: Int] = [:]
        let start = State.user(dense.ego, before: -1)
        states = [start]
        known[start] = 0
        var done = 0
        while done < states.count {
            var row: [(state: Int, probability: Double)] = []
            for (state, weight) in Self.steps(states[done], dense, normalised: normalised) {
                if known[state] == nil {
                    known[state] = states.count
                    states.append(state)
                }
                row.append((known[state] ?? 0, (1 - alpha) * weight))
            }
            next.append(row)
            done += 1
        }
    }

    private static func steps(
        _ state: State, _ dense: DenseReference, normalised: Bool
    ) -> [(State, Double)] {
        switch state {
        case .user(let user, let before):
            let weights = dense.listens[user].enumerated().map { $0 == before ? 0 : $1 }
            let sum = weights.reduce(0, +)
            return weights.enumerated().filter { $1 > 0 }.map { item, weight in
                (.item(item, by: user), weight / sum)
            }
        case .item(let item, let user):
            let others = (0..<dense.users).contains { $0 != user && dense.listens[$0][item] > 0 }
            guard others else { return [] }
            let trusted = (0..<dense.users).filter { dense.trust[user][$0] > 0 }
            var weights = trusted.map { friend in
                let scale = normalised ? dense.listens[friend].reduce(0, +) : 1
                return scale > 0 ? dense.listens[friend][item] / scale : 0
            }
            if weights.allSatisfy({ $0 == 0 }) { weights = trusted.map { dense.trust[user][$0] } }
            let sum = weights.reduce(0, +)
            return zip(trusted, weights).filter { $1 > 0 }.map { friend, weight in
                (.user(friend, before: item), weight / sum)
            }
        }
    }

    /// Expected visits of each item.
    func itemVisits() -> [Double] {
        var visits = [Double](repeating: 0, count: items)
        run { state, mass in
            if case .item(let item, _) = states[state] { visits[item] += mass }
            return true
        }
        return visits
    }

    /// For each item the largest share of the walks to it that met one other vertex but the ego
    /// before, and that vertex: users before items, each ascending.
    func bottlenecks() -> (ratio: [Double], vertex: [String]) {
        var ratio = [Double](repeating: 0, count: items)
        var vertex = [String](repeating: "", count: items)
        for item in 0..<items {
            let whole = hit(item, avoiding: nil)
            guard whole > 0 else { continue }
            let candidates =
                (0..<users).filter { $0 != ego }.map { (true, $0) }
                + (0..<items).filter { $0 != item }.map { (false, $0) }
            for (isUser, other) in candidates {
                let share = 1 - hit(item, avoiding: (isUser, other)) / whole
                if share > ratio[item] + 1e-12 {
                    (ratio[item], vertex[item]) = (share, (isUser ? "u" : "i") + "\(other)")
                }
            }
        }
        return (ratio, vertex)
    }

    /// The chance that a walk visits an item before it meets a vertex.
    private func hit(_ target: Int, avoiding taboo: (isUser: Bool, index: Int)?) -> Double {
        var chance = 0.0
        run { state, mass in
            switch states[state] {
            case .user(let user, _): return !(taboo?.isUser == true && taboo?.index == user)
            case .item(let item, _):
                if item == target { chance += mass }
                return item != target && !(taboo?.isUser == false && taboo?.index == item)
            }
        }
        return chance
    }

    /// Runs the chain until nothing is left; walks end at states for which `visit` is false.
    private func run(_ visit: (Int, Double) -> Bool) {
        var mass = [Double](repeating: 0, count: states.count)
        mass[0] = 1
        for _ in 0..<400 {
            var after = [Double](repeating: 0, count: states.count)
            var rest = 0.0
            for state in 0..<states.count where mass[state] > 0 {
                guard visit(state, mass[state]) else { continue }
                for (target, probability) in next[state] {
                    after[target] += mass[state] * probability
                    rest += mass[state] * probability
                }
            }
            mass = after
            if rest < 1e-14 { break }
        }
    }
}
