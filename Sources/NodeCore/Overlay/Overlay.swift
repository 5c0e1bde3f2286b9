public import Primitives

/// Whom a node dials beside its anchors, so that nobody decides what it hears (threats.md, T24 and T25).
///
/// A pure value: what is told and what happens to dials goes in, `turn` says what to do next. The first slots
/// of the `PeerView` are the peers to be linked to; addresses come from answers of peers and are believed
/// once an anchor or two network groups tell the same node.
public struct Overlay: Sendable {
    let limits: OverlayLimits
    var random: SeededRandom
    var table: AddressTable
    var view: PeerView
    /// Dials on their way.
    var dials: BoundedTable<NodeKey, Dial>
    /// Nodes that we have a ready link with.
    var peers: BoundedTable<NodeKey, Peer>
    /// Hosts whose last dial failed, and when.
    var probes: BoundedTable<Host, UInt64>
    /// Newcomers that wait for the test of the node in their place.
    var tests: BoundedTable<NodeKey, NodeKey>
    var nextFeeler: UInt64
    var nextRenewal: UInt64
    /// Feelers sent since the start.
    var feelers = 0

    struct Dial: Sendable {
        var node: KnownNode
        var deadline: UInt64
        /// Only to see whether it answers.
        var isFeeler: Bool
    }

    struct Peer: Sendable {
        var netgroup: Netgroup
        /// Dialled by this overlay: not an anchor, not inbound.
        var isDialled: Bool
        /// Dialled only to see whether it answers and what it knows: when to hang up.
        var feelerEnd: UInt64?
        var isAnchor: Bool
        var nextQuestion: UInt64
        /// When it may be answered again.
        var nextAnswer: UInt64
    }

    struct Host: Hashable, Sendable {
        var high: UInt64
        var low: UInt64

        init(_ address: NetworkAddress) {
            high = address.high
            low = address.low
        }
    }

    /// `seed` is secret and lasts as long as the address table: whoever knows it can aim.
    public init(seed: UInt64, limits: OverlayLimits = OverlayLimits(), at now: Moment) {
        self.limits = limits
        random = SeededRandom(seed: seed, stream: "overlay")
        table = AddressTable(limits: limits, mix: KeyedMix(seed: random.next()))
        view = PeerView(count: limits.viewSlots, random: &random)
        dials = BoundedTable(capacity: limits.outbound + 4)
        peers = BoundedTable(capacity: limits.exchanges)
        probes = BoundedTable(capacity: limits.probes)
        tests = BoundedTable(capacity: 4)
        nextFeeler = now.monotonicMilliseconds + limits.quickFeelerMilliseconds
        nextRenewal = now.monotonicMilliseconds + limits.renewMilliseconds
    }

    // MARK: What is told

    /// Takes nodes that a source told, at most `nodesPerAnswer` of them. Expired ones are left out.
    public mutating func learn(
        _ nodes: [KnownNode], from source: AddressSource, at now: Moment
    ) {
        for node in nodes.prefix(limits.nodesPerAnswer) where node.expires > now.wall {
            _ = table.learn(node, from: source, at: now.wall)
            guard let entry = table[node.key], entry.isVouched else { continue }
            if !wasProbed(entry.node, now) { view.offer(entry.node) }
        }
    }

    /// Takes back what `saved` kept before a restart: nodes that answered then.
    public mutating func restore(_ nodes: [KnownNode], at now: Moment) {
        for node in nodes.prefix(limits.triedBuckets * limits.triedPlaces) {
            table.restore(node, at: now.wall)
            view.offer(node)
        }
    }

    /// What outlives a restart: those linked now first, then those that once answered.
    public var saved: [KnownNode] {
        let linked = outboundNodes
        return linked
            + table.answeredNodes.filter { node in !linked.contains { $0.key == node.key } }
    }

    /// What a peer that asks is told: nodes that answered us, one a network group, none of the peer's own, in random
    /// order; nil before it may ask again. Half of them from the view, which nobody can crowd; the rest from all that
    /// are known, because a view hardly changes: who asks again would hear the same few names for ever.
    public mutating func answer(to key: NodeKey, at now: Moment) -> [KnownNode]? {
        let time = now.monotonicMilliseconds
        guard let peer = peers[key], peer.nextAnswer <= time else { return nil }
        peers.update(key) { $0.nextAnswer = time + limits.answerMilliseconds }
        var nodes: [KnownNode] = []
        var held = view.holders.filter { table.hasAnswered($0.key) }
        var known = table.answeredNodes
        random.shuffle(&held)
        random.shuffle(&known)
        for (candidates, count) in [
            (held, limits.nodesPerAnswer / 2), (known, limits.nodesPerAnswer),
        ] {
            for node in candidates where nodes.count < count {
                let isFit =
                    node.expires > now.wall && node.key != key && node.netgroup != peer.netgroup
                    && !nodes.contains { $0.netgroup == node.netgroup }
                if isFit { nodes.append(node) }
            }
        }
        random.shuffle(&nodes)
        return nodes
    }

