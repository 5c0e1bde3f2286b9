import NodeCore
import Primitives

/// Rows T24 and T25 of the threat model: many real overlays, and attackers who try to surround them.
///
/// Everything but the choice of peers is left out: links come up in the round after a dial, nothing is
/// lost, and honest nodes answer whoever asks. So whole networks of overlays run in seconds.
public struct EclipseStudy: Sendable {
    /// What is drawn; the network follows from it.
    public struct Plan: Hashable, Sendable {
        public var seed: UInt64
        public var honest: Int
        /// Share of all network groups that attackers hold, 0 ..< 1; each honest node has its own group.
        public var attackers: Double
        /// Node keys of an attacker, all in its group.
        public var keysPerAttacker: Int
        /// Links that an attacker opens for every one that an honest node opens.
        public var pushFactor: Int
        /// Share of attackers among the addresses that a node starts with.
        public var poisoned: Double
        /// Addresses that a node starts with.
        public var bootstrap: Int
        /// Honest friends that a node is linked with for good, mean: anchors, which are not counted as outbound.
        public var anchors: Int
        /// Rounds of ten minutes: in each a node may ask each peer once.
        public var rounds: Int

        public init(
            seed: UInt64, honest: Int, attackers: Double, keysPerAttacker: Int = 1,
            pushFactor: Int = 10, poisoned: Double = 0.75, bootstrap: Int = 32, anchors: Int = 0,
            rounds: Int = 60
        ) {
            self.seed = seed
            self.honest = honest
            self.attackers = attackers
            self.keysPerAttacker = keysPerAttacker
            self.pushFactor = pushFactor
            self.poisoned = poisoned
            self.bootstrap = bootstrap
            self.anchors = anchors
            self.rounds = rounds
        }
    }

    /// What came of it, over all honest nodes.
    public struct Outcome: Hashable, Sendable {
        /// Honest nodes without an honest outbound peer at the end.
        public var eclipsed: Int
        /// The most that were so after any round from the tenth on.
        public var worstEclipsed: Int
        /// Share of attackers among outbound links at the end.
        public var maliciousShare: Double
        /// Share of the network groups that attackers hold.
        public var groupShare: Double
        /// Outbound links of an honest node, mean.
        public var outboundLinks: Double
        /// Dials of one host by one node, the most in any hour, where they failed.
        public var probesPerHostHour: Int
    }

    let plan: Plan
    var nodes: [StudyNode] = []
    var attackers: [KnownNode] = []
    var random: SeededRandom
    /// Position of an honest node; attackers are not in it.
    var honestByKey: BoundedTable<NodeKey, Int>
    var now = Moment(wall: Instant(milliseconds: 1 << 40), monotonicMilliseconds: 0)

    public init(_ plan: Plan) {
        self.plan = plan
        random = SeededRandom(seed: plan.seed, stream: "eclipse")
        honestByKey = BoundedTable(capacity: plan.honest)
        build()
    }

    /// Runs all rounds. `progress` gets each finished round.
    public mutating func run(progress: (Int) -> Void = { _ in }) -> Outcome {
        var worst = 0
        for round in 0..<plan.rounds {
            if round > 0, round % 2 == 0 { pushLinks() }
            for _ in 0..<Self.turnsPerRound {
                turnAll()
                pass(milliseconds: 600_000 / UInt64(Self.turnsPerRound))
            }
            if round >= 9 { worst = max(worst, eclipsed) }
            progress(round + 1)
        }
        return outcome(worst: worst)
    }

    private static let turnsPerRound = 20

    private mutating func pass(milliseconds: UInt64) {
        now.monotonicMilliseconds += milliseconds
        now.wall = now.wall.advanced(byMilliseconds: milliseconds)
    }

    // MARK: The network

    private mutating func build() {
        let groups = Int(
            (Double(plan.honest) * plan.attackers / (1 - plan.attackers)).rounded())
        for attacker in 0..<groups {
            for key in 0..<plan.keysPerAttacker {
                attackers.append(node(group: plan.honest + attacker, host: key))
            }
        }
        for position in 0..<plan.honest {
            let known = node(group: position, host: 0)
            honestByKey.set(known.key, position)
            nodes.append(
                StudyNode(
                    known: known, overlay: Overlay(seed: random.next(), at: now)))
        }
        for position in nodes.indices {
            startUp(position)
            for _ in 0..<plan.anchors { if random.below(2) == 0 { befriend(position) } }
        }
    }

    /// A node in the 192-group space: group g is 11.x.y.0/24 of a made-up internet.
    private mutating func node(group: Int, host: Int) -> KnownNode {
        let word = UInt32(0x0b00_0000) + UInt32(group) << 8 + UInt32(host % 250) + 1
        var bytes: [UInt8] = []
        for _ in 0..<Bytes32.count { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
        guard let key = NodeKey(bytes) else { broken("a key has 32 bytes") }
        return KnownNode(
            key: key, address: NetworkAddress(ipv4: word, port: 4600),
            expires: Instant(milliseconds: 1 << 42))
    }

    /// The addresses that came with an invitation or a list: poisoned as the plan says.
    private mutating func startUp(_ position: Int) {
        var told: [KnownNode] = []
        for _ in 0..<plan.bootstrap {
            let isMalicious = !attackers.isEmpty && random.unit() < plan.poisoned
            told.append(
                isMalicious
                    ? attackers[random.below(attackers.count)]
                    : nodes[random.below(nodes.count)].known)
        }
        for start in stride(from: 0, to: told.count, by: 16) {
            let part = told[start..<min(start + 16, told.count)]
                .filter { $0.key != nodes[position].known.key }
            nodes[position].overlay.learn(part, from: .anchor, at: now)
        }
    }

    /// A friendship with a random node: each is the other's anchor.
    private mutating func befriend(_ position: Int) {
        let friend = random.below(nodes.count)
        guard friend != position,
            nodes[position].friends.set(nodes[friend].known.key, friend),
            nodes[friend].friends.set(nodes[position].known.key, position)
        else { return }
        for (node, other) in [(position, friend), (friend, position)] {
            let known = nodes[other].known
            nodes[node].overlay.linkUp(
                known.key, known.netgroup, .outbound, isAnchor: true, at: now)
        }
    }

    var eclipsed: Int {
        nodes.filter { node in
            !node.outbound.contains { honestByKey.contains($0) }
        }.count
    }

    private func outcome(worst: Int) -> Outcome {
        var links = 0
        var malicious = 0
        for node in nodes {
            links += node.outbound.count
            malicious += node.outbound.filter { !honestByKey.contains($0) }.count
        }
        return Outcome(
            eclipsed: eclipsed, worstEclipsed: worst,
            maliciousShare: links > 0 ? Double(malicious) / Double(links) : 0,
            groupShare: plan.attackers, outboundLinks: Double(links) / Double(nodes.count),
            probesPerHostHour: nodes.map(\.mostProbes).max() ?? 0)
    }
}
