public import Primitives

extension Overlay {
    /// What to do now. Call it when something happened and at `nextDeadline`. `idle`: the dialled node that could be
    /// spared first, because it brings nothing while others do.
    public mutating func turn(at now: Moment, idle: NodeKey? = nil) -> [OverlayAction] {
        var actions: [OverlayAction] = []
        expireDials(now, &actions)
        renew(now, idle)
        // Before anything is hung up: a feeler is asked first.
        ask(now, &actions)
        let wanted = wanted(now)
        fillSlots(wanted, now, &actions)
        hangUp(allBut: wanted, now, &actions)
        test(now, &actions)
        feel(now, &actions)
        return actions
    }

    private mutating func expireDials(_ now: Moment, _ actions: inout [OverlayAction]) {
        let late = dials.keys.enumerated().filter { position, _ in
            dials.values[position].deadline <= now.monotonicMilliseconds
        }
        for (_, key) in late {
            actions.append(.hangUp(key))
            dialFailed(key, at: now)
        }
    }

    /// Now and then one dialled slot chooses anew, so that no luck of an attacker lasts: that of the idle node, or any.
    /// No sooner for the idle one: who is fast enough to make others look idle must not choose when they go.
    private mutating func renew(_ now: Moment, _ idle: NodeKey?) {
        guard now.monotonicMilliseconds >= nextRenewal else { return }
        nextRenewal = now.monotonicMilliseconds + limits.renewMilliseconds
        let candidates = table.vouched.filter { !wasProbed($0, now) && $0.key != idle }
        let held = (0..<view.count).first { idle != nil && view[$0]?.key == idle }
        view.renew(held ?? random.below(limits.outbound), from: candidates, random: &random)
    }

    /// The nodes that should be linked: the holders of the first slots, one a network group; a later slot
    /// stands in for one that repeats a group or whose host did not answer lately.
    private func wanted(_ now: Moment) -> [KnownNode] {
        var found: [KnownNode] = []
        for slot in 0..<view.count where found.count < limits.outbound {
            guard let node = view[slot] else { continue }
            let isLinked = peers.contains(node.key)
            guard isLinked || !wasProbed(node, now) else { continue }
            // An inbound link or an anchor of that node needs no second link.
            if let peer = peers[node.key], !peer.isDialled { continue }
            let isRepeated = found.contains {
                $0.key == node.key || $0.netgroup == node.netgroup
            }
            if !isRepeated { found.append(node) }
        }
        return found
    }

    private mutating func fillSlots(
        _ wanted: [KnownNode], _ now: Moment, _ actions: inout [OverlayAction]
    ) {
        let linked = peers.values.filter(\.isDialled).count
        // Two more than are kept: a new peer is up before an old one goes.
        var room = limits.outbound + 2 - linked - dials.values.filter { !$0.isFeeler }.count
        for node in wanted where room > 0 {
            guard !peers.contains(node.key), !isBeingDialled(node) else { continue }
            guard dial(node, isFeeler: false, now, &actions) else { return }
            room -= 1
        }
    }

    private mutating func dial(
        _ node: KnownNode, isFeeler: Bool, _ now: Moment, _ actions: inout [OverlayAction]
    ) -> Bool {
        let deadline = now.monotonicMilliseconds + limits.dialMilliseconds
        guard dials.set(node.key, Dial(node: node, deadline: deadline, isFeeler: isFeeler)) else {
            return false
        }
        actions.append(.dial(node))
        return true
    }

    /// Ends what was only tried, and links beyond the number kept: those that are not wanted any more.
    private mutating func hangUp(
        allBut wanted: [KnownNode], _ now: Moment, _ actions: inout [OverlayAction]
    ) {
        let time = now.monotonicMilliseconds
        for key in peers.keys where peers[key]?.feelerEnd ?? .max <= time {
            actions.append(.hangUp(key))
            peers.remove(key)
        }
        let dialled = peers.keys.enumerated().filter { peers.values[$0.0].isDialled }.map(\.1)
        var excess = dialled.count - limits.outbound
        for key in dialled where excess > 0 && !wanted.contains(where: { $0.key == key }) {
            actions.append(.hangUp(key))
            peers.remove(key)
            excess -= 1
        }
    }

    /// Asks whether the node that stands in a newcomer's place still answers.
    private mutating func test(_ now: Moment, _ actions: inout [OverlayAction]) {
        for key in tests.keys {
            guard let node = table[key]?.node else {
                tests.remove(key)
                continue
            }
            if peers.contains(key) {
                tests.remove(key)
            } else if !isBeingDialled(node), !wasProbed(node, now) {
                _ = dial(node, isFeeler: true, now, &actions)
            }
        }
    }

    /// Tries a node and asks it what it knows, which keeps news coming from all over the network and not from the
    /// same few peers. First one that a slot of the view holds and that never answered, then any such, then one
    /// that did answer: without the last the news would end with the untried.
    private mutating func feel(_ now: Moment, _ actions: inout [OverlayAction]) {
        guard now.monotonicMilliseconds >= nextFeeler else { return }
        let isQuick = feelers < limits.quickFeelers
        nextFeeler =
            now.monotonicMilliseconds
            + (isQuick ? limits.quickFeelerMilliseconds : limits.feelerMilliseconds)
        let untried = view.holders.filter {
            !table.hasAnswered($0.key) && isFree($0, now)
        }
        var chosen =
            untried.isEmpty ? table.sample(&random) : untried[random.below(untried.count)]
        if chosen.map({ !isFree($0, now) }) ?? true {
            let known = table.answeredNodes.filter { isFree($0, now) }
            chosen = known.isEmpty ? nil : known[random.below(known.count)]
        }
        guard let node = chosen else { return }
        feelers += 1
        _ = dial(node, isFeeler: true, now, &actions)
    }

    /// Whether a dial of the node would tell something: it is neither linked nor dialled, and did not fail lately.
    private func isFree(_ node: KnownNode, _ now: Moment) -> Bool {
        !wasProbed(node, now) && !peers.contains(node.key) && !isBeingDialled(node)
    }

    /// Whether it, or its host under whatever key, is being dialled: until that has failed nobody knows that the host
    /// would be disturbed twice. On this machine each port is a node of its own.
    private func isBeingDialled(_ node: KnownNode) -> Bool {
        dials.contains(node.key)
            || !node.address.isLoopback
                && dials.values.contains { $0.node.address.isSameHost(as: node.address) }
    }

    private mutating func ask(_ now: Moment, _ actions: inout [OverlayAction]) {
        let time = now.monotonicMilliseconds
        for (position, key) in peers.keys.enumerated() {
            let peer = peers.values[position]
            let isAsked = peer.isDialled || peer.isAnchor || peer.feelerEnd != nil
            guard isAsked, time >= peer.nextQuestion else { continue }
            // A little later than the peer's own limit, which began when it got the question.
            peers[slot: position].nextQuestion = time + limits.answerMilliseconds + 5_000
            actions.append(.ask(key))
        }
    }
}