    // MARK: What happened to links

    /// A link is ready. `isAnchor`: a pinned friend, which the overlay neither dials nor ends.
    public mutating func linkUp(
        _ key: NodeKey, _ netgroup: Netgroup, _ direction: LinkDirection, isAnchor: Bool,
        at now: Moment
    ) {
        // An inbound link says nothing of the address that is being dialled.
        let dial = direction == .outbound ? dials.remove(key) : nil
        // Nor does it make what was dialled, or only tried, any less ours to end: who opens a link beside the one that
        // we dialled would have that one for ever, and we would dial others in its place.
        if direction == .inbound, let held = peers[key], held.isDialled || held.feelerEnd != nil {
            return
        }
        let time = now.monotonicMilliseconds
        peers.set(
            key,
            Peer(
                netgroup: netgroup,
                isDialled: direction == .outbound && dial?.isFeeler == false && !isAnchor,
                feelerEnd: direction == .outbound && dial?.isFeeler == true && !isAnchor
                    ? time + limits.feelerLinkMilliseconds : nil,
                isAnchor: isAnchor, nextQuestion: time, nextAnswer: time))
        guard let dial else { return }
        probes.remove(Host(dial.node.address))
        tests.remove(key)
        if let held = table.answered(key) { tests.set(held, key) }
        view.offer(dial.node)
    }

    /// A link with the node was made to the address that is known: it needs no dial of ours.
    public mutating func confirm(_ key: NodeKey) {
        if let held = table.answered(key) { tests.set(held, key) }
    }

    public mutating func linkDown(_ key: NodeKey) { peers.remove(key) }

    /// A dial that `turn` asked for did not lead to a ready link.
    public mutating func dialFailed(_ key: NodeKey, at now: Moment) {
        guard let dial = dials.remove(key) else { return }
        note(failureOf: dial.node, now)
        if let newcomer = tests.remove(key) {
            table.replace(key, by: newcomer)
        } else {
            table.failed(key)
        }
        view.remove(key, leaving: table.vouched.filter { !wasProbed($0, now) })
    }

    // MARK: Queries

    /// Nodes that this overlay dialled and is linked with.
    public var outboundNodes: [KnownNode] {
        peers.keys.enumerated().compactMap { position, key in
            peers.values[position].isDialled ? table[key]?.node : nil
        }
    }

    /// Nodes that were only told of.
    public var newCount: Int { table.newCount }
    /// Nodes that answered and have a place for it, in the order of the places.
    public var triedNodes: [KnownNode] { table.triedNodes }

    public var census: [MapCensus] {
        [
            MapCensus(name: "addresses", count: table.count, capacity: table.capacity),
            MapCensus(name: "dials", count: dials.count, capacity: dials.capacity),
            MapCensus(name: "probes", count: probes.count, capacity: probes.capacity),
            MapCensus(name: "address-tests", count: tests.count, capacity: tests.capacity),
        ]
    }

    /// When `turn` is next needed even if nothing happens.
    public var nextDeadline: UInt64 {
        var next = min(nextFeeler, nextRenewal)
        for dial in dials.values { next = min(next, dial.deadline) }
        for peer in peers.values where peer.isDialled || peer.isAnchor {
            next = min(next, peer.nextQuestion)
        }
        for peer in peers.values { next = min(next, peer.feelerEnd ?? .max) }
        return next
    }

    // MARK: Hosts that did not answer

    func wasProbed(_ node: KnownNode, _ now: Moment) -> Bool {
        guard let time = probes[Host(node.address)] else { return false }
        return now.monotonicMilliseconds < time + limits.probeMilliseconds
    }

    private mutating func note(failureOf node: KnownNode, _ now: Moment) {
        let time = now.monotonicMilliseconds
        if probes.isFull {
            let old = probes.keys.enumerated().filter { position, _ in
                probes.values[position] + limits.probeMilliseconds <= time
            }
            for (_, host) in old { probes.remove(host) }
        }
        probes.set(Host(node.address), time)
    }
}

/// What an overlay wants done.
public enum OverlayAction: Hashable, Sendable {
    /// Dial the node; `linkUp` or `dialFailed` answers.
    case dial(KnownNode)
    /// End the link to a node that the overlay dialled, or the dial that took too long.
    case hangUp(NodeKey)
    /// Ask a peer which nodes it knows.
    case ask(NodeKey)
}
