@testable import NodeCore
import Primitives
import Records
import Testing

/// An overlay with a clock, driven by hand.
private struct OverlayBench {
    var overlay: Overlay
    var now = Moment(wall: Instant(milliseconds: 1 << 40), monotonicMilliseconds: 0)

    init(seed: UInt64 = 5, limits: OverlayLimits = OverlayLimits()) {
        overlay = Overlay(seed: seed, limits: limits, at: now)
    }

    /// Node `number` in a network group of its own, or in group `group`.
    static func node(_ number: Int, group: Int? = nil) -> KnownNode {
        var bytes = [UInt8](repeating: 1, count: Bytes32.count)
        bytes[0] = UInt8(number >> 8)
        bytes[1] = UInt8(number & 0xff)
        guard let key = NodeKey(bytes) else { fatalError("a key has 32 bytes") }
        let word = 0x0b00_0000 + UInt32(group ?? number) << 8 + UInt32(number % 200) + 1
        return KnownNode(
            key: key, address: NetworkAddress(ipv4: word, port: 4600),
            expires: Instant(milliseconds: 1 << 41))
    }

    mutating func turn(after milliseconds: UInt64 = 0) -> [OverlayAction] {
        now.monotonicMilliseconds += milliseconds
        now.wall = now.wall.advanced(byMilliseconds: milliseconds)
        return overlay.turn(at: now)
    }

    mutating func learn(_ nodes: [KnownNode], from source: AddressSource) {
        overlay.learn(nodes, from: source, at: now)
    }

    /// Every dial of a turn, answered with a link.
    mutating func dialAndLink(after milliseconds: UInt64 = 0) -> [KnownNode] {
        let dialled = Self.dials(turn(after: milliseconds))
        for node in dialled {
            overlay.linkUp(node.key, node.netgroup, .outbound, isAnchor: false, at: now)
        }
        return dialled
    }

    static func dials(_ actions: [OverlayAction]) -> [KnownNode] {
        actions.compactMap { if case .dial(let node) = $0 { node } else { nil } }
    }
}

@Suite("Overlay")
struct OverlayTests {
    @Test("T25: an address is tried when an anchor tells it, or two network groups do, not one")
    func vouching() {
        var bench = OverlayBench()
        let node = OverlayBench.node(1)
        bench.learn([node], from: .peer(Netgroup(raw: 7)))
        bench.learn([node], from: .peer(Netgroup(raw: 7)))
        #expect(OverlayBench.dials(bench.turn()).isEmpty)
        bench.learn([node], from: .peer(Netgroup(raw: 8)))
        #expect(OverlayBench.dials(bench.turn()) == [node])
        bench.learn([OverlayBench.node(2)], from: .anchor)
        #expect(OverlayBench.dials(bench.turn()) == [OverlayBench.node(2)])
    }

    @Test(
        "T25: a host is dialled once, whatever keys are told for it before it has failed to answer")
    func oneDial() {
        var limits = OverlayLimits()
        limits.dialMilliseconds = 60_000
        var bench = OverlayBench(limits: limits)
        var nodes = (0..<4).map { OverlayBench.node($0) }
        for position in nodes.indices { nodes[position].address = nodes[0].address }
        bench.learn(nodes, from: .anchor)
        let first = OverlayBench.dials(bench.turn())
        #expect(first.count == 1)
        // A feeler is due meanwhile.
        #expect(OverlayBench.dials(bench.turn(after: 31_000)).isEmpty)
        bench.overlay.dialFailed(first[0].key, at: bench.now)
        #expect(OverlayBench.dials(bench.turn(after: 31_000)).isEmpty)
    }

    @Test(
        "T24: who opens a link beside the one that was dialled gains no slot, and no feeler that stays"
    )
    func second() {
        var bench = OverlayBench()
        bench.learn((0..<16).map { OverlayBench.node($0) }, from: .anchor)
        for round in 0..<40 {
            for node in bench.dialAndLink(after: round == 0 ? 0 : 31_000) {
                bench.overlay.linkUp(
                    node.key, node.netgroup, .inbound, isAnchor: false, at: bench.now)
            }
        }
        let dialled = bench.overlay.peers.values.filter(\.isDialled).count
        #expect(dialled == 8)
        // The one that was tried last may still be heard out.
        #expect(bench.overlay.peers.count <= 9)
    }

    @Test("eight peers are kept, each of another network group")
    func outbound() {
        var bench = OverlayBench()
        let crowded = (0..<12).map { OverlayBench.node($0, group: 900) }
        let spread = (20..<34).map { OverlayBench.node($0) }
        for part in [crowded, spread] { bench.learn(part, from: .anchor) }
        for _ in 0..<6 { _ = bench.dialAndLink(after: 1_000) }
        let linked = bench.overlay.outboundNodes
        #expect(linked.count == 8)
        #expect(Set(linked.map(\.netgroup)).count == 8)
    }

