internal import Primitives

/// Profile-copying Sybils behind a few attack edges, who push some items (`docs/evaluation.md`,
/// "Attack").
///
/// Each Sybil copies the train profile of a random honest user and adds every spam item with the
/// largest weight of that profile. The region is cut into one team per attack edge: a random honest
/// user trusts the team's head, the head trusts its team, and everybody in it trusts the head back,
/// so that trust that has entered stays (the cycle that meets the bound of T1).
public struct SybilAttack: Hashable, Sendable {
    public enum Copies: String, Hashable, Sendable, CaseIterable {
        /// Every Sybil another random profile.
        case random
        /// All Sybils the profile of one random victim who trusts somebody.
        case victim
    }

    public enum Shape: String, Hashable, Sendable, CaseIterable {
        /// Each attack edge leads to a team of its own.
        case teams
        /// Every Sybil is trusted by the heads of two teams, so that with two attack edges or more no
        /// single vertex cuts it off: the open hole of T7.
        case linked
    }

    public private(set) var sybils = 10_000
    public private(set) var edges = 5
    public private(set) var items = 10
    public private(set) var copies = Copies.random
    public private(set) var shape = Shape.teams
    public private(set) var seed: UInt64 = 1

    init(_ settings: inout AttackSettings) throws(EvaluationFailure) {
        try settings.take("sybils", into: &sybils, 1...1_000_000)
        try settings.take("edges", into: &edges, 0...1_000_000)
        try settings.take("items", into: &items, 1...10_000)
        try settings.take("copies", into: &copies)
        try settings.take("shape", into: &shape)
        try settings.take(seed: &seed)
        try settings.finish()
        guard edges <= sybils else {
            throw settings.refusal("each of the \(edges) attack edges needs a Sybil")
        }
    }

    /// See `Attack.applied`. Throws `.content` when nobody is there to be copied or to be deceived.
    func applied(to data: EvaluationData) throws(EvaluationFailure) -> EvaluationData {
        let honest = (0..<data.users.count).filter { !data.train.entries($0).isEmpty }
        let trusting = honest.filter { !data.trust.entries($0).isEmpty }
        let deceived = trusting.isEmpty ? honest : trusting
        guard !honest.isEmpty, edges <= deceived.count else {
            throw EvaluationFailure(
                code: .content, operation: "attack with \(edges) edges",
                message: "only \(deceived.count) users can be deceived")
        }
        var random = SeededRandom(seed: seed, stream: "sybil attack")
        var victims = deceived
        random.shuffle(&victims)
        let names = (0..<sybils).map { "~sybil-\($0)" }
        let spam = (0..<items).map { "~spam-\($0)" }
        var train = data.rows(data.train)
        let target = victims[0]
        for name in names {
            let copied = copies == .victim ? target : honest[random.below(honest.count)]
            var largest = 0.0
            for entry in data.train.entries(copied) {
                let weight = data.train.values[entry]
                largest = max(largest, weight)
                let item = data.items[Int(data.train.columns[entry])]
                train.append(.init(user: name, item: item, weight: weight))
            }
            for item in spam { train.append(.init(user: name, item: item, weight: largest)) }
        }
        return EvaluationData(
            train: InteractionTable(train), test: InteractionTable(data.rows(data.test)),
            trust: data.trustPairs() + region(names, victims: victims.map { data.users[$0] }),
            spamItems: Set(spam))
    }

    private func region(_ names: [String], victims: [String]) -> [TrustPair] {
        guard edges > 0 else { return [] }
        var pairs = (0..<edges).map { TrustPair(source: victims[$0], target: names[$0]) }
        for member in edges..<max(edges, names.count) {
            let head = names[member % edges]
            pairs.append(TrustPair(source: head, target: names[member]))
            pairs.append(TrustPair(source: names[member], target: head))
            if shape == .linked, edges > 1 {
                pairs.append(
                    TrustPair(source: names[(member + 1) % edges], target: names[member]))
            }
        }
        return pairs
    }
}
