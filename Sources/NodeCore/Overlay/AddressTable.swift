import Primitives

/// Nodes that are known, in places that only this node's secret decides.
///
/// Two tables as in Bitcoin's address manager (Heilman et al., USENIX Security 2015): *new* for what was told,
/// *tried* for what answered. Where an entry may stand follows from a keyed hash of its network group and
/// its source's: whoever has few groups reaches few places, however many addresses it tells of.
struct AddressTable: Sendable {
    struct Entry: Sendable {
        var node: KnownNode
        /// The first network group that told of it, nil for an anchor.
        var source: Netgroup?
        /// An anchor, two network groups, or an answer stands behind it: it may be dialled.
        var isVouched: Bool
        var failures = 0
        /// It answered once, perhaps before a restart.
        var hasAnswered = false
    }

    private let limits: OverlayLimits
    private let mix: KeyedMix
    private var new: [Entry?]
    private var tried: [Entry?]
    /// Where a node stands: below `new.count` in *new*, above in *tried*.
    private var places: BoundedTable<NodeKey, Int>
    /// How many nodes of each network group are held.
    private var groups: BoundedTable<Netgroup, Int>

    init(limits: OverlayLimits, mix: KeyedMix) {
        self.limits = limits
        self.mix = mix
        new = Array(repeating: nil, count: limits.newBuckets * limits.newPlaces)
        tried = Array(repeating: nil, count: limits.triedBuckets * limits.triedPlaces)
        places = BoundedTable(capacity: new.count + tried.count)
        groups = BoundedTable(capacity: new.count + tried.count)
    }

    var count: Int { places.count }
    var capacity: Int { places.capacity }

    subscript(key: NodeKey) -> Entry? { places[key].flatMap { self[place: $0] } }

    /// Whether the node answered once, be it that its place in *tried* is another's.
    func hasAnswered(_ key: NodeKey) -> Bool { self[key]?.hasAnswered == true }

    private subscript(place place: Int) -> Entry? {
        get { place < new.count ? new[place] : tried[place - new.count] }
        set {
            if place < new.count {
                new[place] = newValue
            } else {
                tried[place - new.count] = newValue
            }
        }
    }

    /// Takes what a source tells. The newer record of a known node wins; an occupied place is given up only by
    /// a node that failed or expired, and of a group no more than `nodesPerGroup` are taken: keys cost nothing, and
    /// whoever is tried or passed on is drawn among nodes. True when the node is vouched for now and was not before.
    mutating func learn(_ node: KnownNode, from source: AddressSource, at now: Instant) -> Bool {
        let group: Netgroup? =
            switch source {
            case .anchor, .itself: nil
            case .peer(let group): group
            }
        if let place = places[node.key], var entry = self[place: place] {
            let wasVouched = entry.isVouched
            // A node that moved to another group comes as a new one, once this record has expired.
            if entry.node.expires < node.expires, entry.node.netgroup == node.netgroup {
                entry.node = node
            }
            if group == nil || group != entry.source { entry.isVouched = true }
            self[place: place] = entry
            return entry.isVouched && !wasVouched
        }
        guard groups[node.netgroup] ?? 0 < limits.nodesPerGroup else { return false }
        let place = newPlace(node, group)
        if let held = new[place] {
            guard held.failures > 0 || held.node.expires <= now else { return false }
            remove(held.node.key)
        }
        groups.set(node.netgroup, (groups[node.netgroup] ?? 0) + 1)
        new[place] = Entry(node: node, source: group, isVouched: group == nil)
        places.set(node.key, place)
        return group == nil
    }

    /// A node answered a dial. Returns the node that stands where it belongs and is to be tested first, if
    /// somebody does: an old acquaintance is not given up for a new one while it answers.
    mutating func answered(_ key: NodeKey) -> NodeKey? {
        guard let place = places[key], var entry = self[place: place] else { return nil }
        entry.failures = 0
        entry.isVouched = true
        entry.hasAnswered = true
        self[place: place] = entry
        guard place < new.count else { return nil }
        let goal = triedPlace(entry.node)
        if let held = tried[goal] { return held.node.key }
        new[place] = nil
        tried[goal] = entry
        places.set(key, new.count + goal)
        return nil
    }