    @Test("when a slot chooses anew, the peer that brings nothing is the one to go")
    func idle() {
        var bench = OverlayBench()
        bench.learn((20..<36).map { OverlayBench.node($0) }, from: .anchor)
        bench.learn((36..<50).map { OverlayBench.node($0) }, from: .anchor)
        for _ in 0..<6 { _ = bench.dialAndLink(after: 1_000) }
        let idle = bench.overlay.outboundNodes[4]
        func isLinked() -> Bool { bench.overlay.outboundNodes.contains(idle) }
        // Not before its time.
        bench.now.monotonicMilliseconds += 60_000
        _ = bench.overlay.turn(at: bench.now, idle: idle.key)
        #expect(isLinked())
        bench.now.monotonicMilliseconds = OverlayLimits().renewMilliseconds
        for action in bench.overlay.turn(at: bench.now, idle: idle.key) {
            guard case .dial(let node) = action else { continue }
            bench.overlay.linkUp(node.key, node.netgroup, .outbound, isAnchor: false, at: bench.now)
        }
        _ = bench.dialAndLink()
        #expect(!isLinked())
        #expect(bench.overlay.outboundNodes.count == 8)
    }

    @Test(
        "T25: a host that does not answer is left alone for an hour, whatever keys are told for it")
    func probes() {
        var limits = OverlayLimits()
        limits.nodesPerGroup = 100
        var bench = OverlayBench(limits: limits)
        let dead = OverlayBench.node(3, group: 50)
        bench.learn([dead], from: .anchor)
        #expect(OverlayBench.dials(bench.turn()) == [dead])
        bench.overlay.dialFailed(dead.key, at: bench.now)
        for key in 4..<10 {
            var again = OverlayBench.node(key)
            again.address = dead.address
            bench.learn([again], from: .anchor)
            #expect(OverlayBench.dials(bench.turn(after: 60_000)).isEmpty)
        }
        var later = OverlayBench.node(11)
        later.address = dead.address
        let dialled = OverlayBench.dials(bench.turn(after: 3_600_000))
        bench.learn([later], from: .anchor)
        #expect(dialled.count + OverlayBench.dials(bench.turn()).count == 1)
    }

    @Test("T25: who names victims for a day sends more than all of them get")
    func reflection() {
        // Of IPv4: two SYNs and, where the victim accepts, its answers' acknowledgements, half a greeting and the end.
        let bytesPerDial = 2 * 60 + 4 * 52 + 10
        var bench = OverlayBench()
        let victims = (0..<16).map { OverlayBench.node($0 + 1) }
        var dials: [NodeKey: [UInt64]] = [:]
        var told = 0
        for round in 0..<144 {
            for group in [7, 8] as [UInt64] {
                bench.learn(victims, from: .peer(Netgroup(raw: group)))
                told += victims.count * AddressRecord.count
            }
            for node in OverlayBench.dials(bench.turn(after: round == 0 ? 0 : 600_000)) {
                dials[node.key, default: []].append(bench.now.monotonicMilliseconds)
                bench.overlay.dialFailed(node.key, at: bench.now)
            }
        }
        #expect(dials.count == victims.count)
        for times in dials.values {
            #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= 3_600_000 })
        }
        let factor = Double(dials.values.reduce(0) { $0 + $1.count } * bytesPerDial) / Double(told)
        print(
            "T25: reflection factor \(factor), \(dials.values.map(\.count).max() ?? 0) dials of a victim a day"
        )
        #expect(factor < 1)
    }

    @Test("a dial that is never answered ends by its deadline and is a failure")
    func deadline() {
        var bench = OverlayBench()
        let node = OverlayBench.node(1)
        bench.learn([node], from: .anchor)
        #expect(OverlayBench.dials(bench.turn()) == [node])
        #expect(bench.overlay.nextDeadline == 15_000)
        #expect(OverlayBench.dials(bench.turn(after: 15_000)).isEmpty)
        bench.learn([node], from: .anchor)
        #expect(OverlayBench.dials(bench.turn()).isEmpty)
    }

