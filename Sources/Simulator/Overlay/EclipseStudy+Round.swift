import NodeCore
import Primitives

extension EclipseStudy {
    /// One turn of every overlay, in order; what it asks for happens at once.
    mutating func turnAll() {
        for position in nodes.indices {
            for action in nodes[position].overlay.turn(at: now) {
                carryOut(action, position)
            }
        }
    }

    private mutating func carryOut(_ action: OverlayAction, _ position: Int) {
        switch action {
        case .dial(let node): dial(node, from: position)
        case .hangUp(let key): unlink(key, from: position)
        case .ask(let key): ask(key, from: position)
        }
    }

    private mutating func dial(_ node: KnownNode, from position: Int) {
        let dialler = nodes[position].known
        if let target = honestByKey[node.key] {
            guard target != position, nodes[target].accepts(dialler.netgroup) else {
                return fail(node, from: position)
            }
            nodes[target].inbound.append((dialler.key, dialler.netgroup))
            nodes[target].overlay.linkUp(
                dialler.key, dialler.netgroup, .inbound, isAnchor: false, at: now)
            nodes[target].overlay.learn([dialler], from: .itself, at: now)
        } else if node.address.port == Self.deadPort {
            return fail(node, from: position)
        }
        nodes[position].outbound.append(node.key)
        nodes[position].overlay.linkUp(
            node.key, node.address.netgroup, .outbound, isAnchor: false, at: now)
    }

    private mutating func fail(_ node: KnownNode, from position: Int) {
        nodes[position].noteFailure(of: node.address, at: now.monotonicMilliseconds)
        nodes[position].overlay.dialFailed(node.key, at: now)
    }

    private mutating func unlink(_ key: NodeKey, from position: Int) {
        nodes[position].outbound.removeAll { $0 == key }
        nodes[position].overlay.linkDown(key)
        guard let target = honestByKey[key] else { return }
        let dialler = nodes[position].known.key
        nodes[target].inbound.removeAll { $0.key == dialler }
        nodes[target].overlay.linkDown(dialler)
    }

    private mutating func ask(_ key: NodeKey, from position: Int) {
        let asker = nodes[position].known
        let told: [KnownNode]
        let source: Netgroup
        if let target = honestByKey[key] {
            guard nodes[target].mayAnswer(asker.key, at: now.monotonicMilliseconds),
                var answer = nodes[target].overlay.answer(to: asker.key, at: now)
            else { return }
            // A node's answer begins with itself.
            answer.insert(nodes[target].known, at: 0)
            told = answer
            source = nodes[target].known.netgroup
        } else {
            guard let attacker = attackers.first(where: { $0.key == key }) else { return }
            told = lies()
            source = attacker.address.netgroup
        }
        let isFriend = nodes[position].friends.contains(key)
        nodes[position].overlay.learn(
            told, from: isFriend ? .anchor : .peer(source), at: now)
    }

    /// What an attacker answers: its friends, and an address of a victim that runs no node.
    private mutating func lies() -> [KnownNode] {
        var told = (0..<15).map { _ in attackers[random.below(attackers.count)] }
        told.append(victim(random.below(Self.victims)))
        return told
    }

    /// Hosts that attackers want to have disturbed (threats.md, T25).
    static let victims = 16
    static let deadPort: UInt16 = 9

    private mutating func victim(_ number: Int) -> KnownNode {
        var bytes = [UInt8](repeating: 0xee, count: Bytes32.count)
        // A fresh key each time: only the host is the same.
        for place in 1..<9 { bytes[place] = UInt8(truncatingIfNeeded: random.next()) }
        guard let key = NodeKey(bytes) else { broken("a key has 32 bytes") }
        return KnownNode(
            key: key,
            address: NetworkAddress(ipv4: 0xc633_6400 + UInt32(number) << 8, port: Self.deadPort),
            expires: Instant(milliseconds: 1 << 42))
    }

    /// Attackers open links to random honest nodes, `pushFactor` for every link of an honest node.
    mutating func pushLinks() {
        guard !attackers.isEmpty else { return }
        for attacker in attackers {
            for _ in 0..<max(1, plan.pushFactor * 8 / max(1, plan.rounds / 2)) {
                let target = random.below(nodes.count)
                let group = attacker.address.netgroup
                guard nodes[target].accepts(group),
                    !nodes[target].inbound.contains(where: { $0.key == attacker.key })
                else { continue }
                nodes[target].inbound.append((attacker.key, group))
                nodes[target].overlay.linkUp(
                    attacker.key, group, .inbound, isAnchor: false, at: now)
                nodes[target].overlay.learn([attacker], from: .itself, at: now)
            }
        }
    }
}