    /// A tested node did not answer: the newcomer takes its place.
    mutating func replace(_ old: NodeKey, by key: NodeKey) {
        guard let place = places[old], place >= new.count, let from = places[key],
            from < new.count, let entry = new[from]
        else { return }
        remove(old)
        new[from] = nil
        tried[place - new.count] = entry
        places.set(key, place)
    }

    /// A dial of the node failed. After three it is forgotten, unless it once answered: then after ten.
    mutating func failed(_ key: NodeKey) {
        guard let place = places[key], var entry = self[place: place] else { return }
        entry.failures += 1
        self[place: place] = entry
        if entry.failures >= (place < new.count ? 3 : 10) { remove(key) }
    }

    mutating func remove(_ key: NodeKey) {
        guard let place = places.remove(key), let entry = self[place: place] else { return }
        self[place: place] = nil
        let others = (groups[entry.node.netgroup] ?? 1) - 1
        if others > 0 {
            groups.set(entry.node.netgroup, others)
        } else {
            groups.remove(entry.node.netgroup)
        }
    }

    /// Every node that may be dialled, in the order of the places.
    var vouched: [KnownNode] {
        (tried + new).compactMap { entry in
            entry.flatMap { $0.isVouched ? $0.node : nil }
        }
    }

    /// Every node that answered, in the order of the places.
    var answeredNodes: [KnownNode] {
        (tried + new).compactMap { entry in
            entry.flatMap { $0.hasAnswered ? $0.node : nil }
        }
    }

    var newCount: Int { new.count { $0 != nil } }
    /// In the order of the places.
    var triedNodes: [KnownNode] { tried.compactMap { $0?.node } }

    /// A node that answered before a restart takes its place in *tried* again: under the same seed all who had one
    /// have it. What anchors tell has a few hundred places, and would keep half of a full table.
    mutating func restore(_ node: KnownNode, at now: Instant) {
        let goal = triedPlace(node)
        let count = groups[node.netgroup] ?? 0
        if places[node.key] == nil, tried[goal] == nil, count < limits.nodesPerGroup {
            groups.set(node.netgroup, count + 1)
            tried[goal] = Entry(node: node, source: nil, isVouched: true, hasAnswered: true)
            places.set(node.key, new.count + goal)
            return
        }
        _ = learn(node, from: .anchor, at: now)
        guard let place = places[node.key] else { return }
        self[place: place]?.hasAnswered = true
    }

    /// A random node that was only told of and may be dialled; nil after some tries.
    func sample(_ random: inout SeededRandom) -> KnownNode? {
        for _ in 0..<64 {
            let place = random.below(new.count)
            if let entry = new[place], entry.isVouched, !entry.hasAnswered { return entry.node }
        }
        return nil
    }

    private func newPlace(_ node: KnownNode, _ source: Netgroup?) -> Int {
        let origin = source?.raw ?? 0
        let turn = mix(origin, node.netgroup.raw) % UInt64(limits.bucketsPerSource)
        let bucket = Int(mix(origin, turn, 1) % UInt64(limits.newBuckets))
        let place = Int(mix(UInt64(bucket), node.key.raw.prefix64, 2) % UInt64(limits.newPlaces))
        return bucket * limits.newPlaces + place
    }

    /// Four buckets a network group.
    private func triedPlace(_ node: KnownNode) -> Int {
        let turn = mix(node.key.raw.prefix64, 3) % 4
        let bucket = Int(mix(node.netgroup.raw, turn, 4) % UInt64(limits.triedBuckets))
        let place = Int(mix(UInt64(bucket), node.key.raw.prefix64, 5) % UInt64(limits.triedPlaces))
        return bucket * limits.triedPlaces + place
    }
}

/// A keyed hash of a few numbers: nobody without the seed can aim at a result.
struct KeyedMix: Sendable {
    private let seed: UInt64

    init(seed: UInt64) { self.seed = seed }

    /// SplitMix64's output is a bijection of its state, so distinct numbers stay apart.
    func callAsFunction(_ first: UInt64, _ second: UInt64, _ third: UInt64 = 0) -> UInt64 {
        step(step(step(seed ^ first) ^ second) ^ third)
    }

    private func step(_ state: UInt64) -> UInt64 {
        var random = SeededRandom(seed: state)
        return random.next()
    }
}