    @Test("T25: a peer is answered once in ten minutes, with at most 16 nodes that answered us")
    func answers() {
        var bench = OverlayBench()
        for start in stride(from: 0, to: 48, by: 16) {
            bench.learn((start..<start + 16).map { OverlayBench.node($0) }, from: .anchor)
        }
        let asker = OverlayBench.node(700)
        bench.overlay.linkUp(
            asker.key, asker.netgroup, .inbound, isAnchor: false, at: bench.now)
        #expect(bench.overlay.answer(to: asker.key, at: bench.now)?.isEmpty == true)
        #expect(bench.overlay.answer(to: asker.key, at: bench.now) == nil)
        for _ in 0..<40 { _ = bench.dialAndLink(after: 130_000) }
        let told = bench.overlay.answer(to: asker.key, at: bench.now)
        #expect(told?.count == 16)
        #expect(bench.overlay.answer(to: OverlayBench.node(701).key, at: bench.now) == nil)
    }

    @Test("who asks again and again hears of everybody who answered, however small the view is")
    func freshAnswers() {
        var limits = OverlayLimits()
        limits.viewSlots = 8
        var bench = OverlayBench(limits: limits)
        let nodes = (0..<60).map { OverlayBench.node($0) }
        for node in nodes {
            bench.learn([node], from: .anchor)
            bench.overlay.confirm(node.key)
        }
        let asker = OverlayBench.node(700)
        bench.overlay.linkUp(
            asker.key, asker.netgroup, .inbound, isAnchor: false, at: bench.now)
        var told: Set<NodeKey> = []
        for _ in 0..<40 {
            let answer = bench.overlay.answer(to: asker.key, at: bench.now) ?? []
            #expect(answer.count == 16)
            #expect(Set(answer.map(\.netgroup)).count == 16)
            told.formUnion(answer.map(\.key))
            bench.now.monotonicMilliseconds += limits.answerMilliseconds
        }
        #expect(told == Set(nodes.map(\.key)))
    }

    @Test("a feeler asks what the other knows, and hangs up")
    func feeler() {
        var bench = OverlayBench()
        let nodes = (0..<14).map { OverlayBench.node($0) }
        bench.learn(nodes, from: .anchor)
        for _ in 0..<4 { _ = bench.dialAndLink(after: 1_000) }
        let kept = Set(bench.overlay.outboundNodes.map(\.key))
        let felt = bench.dialAndLink(after: 30_000)
        #expect(felt.count == 1)
        #expect(bench.turn().contains(.ask(felt[0].key)))
        #expect(bench.turn(after: 10_000).contains(.hangUp(felt[0].key)))
        #expect(Set(bench.overlay.outboundNodes.map(\.key)) == kept)
    }

    @Test("what answered before a restart is dialled after it")
    func restart() {
        var bench = OverlayBench()
        bench.learn((0..<10).map { OverlayBench.node($0) }, from: .anchor)
        for _ in 0..<4 { _ = bench.dialAndLink(after: 1_000) }
        let saved = bench.overlay.saved
        #expect(saved.count >= 8)
        #expect(saved.prefix(8).map(\.key) == bench.overlay.outboundNodes.map(\.key))
        var again = OverlayBench(seed: 6)
        again.overlay.restore(saved, at: again.now)
        #expect(!OverlayBench.dials(again.turn()).isEmpty)
    }

    @Test(
        "everybody who had a place among those that answered has it after a restart",
        arguments: [4, 5])
    func restored(_ seed: UInt64) {
        var bench = OverlayBench(seed: seed)
        for number in 0..<300 {
            let node = OverlayBench.node(number)
            bench.learn([node], from: .anchor)
            bench.overlay.confirm(node.key)
        }
        let tried = bench.overlay.triedNodes
        #expect(tried.count > 150, "seed \(seed)")
        var again = OverlayBench(seed: seed)
        again.overlay.restore(bench.overlay.saved, at: again.now)
        #expect(Set(again.overlay.triedNodes) == Set(tried), "seed \(seed)")
    }

    @Test("T43: no map of an overlay grows past its cap", arguments: [3] as [UInt64])
    func caps(_ seed: UInt64) {
        var bench = OverlayBench()
        var random = SeededRandom(seed: seed)
        for _ in 0..<400 {
            let nodes = (0..<16).map { _ in
                OverlayBench.node(random.below(60_000), group: random.below(5_000))
            }
            let source: AddressSource =
                random.below(3) == 0 ? .anchor : .peer(Netgroup(raw: random.next()))
            bench.learn(nodes, from: source)
            for node in OverlayBench.dials(bench.turn(after: UInt64(random.below(60_000)))) {
                if random.below(2) == 0 {
                    bench.overlay.linkUp(
                        node.key, node.netgroup, .outbound, isAnchor: false, at: bench.now)
                } else {
                    bench.overlay.dialFailed(node.key, at: bench.now)
                }
            }
            for map in bench.overlay.census {
                #expect(map.count <= map.capacity, "seed \(seed): \(map.name)")
            }
        }
    }

