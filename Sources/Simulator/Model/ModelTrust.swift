import Primitives

/// Whom each user of a modelled network trusts, in flat arrays: `width` places a user, by the rule of
/// `Simulation.trustEdges`.
struct ModelTrust {
    let width: Int
    private var targets: [UInt32]
    private var counts: [UInt8]

    /// O(users x neighbours).
    init(_ scenario: Scenario, seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "trust")
        let people = scenario.honestNodes
        width = max(1, min(scenario.trustNeighbours, people - 1))
        targets = [UInt32](repeating: 0, count: people * width)
        counts = [UInt8](repeating: 0, count: people)
        for user in 0..<people {
            for step in 1...width {
                // The next on the ring is never rewired, so that trust reaches everybody.
                let isRewired = step > 1 && random.unit() < scenario.rewiring
                let target = isRewired ? random.below(people) : (user + step) % people
                if target != user, !self[user].contains(UInt32(target)) {
                    targets[user * width + Int(counts[user])] = UInt32(target)
                    counts[user] += 1
                }
            }
        }
    }

    subscript(user: Int) -> ArraySlice<UInt32> {
        targets[user * width..<user * width + Int(counts[user])]
    }
}
