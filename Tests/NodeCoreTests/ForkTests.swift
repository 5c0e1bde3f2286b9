import NodeCore
import Primitives
import Ranking
import Records
import Testing

@Suite("Forks: one key, one place, two bodies")
struct ForkTests {
    let ego: Person
    let ana: Person
    let ben: Person

    init() throws {
        ego = try Person(1)
        ana = try Person(2)
        ben = try Person(3)
    }

    func fork() -> (honest: [Record], other: Record) {
        let honest = ana.feed(3)
        let other = ana.record(2, after: honest[0], at: 1_000_500, .like(item("other"), .one))
        return (honest, other)
    }

    @Test("a second signed body freezes the feed, and the proof goes to every other link")
    func freezes() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        let witness = node.connect(2, as: ben)
        let (honest, other) = fork()
        node.push(honest, over: source)
        #expect(node.node.graph.contains(ana.key))
        node.forgetSent()
        node.push([other], over: source)
        #expect(node.node.counts[RejectReason.equivocation] == 1)
        #expect(node.notices == [.forked(feed: ana.key, sequence: 2)])
        let proofs = node.frames(to: witness).compactMap { frame -> [Chain]? in
            if case .forkProof(let one, let two) = frame { [one, two] } else { nil }
        }
        #expect(proofs.count == 1)
        let expected = [try chain([honest[1]]), try chain([other])]
        #expect(Set(proofs[0]) == Set(expected))
        #expect(node.store.proofs[ana.key]?.sequence == 2)
        // Nothing of it counts any more, here and after a restart.
        #expect(!node.node.graph.contains(ana.key))
        let restarted = TestNode(ego, store: node.store)
        #expect(!restarted.node.graph.contains(ana.key))
        #expect(restarted.node.frontierDigest.feeds == node.node.frontierDigest.feeds)
        // And the first body is still the one that is held.
        guard case .record(let held)? = node.store.entries[ana.key]?[2] else {
            Issue.record("the record is gone")
            return
        }
        #expect(held.record == honest[1])
    }

    @Test("a proof alone convinces a node that never saw the fork, and is passed on")
    func convinces() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        let witness = node.connect(2, as: ben)
        let (honest, other) = fork()
        node.push(honest, over: source)
        node.forgetSent()
        let frame = try forkFrame([honest[1]], [other])
        node.give(.frame(source, frame.encoded))
        node.give(.frame(source, frame.encoded))
        #expect(node.notices == [.forked(feed: ana.key, sequence: 2)])
        #expect(node.frames(to: witness).count == 1)
        node.push([ana.record(4, after: honest[2], .like(item("later"), .one))], over: source)
        #expect(node.node.counts[IgnoreReason.frozen] == 1)
    }

    @Test("a proof that proves nothing is refused and its sender blamed")
    func refusesBadProofs() throws {
        let (honest, other) = fork()
        var broken = other.encoded
        broken[broken.count - 1] ^= 1
        let unsigned = try Record(decoding: broken[...], scheme: scheme)
        for pair in [
            ([honest[1]], [honest[1]]), ([honest[1]], [honest[2]]), ([honest[1]], [unsigned]),
            ([honest[1], honest[2]], [honest[1], honest[2]]),
        ] {
            let node = TestNode(ego)
            let source = node.connect(1, as: ana)
            node.push(honest, over: source)
            let before = node.state
            let frame = try forkFrame(pair.0, pair.1)
            node.give(.frame(source, frame.encoded))
            #expect(node.node.counts[RejectReason.badProof] == 1)
            #expect(node.state == before)
            #expect(node.notices.isEmpty)
        }
    }

    @Test("an unsigned second body proves nothing")
    func unsignedSecondBody() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        let (honest, other) = fork()
        node.push(honest, over: source)
        let before = node.state
        var bytes = other.encoded
        bytes[bytes.count - 1] ^= 1
        node.give(.frame(source, Frame.push([bytes]).encoded))
        #expect(node.node.counts[RejectReason.badSignature] == 1)
        #expect(node.state == before)
    }

    @Test("two halves that were told different stories find out when they meet")
    func meet() throws {
        let (honest, other) = fork()
        let left = TestNode(ego)
        left.push(honest, over: left.connect(9, as: ana))
        let right = TestNode(ben)
        right.push([honest[0], other], over: right.connect(9, as: ana))
        _ = Wire(left, right)
        for node in [left, right] {
            #expect(node.notices.contains { if case .forked = $0 { true } else { false } })
            #expect(node.node.forkedFeedCount == 1)
        }
    }
}
