internal import Primitives

/// Users of the data set who turn attacker, with Sybils behind them and items to push: the giga recipe
/// of Web3Recommend (arXiv 2307.01411) and its relatives.
///
/// Who turns keeps the trust of others, trusts nobody honest any more and gives its profile up; turned
/// users are not asked. They work in teams of `team`; a team has `sybils` identities for each of its
/// heads and `items` spam items.
public struct ColluderAttack: Hashable, Sendable {
    /// How a team's Sybils hang together. In cycles and links trust that has entered stays.
    public enum Shape: String, Hashable, Sendable, CaseIterable {
        /// Each team leads chains and cycles in turn.
        case mixed
        /// Head to Sybil to Sybil.
        case chain
        /// The head trusts each Sybil, which trusts nobody.
        case star
        /// The head trusts each Sybil and is trusted back.
        case cycle
        /// Every head of the team trusts every Sybil and is trusted back, and the Sybils form a ring:
        /// with two heads or more no single vertex cuts a Sybil off.
        case linked
    }

    /// What attackers and Sybils claim to like beside the spam.
    public enum Profile: String, Hashable, Sendable, CaseIterable {
        /// `camouflage` of the 500 most popular items; of 100 plays each spam item gets 20 from a head
        /// and 10 from a Sybil, camouflage shares the rest.
        case popular
        /// The profile of a random honest user, spam with the largest weight in it.
        case copy
        /// The same of one honest user who trusts a head, for the whole team.
        case victim
    }

    /// What is pushed.
    public enum Spam: String, Hashable, Sendable, CaseIterable {
        /// Items of each team's own.
        case own
        /// The same items by all teams: then each team is a voice for them.
        case common
        /// Real items out of a hundred with five holders or more, which are counted as spam.
        case real
    }

    /// Part of the users with items that turn, rounded; less what does not fill a team.
    public private(set) var fraction = 0.1
    public private(set) var team = 1
    /// For each head.
    public private(set) var sybils = 20
    /// Pushed by each team.
    public private(set) var items = 3
    /// Items of a popular profile.
    public private(set) var camouflage = 5
    public private(set) var shape = Shape.mixed
    public private(set) var profile = Profile.popular
    public private(set) var spam = Spam.own
    public private(set) var seed: UInt64 = 1

    /// The real items that slander may choose from, and how many holders they need.
    private static let realItems = (count: 100, holders: 5)
    /// Camouflage is taken from so many of the most popular items (arXiv 2307.01411).
    private static let popularItems = 500

    init(_ kind: Attack.Kind, _ settings: inout AttackSettings) throws(EvaluationFailure) {
        switch kind {
        case .teams: (team, shape) = (2, .linked)
        case .copies: (shape, profile) = (.cycle, .victim)
        case .slander: (shape, spam) = (.cycle, .real)
        default: break
        }
        try settings.take("fraction", into: &fraction, 0...0.9)
        try settings.take("team", into: &team, 1...100)
        try settings.take("sybils", into: &sybils, 0...10_000)
        try settings.take("items", into: &items, 1...100)
        try settings.take("camouflage", into: &camouflage, 0...500)
        try settings.take("shape", into: &shape)
        try settings.take("profile", into: &profile)
        try settings.take("spam", into: &spam)
        try settings.take(seed: &seed)
        try settings.finish()
    }

    /// See `Attack.applied`.
    func applied(to data: EvaluationData) throws(EvaluationFailure) -> EvaluationData {
        var able = (0..<data.users.count).filter { !data.train.entries($0).isEmpty }
        var random = SeededRandom(seed: seed, stream: "colluders")
        random.shuffle(&able)
        let wanted = Int((fraction * Double(able.count)).rounded())
        let heads = Array(able.prefix(wanted - wanted % team))
        let honest = Array(able.dropFirst(heads.count))
        guard !honest.isEmpty else {
            throw EvaluationFailure(
                code: .content, operation: "attack", message: "nobody honest would be left")
        }
        var turned = [Bool](repeating: false, count: data.users.count)
        for head in heads { turned[head] = true }
        let real = try realItems(data)
        var scene = Scene(
            data: data, honest: honest, popular: Self.popular(data), random: random,
            train: data.rows(data.train) { !turned[$0] },
            trust: data.trustPairs { !turned[$0] }, spam: Set(real))
        for (number, first) in stride(from: 0, to: heads.count, by: team).enumerated() {
            let members = Array(heads[first..<first + team])
            add(members, number: number, real: real, to: &scene)
        }
        return EvaluationData(
            train: InteractionTable(scene.train),
            test: InteractionTable(data.rows(data.test) { !turned[$0] }), trust: scene.trust,
            spamItems: scene.spam)
    }

    /// What is being built.
    private struct Scene {
        let data: EvaluationData
        let honest: [Int]
        let popular: [Int]
        var random: SeededRandom
        var train: [InteractionTable.Row]
        var trust: [TrustPair]
        var spam: Set<String>
    }