    /// An old acquaintance, and a newcomer who answered and found the only place taken. True for the last when the
    /// old one, which is not linked any more, is dialled next.
    private static func meeting() -> (bench: OverlayBench, old: KnownNode, new: KnownNode, Bool) {
        var limits = OverlayLimits()
        (limits.triedBuckets, limits.triedPlaces, limits.outbound) = (1, 1, 1)
        limits.nodesPerGroup = 100
        var bench = OverlayBench(limits: limits)
        let old = OverlayBench.node(1, group: 77)
        bench.learn([old], from: .anchor)
        #expect(bench.dialAndLink(after: 1_000) == [old])
        // Who of one group is dialled is a matter of hashes: somebody comes before the old one.
        var new = old
        for number in 2..<60 where new == old {
            let node = OverlayBench.node(number, group: 77)
            bench.learn([node], from: .anchor)
            if bench.dialAndLink(after: 10) == [node] { new = node }
        }
        #expect(new != old)
        let actions = bench.turn(after: 10)
        #expect(actions.contains(.hangUp(old.key)))
        return (bench, old, new, OverlayBench.dials(actions) == [old])
    }

    @Test(
        "T24: an old acquaintance is dialled before a newcomer gets its place, and stays if it answers"
    )
    func testBeforeEvict() {
        var (bench, old, _, isTested) = Self.meeting()
        #expect(isTested)
        bench.overlay.linkUp(old.key, old.netgroup, .outbound, isAnchor: false, at: bench.now)
        #expect(bench.overlay.triedNodes == [old])
    }

    @Test("T24: an old acquaintance that does not answer any more gives its place to the newcomer")
    func evicted() {
        var (bench, old, new, isTested) = Self.meeting()
        #expect(isTested)
        bench.overlay.dialFailed(old.key, at: bench.now)
        #expect(bench.overlay.triedNodes == [new])
    }

    @Test("T24: of one network group two nodes are known, and who is given up makes room")
    func group() {
        var bench = OverlayBench()
        let keys = (0..<16).map { OverlayBench.node($0, group: 77) }
        bench.learn(keys, from: .anchor)
        #expect(bench.overlay.newCount == 2)
        bench.learn([OverlayBench.node(20)], from: .anchor)
        #expect(bench.overlay.newCount == 3)
        // Three dials that fail, an hour apart, and a node is forgotten.
        var failures: [NodeKey: Int] = [:]
        for _ in 0..<40 where !failures.values.contains(3) {
            for node in OverlayBench.dials(bench.turn(after: 3_600_000)) {
                if node.netgroup == keys[0].netgroup {
                    failures[node.key, default: 0] += 1
                    bench.overlay.dialFailed(node.key, at: bench.now)
                } else {
                    bench.overlay.linkUp(
                        node.key, node.netgroup, .outbound, isAnchor: false, at: bench.now)
                }
            }
        }
        #expect(failures.values.contains(3))
        // The other node answered, so that only the group is in *new*.
        #expect(bench.overlay.newCount < 2)
        bench.learn(keys, from: .anchor)
        #expect(bench.overlay.newCount == 2)
    }

    @Test("nobody who answers loses its place to the many who came later")
    func crowd() {
        var limits = OverlayLimits()
        limits.nodesPerGroup = 1_000
        var bench = OverlayBench(limits: limits)
        // Many nodes of one group share four buckets of 32: some meet an occupied place.
        let nodes = (0..<160).map { OverlayBench.node($0, group: 77) }
        var old: Set<NodeKey> = []
        var dialled: [NodeKey: Int] = [:]
        for start in stride(from: 0, to: nodes.count, by: 16) {
            bench.learn(Array(nodes[start..<min(start + 16, nodes.count)]), from: .anchor)
            for _ in 0..<20 {
                for wait in [125_000, 10_000] as [UInt64] {
                    let actions = bench.turn(after: wait)
                    for node in OverlayBench.dials(actions) {
                        dialled[node.key, default: 0] += 1
                        bench.overlay.linkUp(
                            node.key, node.netgroup, .outbound, isAnchor: false, at: bench.now)
                    }
                    for case .hangUp(let key) in actions { bench.overlay.linkDown(key) }
                }
            }
            if start == 0 { old = Set(bench.overlay.triedNodes.map(\.key)) }
        }
        #expect(old.count >= 8)
        #expect(old.contains { dialled[$0] ?? 0 > 1 })
        #expect(old.isSubset(of: bench.overlay.triedNodes.map(\.key)))
    }
}
