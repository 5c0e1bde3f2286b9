import Primitives

/// A view of the network that an attacker cannot crowd: slots of a min-hash sample.
///
/// Each slot has a secret seed and keeps, of all nodes ever offered, the one whose network group hashes
/// lowest under it, and among those of one group the one whose key does (Basalt, Auvolat et al.,
/// arXiv 2102.04063, with groups before keys). Offering a node again, or a thousand keys of one
/// group, changes nothing: a slot is as likely to hold an attacker as its share of the network groups.
struct PeerView: Sendable {
    private struct Slot: Sendable {
        var seed: UInt64
        var holder: KnownNode?
        var rank: (group: UInt64, key: UInt64) = (.max, .max)
    }

    private var slots: [Slot]

    init(count: Int, random: inout SeededRandom) {
        slots = (0..<count).map { _ in Slot(seed: random.next()) }
    }

    var count: Int { slots.count }

    subscript(slot: Int) -> KnownNode? { slots[slot].holder }

    var holders: [KnownNode] { slots.compactMap(\.holder) }

    /// O(slots).
    mutating func offer(_ node: KnownNode) {
        for position in slots.indices { Self.offer(node, to: &slots[position]) }
    }

    /// Begins one slot anew under another seed, with everybody who is offered.
    mutating func renew(_ position: Int, from nodes: [KnownNode], random: inout SeededRandom) {
        slots[position] = Slot(seed: random.next())
        for node in nodes { Self.offer(node, to: &slots[position]) }
    }

    /// Takes a node out that does not answer; its slots choose among those who are offered.
    mutating func remove(_ key: NodeKey, leaving nodes: [KnownNode]) {
        for position in slots.indices where slots[position].holder?.key == key {
            slots[position] = Slot(seed: slots[position].seed)
            for node in nodes where node.key != key { Self.offer(node, to: &slots[position]) }
        }
    }

    private static func offer(_ node: KnownNode, to slot: inout Slot) {
        if slot.holder?.key == node.key {
            if let held = slot.holder, held.expires < node.expires { slot.holder = node }
            return
        }
        let mix = KeyedMix(seed: slot.seed)
        let rank = (group: mix(node.netgroup.raw, 6), key: mix(node.key.raw.prefix64, 7))
        if slot.holder == nil || rank < slot.rank {
            slot.holder = node
            slot.rank = rank
        }
    }
}
