import Primitives

/// Which author's key gave way to which, and which keys were taken out of use twice: bounded.
struct Succession: Sendable {
    private struct Step: Sendable {
        var new: PublicKey
        /// The old key signed two successors: neither counts, and nor does it.
        var isForked = false
    }

    private var steps: BoundedTable<PublicKey, Step>
    private var predecessors: BoundedTable<PublicKey, PublicKey>

    init(capacity: Int) {
        steps = BoundedTable(capacity: capacity)
        predecessors = BoundedTable(capacity: capacity)
    }

    var count: Int { steps.count }
    var capacity: Int { steps.capacity }
    var isEmpty: Bool { steps.isEmpty }
    var isFull: Bool { steps.isFull }
    /// The keys that gave way.
    var oldKeys: [PublicKey] { steps.keys }

    func contains(_ old: PublicKey) -> Bool { steps.contains(old) }

    /// The key that an author gave way to; nil for none, and for two.
    func successor(of author: PublicKey) -> PublicKey? {
        guard let step = steps[author], !step.isForked else { return nil }
        return step.new
    }

    func predecessor(of author: PublicKey) -> PublicKey? {
        guard let old = predecessors[author], successor(of: old) == author else { return nil }
        return old
    }

    func isForked(_ author: PublicKey) -> Bool { steps[author]?.isForked ?? false }

    enum Outcome { case known, taken, forked, full }

    /// What a rotation whose signatures hold changes.
    mutating func take(_ old: PublicKey, _ new: PublicKey) -> Outcome {
        if let step = steps[old] {
            guard step.new != new, !step.isForked else { return .known }
            steps.update(old) { $0.isForked = true }
            return .forked
        }
        guard steps.set(old, Step(new: new)) else { return .full }
        predecessors.set(new, old)
        return .taken
    }

    mutating func forget(_ old: PublicKey) {
        guard let step = steps.remove(old) else { return }
        if predecessors[step.new] == old { predecessors.remove(step.new) }
    }
}
