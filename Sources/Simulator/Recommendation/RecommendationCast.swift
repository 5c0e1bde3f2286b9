internal import Evaluation
import Primitives

/// Who lives in a network whose lists are judged: people with tastes and friends, of whom some are asked for items
/// that were held back from them, and attackers. From the scenario and a seed alone.
struct RecommendationCast {
    struct Person {
        let name: String
        /// Items with plays, in the order of their names.
        var plays: [(item: ItemID, count: Double)]
        var trusts: [String]
    }

    /// Attackers behind one peer: who hangs together by trust among attackers.
    struct Team {
        var members: [Person]
        /// What members did before they turned; empty for those who had no life before.
        var before: [Person] = []
    }

    /// Whose lists are judged, and what counts as spam: also in the same network without attackers.
    struct Audience {
        var egos: [String]
        var spam: Set<String>
    }

    private(set) var honest: [Person] = []
    private(set) var teams: [Team] = []
    let audience: Audience
    /// What each ego would like and has not said.
    let held: [String: Set<String>]
    /// Honest users' edges to attackers.
    private(set) var attackEdges = 0
    /// Users before anybody turned.
    let userCount: Int

    var attackerCount: Int { teams.reduce(0) { $0 + $1.members.count } }
    var sybilCount: Int {
        teams.reduce(0) { $0 + $1.members.count { $0.name.hasPrefix("~") } }
    }

    /// Throws when the community cannot be attacked like this. `audience` as another cast chose it; nil chooses.
    init(_ scenario: Scenario, seed: UInt64, audience: Audience? = nil) throws(EvaluationFailure) {
        let attack = RecommendationAttack(rawValue: scenario.attack) ?? .none
        let recipe = attack.recipe(scenario, seed: seed)
        userCount = Self.users(scenario, attack)
        let people = try GeneratedCommunity(
            "users=\(userCount),items=\(scenario.items),circles=\(scenario.circles),"
                + "likes=\(scenario.likes),friends=\(scenario.friends),seed=\(seed)")
        let split = try Split.leaveOut(share: scenario.heldOut).apply(
            to: people.interactions, seed: seed)
        let before = EvaluationData(train: split.train, test: split.test, trust: people.trust)
        let data =
            try recipe.map { recipe throws(EvaluationFailure) in
                try Attack(recipe).applied(to: before)
            } ?? before
        let attackers = Set(data.users.indices.filter { Self.isAttacker($0, data, before) })
        let spam = audience?.spam ?? Set(data.spamItems.map { data.items[$0] })
        self.audience =
            audience
            ?? Audience(
                egos: Self.egos(data, attackers, scenario.egos, seed: seed), spam: spam)
        var held: [String: Set<String>] = [:]
        for ego in self.audience.egos {
            guard let place = data.users.firstIndex(of: ego) else { continue }
            held[ego] = Set(data.test.row(place).map { data.items[Int($0)] })
        }
        self.held = held
        for user in data.users.indices where !attackers.contains(user) {
            honest.append(Self.person(user, data))
            attackEdges += data.trust.row(user).count { attackers.contains(Int($0)) }
        }
        teams = Self.teams(attackers.sorted(), data, before, remembers: attack.turn == .betrayal)
    }

    /// So many that `nodes.honest` stay honest.
    private static func users(_ scenario: Scenario, _ attack: RecommendationAttack) -> Int {
        switch attack {
        case .none, .sybilRegion, .freeRiders: return scenario.honestNodes
        default: break
        }
        let team = attack == .teams ? scenario.teamSize : 1
        for users in scenario.honestNodes...100 * scenario.honestNodes {
            let turned = Int((scenario.colluders * Double(users)).rounded())
            if users - (turned - turned % team) == scenario.honestNodes { return users }
        }
        return scenario.honestNodes
    }

    /// Made for the attack, or another than before it.
    private static func isAttacker(
        _ user: Int, _ data: EvaluationData, _ before: EvaluationData
    ) -> Bool {
        let name = data.users[user]
        guard !name.hasPrefix("~"), let old = before.users.firstIndex(of: name) else { return true }
        func profile(_ data: EvaluationData, _ user: Int) -> [String: Double] {
            Dictionary(
                uniqueKeysWithValues: data.train.entries(user).map {
                    (data.items[Int(data.train.columns[$0])], data.train.values[$0])
                })
        }
        return profile(data, user) != profile(before, old)
    }

    /// Honest users who trust somebody and have something to find; those whom the attack is nearest to first.
    private static func egos(
        _ data: EvaluationData, _ attackers: Set<Int>, _ count: Int, seed: UInt64
    ) -> [String] {
        var able = data.scoredUsers.filter {
            !attackers.contains($0) && !data.trust.row($0).isEmpty
        }
        var random = SeededRandom(seed: seed, stream: "judged users")
        random.shuffle(&able)
        return able.prefix(count).map { data.users[$0] }
    }

    private static func person(_ user: Int, _ data: EvaluationData) -> Person {
        Person(
            name: data.users[user],
            plays: data.train.entries(user).compactMap { entry in
                ItemID(data.items[Int(data.train.columns[entry])]).map {
                    ($0, data.train.values[entry])
                }
            }, trusts: data.trust.row(user).map { data.users[Int($0)] })
    }

    private static func teams(
        _ attackers: [Int], _ data: EvaluationData, _ before: EvaluationData, remembers: Bool
    ) -> [Team] {
        let inside = Set(attackers)
        var near: [Int: [Int]] = [:]
        for attacker in attackers {
            for other in data.trust.row(attacker).map(Int.init) where inside.contains(other) {
                near[attacker, default: []].append(other)
                near[other, default: []].append(attacker)
            }
        }
        var met: Set<Int> = []
        var teams: [Team] = []
        for first in attackers where met.insert(first).inserted {
            var members = [first]
            var next = 0
            while next < members.count {
                for other in near[members[next]] ?? [] where met.insert(other).inserted {
                    members.append(other)
                }
                next += 1
            }
            var team = Team(members: members.sorted().map { person($0, data) })
            if remembers {
                team.before = team.members.compactMap { member in
                    before.users.firstIndex(of: member.name).map { person($0, before) }
                }
            }
            teams.append(team)
        }
        return teams
    }
}
