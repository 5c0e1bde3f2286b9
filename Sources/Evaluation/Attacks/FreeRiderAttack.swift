internal import Primitives

/// Identities that trust honest users and each other, copy profiles and push items, and whom no honest
/// user trusts. By T3 they change nothing for an engine that asks for trust.
public struct FreeRiderAttack: Hashable, Sendable {
    /// How many.
    public private(set) var riders = 1_000
    /// Spam items that all of them push.
    public private(set) var items = 10
    public private(set) var seed: UInt64 = 1

    init(_ settings: inout AttackSettings) throws(EvaluationFailure) {
        try settings.take("riders", into: &riders, 1...1_000_000)
        try settings.take("items", into: &items, 1...10_000)
        try settings.take(seed: &seed)
        try settings.finish()
    }

    /// See `Attack.applied`.
    func applied(to data: EvaluationData) throws(EvaluationFailure) -> EvaluationData {
        let honest = (0..<data.users.count).filter { !data.train.entries($0).isEmpty }
        guard !honest.isEmpty else {
            throw EvaluationFailure(
                code: .content, operation: "attack riders", message: "there is nobody to copy")
        }
        var random = SeededRandom(seed: seed, stream: "free riders")
        let spam = (0..<items).map { "~spam-\($0)" }
        var train = data.rows(data.train)
        var trust = data.trustPairs()
        for rider in 0..<riders {
            let name = "~rider-\(rider)"
            let copied = honest[random.below(honest.count)]
            var largest = 0.0
            for entry in data.train.entries(copied) {
                largest = max(largest, data.train.values[entry])
                train.append(
                    .init(
                        user: name, item: data.items[Int(data.train.columns[entry])],
                        weight: data.train.values[entry]))
            }
            for item in spam { train.append(.init(user: name, item: item, weight: largest)) }
            trust.append(TrustPair(source: name, target: data.users[copied]))
            trust.append(TrustPair(source: name, target: "~rider-\((rider + 1) % riders)"))
        }
        return EvaluationData(
            train: InteractionTable(train), test: InteractionTable(data.rows(data.test)),
            trust: trust, spamItems: Set(spam))
    }
}