    private func add(_ members: [Int], number: Int, real: [String], to scene: inout Scene) {
        let heads = members.map { scene.data.users[$0] }
        let names = (0..<sybils * team).map { "~sybil-\(number)-\($0)" }
        var pushed: [String]
        switch spam {
        case .own: pushed = (0..<items).map { "~spam-\(number)-\($0)" }
        case .common: pushed = (0..<items).map { "~spam-\($0)" }
        case .real:
            pushed = real
            scene.random.shuffle(&pushed)
            pushed = Array(pushed.prefix(items))
        }
        scene.spam.formUnion(pushed)
        scene.trust += ties(heads, names, isEven: number.isMultiple(of: 2))
        let victim = profile == .victim ? victim(of: members, in: &scene) : nil
        for name in heads + names {
            if profile == .popular {
                disguise(name, pushed, playsEach: heads.contains(name) ? 20 : 10, in: &scene)
            } else {
                let copied = victim ?? scene.honest[scene.random.below(scene.honest.count)]
                copy(copied, as: name, pushed, in: &scene)
            }
        }
    }

    /// The trust edges inside a team.
    private func ties(_ heads: [String], _ sybils: [String], isEven: Bool) -> [TrustPair] {
        var pairs: [TrustPair] = []
        for (place, sybil) in sybils.enumerated() {
            let head = heads[place % heads.count]
            switch (shape, isEven) {
            case (.chain, _), (.mixed, true):
                let before = place < heads.count ? head : sybils[place - heads.count]
                pairs.append(TrustPair(source: before, target: sybil))
            case (.star, _):
                pairs.append(TrustPair(source: head, target: sybil))
            case (.cycle, _), (.mixed, false):
                pairs.append(TrustPair(source: head, target: sybil))
                pairs.append(TrustPair(source: sybil, target: head))
            case (.linked, _):
                for head in heads {
                    pairs.append(TrustPair(source: head, target: sybil))
                    pairs.append(TrustPair(source: sybil, target: head))
                }
                let next = sybils[(place + 1) % sybils.count]
                pairs.append(TrustPair(source: sybil, target: next))
            }
        }
        return pairs
    }

    /// Of 100 plays `playsEach` go to each pushed item, camouflage shares the rest.
    private func disguise(
        _ name: String, _ pushed: [String], playsEach: Double, in scene: inout Scene
    ) {
        var chosen = Set<Int>()
        for _ in 0..<camouflage {
            chosen.insert(scene.popular[scene.random.below(scene.popular.count)])
        }
        let rest = max(0, 100 - playsEach * Double(pushed.count)) / Double(max(1, chosen.count))
        for item in chosen.sorted() {
            scene.train.append(
                .init(user: name, item: scene.data.items[item], weight: max(1, rest)))
        }
        for item in pushed {
            scene.train.append(.init(user: name, item: item, weight: playsEach))
        }
    }

    private func copy(
        _ copied: Int, as name: String, _ pushed: [String], in scene: inout Scene
    ) {
        let train = scene.data.train
        var largest = 0.0
        for entry in train.entries(copied) {
            largest = max(largest, train.values[entry])
            scene.train.append(
                .init(
                    user: name, item: scene.data.items[Int(train.columns[entry])],
                    weight: train.values[entry]))
        }
        for item in pushed { scene.train.append(.init(user: name, item: item, weight: largest)) }
    }

    /// An honest user who trusts a head; without one anybody honest.
    private func victim(of members: [Int], in scene: inout Scene) -> Int {
        let wanted = Set(members.map { UInt32($0) })
        let trusting = scene.honest.filter { user in
            scene.data.trust.row(user).contains { wanted.contains($0) }
        }
        let from = trusting.isEmpty ? scene.honest : trusting
        return from[scene.random.below(from.count)]
    }

    /// The most popular items of train, more holders first, then by number.
    private static func popular(_ data: EvaluationData) -> [Int] {
        let counts = data.train.columnCounts
        return Array(
            counts.indices.sorted { (-counts[$0], $0) < (-counts[$1], $1) }.prefix(popularItems))
    }

    /// From a stream of its own, so that a slander of nobody counts the same items.
    private func realItems(_ data: EvaluationData) throws(EvaluationFailure) -> [String] {
        guard spam == .real else { return [] }
        let counts = data.train.columnCounts
        var held = counts.indices.filter { counts[$0] >= Self.realItems.holders }
        guard held.count >= items else {
            throw EvaluationFailure(
                code: .content, operation: "attack",
                message: "only \(held.count) items have five holders")
        }
        var random = SeededRandom(seed: seed, stream: "slandered items")
        random.shuffle(&held)
        return held.prefix(Self.realItems.count).map { data.items[$0] }
    }
}
