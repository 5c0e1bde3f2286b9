import NodeCore
import Primitives
import Ranking
import Records
import Testing

@Suite("Intake: what becomes of a record that a peer sends")
struct IntakeTests {
    let ego: Person
    let ana: Person
    let ben: Person

    init() throws {
        ego = try Person(1)
        ana = try Person(2)
        ben = try Person(3)
    }

    @Test("a record is committed before the frontier moves, and pushed to others only then")
    func commitsBeforeForwarding() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        let other = node.connect(2, as: ben)
        let records = ana.feed(3)
        node.answersStore = false
        node.push(records, over: source)
        #expect(node.node.frontier(of: ana.key) == 0)
        #expect(node.pushed(to: other).isEmpty)
        node.answersStore = true
        node.answerWaiting()
        #expect(node.node.frontier(of: ana.key) == 3)
        #expect(node.pushed(to: other) == records.map(\.encoded))
        #expect(node.pushed(to: source).isEmpty)
        #expect(node.node.counts.accepted == 3)
    }

    @Test("a replayed record changes nothing and is not forwarded, also after a restart")
    func replay() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        let other = node.connect(2, as: ben)
        let records = ana.feed(5)
        node.push(records, over: source)
        let before = node.state
        node.forgetSent()
        node.push(records, over: source)
        #expect(node.state == before)
        #expect(node.pushed(to: other).isEmpty)
        #expect(node.node.counts[IgnoreReason.duplicate] == 5)

        let restarted = TestNode(ego, store: node.store)
        let again = restarted.connect(1, as: ana)
        #expect(restarted.state == before)
        restarted.push(records, over: again)
        #expect(restarted.state == before)
        #expect(restarted.node.counts[IgnoreReason.duplicate] == 5)
        #expect(restarted.node.counts.accepted == 0)
    }

    @Test("hostile and stale records are refused with a counted reason and change nothing")
    func refusals() throws {
        let chain = ana.feed(2)
        let next = UInt64(chain.count + 1)
        let like = Payload.like(item("x"), .one)
        var damaged = ana.record(next, after: chain[1], like).encoded
        damaged[damaged.count - 1] ^= 1
        let oversized = chain[0].encoded + [UInt8](repeating: 0, count: 1024)
        let otherNetwork = NetworkID(name: "elsewhere", scheme: scheme)
        let cases: [(EncodedRecord, Verdict)] = [
            (Array(chain[0].encoded.dropLast()), .reject(.malformed)),
            (chain[0].encoded + [0], .reject(.malformed)),
            (Array(oversized.prefix(1024)), .reject(.malformed)),
            (damaged, .reject(.badSignature)),
            (
                ana.record(next, after: chain[1], network: otherNetwork, like).encoded,
                .reject(.badSignature)
            ),
            (ana.record(next, after: chain[0], like).encoded, .reject(.brokenChain)),
            (ana.record(next, after: chain[1], at: 999_999, like).encoded, .reject(.timeReversed)),
            (
                ana.record(next, after: chain[1], at: 2_000_000 + 600_001, like).encoded,
                .ignore(.futureDated)
            ),
            (ana.record(next + 65, after: chain[1], like).encoded, .ignore(.tooFarAhead)),
            (
                ana.record(
                    next, after: chain[1], at: 1_000_100,
                    Delegation.payload(device: ana.key, network: network, signer: ben.signer)
                ).encoded, .reject(.badDelegation)
            ),
            (
                ana.record(
                    next, after: chain[1], at: 1_000_100,
                    .retract(sequence: 2, id: chain[0].id, previous: chain[0].id)
                ).encoded,
                .reject(.badRetraction)
            ),
            (
                ana.record(
                    next, after: chain[1], at: 1_000_100,
                    .retract(sequence: 1, id: chain[0].id, previous: .zero)
                ).encoded,
                .reject(.badRetraction)
            ),
            (
                ana.record(
                    next, after: chain[1], at: 1_000_100,
                    .retract(sequence: next, id: chain[0].id, previous: chain[1].id)
                ).encoded,
                .reject(.badRetraction)
            ),
            (
                ana.record(
                    next, after: chain[1], at: 1_000_100,
                    .retract(sequence: 2, id: chain[1].id, previous: chain[1].id)
                ).encoded,
                .reject(.badRetraction)
            ),
        ]
        for (bytes, expected) in cases {
            let node = TestNode(ego)
            let source = node.connect(1, as: ana)
            node.push(chain, over: source)
            let before = node.state
            node.give(.frame(source, Frame.push([bytes]).encoded))
            #expect(node.state == before, "\(expected)")
            switch expected {
            case .accept: break
            case .ignore(let reason): #expect(node.node.counts[reason] == 1, "\(expected)")
            case .reject(let reason): #expect(node.node.counts[reason] == 1, "\(expected)")
            }
        }
    }

    @Test("a key that is no point of the main subgroup opens no feed")
    func badKey() throws {
        // Order two: y = -1. Any signature by it could be forged.
        let key = try #require(
            PublicKey(hex: "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"))
        let body = RecordBody(
            feed: key, sequence: 1, previous: .zero, time: Instant(milliseconds: 1_000_000),
            payload: .like(item("x"), .one))
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        let bytes = body.encoded + [UInt8](repeating: 0, count: 64)
        node.give(.frame(source, Frame.push([bytes]).encoded))
        #expect(node.node.counts[RejectReason.badKey] == 1)
        #expect(node.node.feedCount == 1)
    }

    @Test("records that arrive out of order wait for the gap to close", arguments: 0..<20)
    func outOfOrder(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let records = ana.feed(40)
        var shuffled = Array(records.dropFirst())
        random.shuffle(&shuffled)
        let node = TestNode(ego)
        node.publish([.trust(ana.key, .one)])
        let source = node.connect(1, as: ana)
        node.push([records[0]], over: source)
        for record in shuffled { node.push([record], over: source) }
        #expect(node.node.frontier(of: ana.key) == 40, "seed \(seed)")
        #expect(node.node.counts.accepted == 40, "seed \(seed)")
        let inOrder = TestNode(ego)
        inOrder.publish([.trust(ana.key, .one)])
        inOrder.push(records, over: inOrder.connect(1, as: ana))
        #expect(node.node.frontierDigest.digest == inOrder.node.frontierDigest.digest)
    }

    @Test("a stranger's records that wait for a gap are few, and the gap is asked for")
    func strangersGap() throws {
        let records = ana.feed(40)
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        node.push([records[0]] + records[2...], over: source)
        let window = node.node.census.first { $0.name == "window" }
        #expect(window?.count == CoreLimits().strangerWindow)
        let gap = RangeRequest(feed: ana.key, first: 2, last: 40)
        #expect(node.frames(to: source).contains(.rangeRequest(gap)))
    }

    @Test("a batch that contradicts the store costs its own feed, not its neighbours'")
    func poisonedBatch() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        // Rows of another branch, left behind by a commit that was rolled back here.
        let (mine, other) = (ana.feed(2, of: "mine"), ana.feed(2, of: "other"))
        var batch = StoreBatch()
        batch.records = mine.map { StoredRecord(record: $0, firstSeen: node.now.wall) }
        #expect(node.store.commit(batch) == nil)
        node.give(
            .frame(source, Frame.push((ben.feed(3) + other).map(\.encoded)).encoded))
        for _ in 0..<4 {
            node.push(ben.feed(3), over: source)
            node.push(other, over: source)
            node.pass(milliseconds: 100)
        }
        #expect(node.node.frontier(of: ben.key) == 3)
        #expect(node.node.frontier(of: ana.key) == 2)
        #expect(node.store.feed(ana.key).map(\.id) == other.map(\.id))
    }

    @Test("proofs about feeds that nobody here wants are not collected")
    func strangersProofs() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        let other = try Person(77).record(1, .like(item("y"), .one))
        let first = try Person(77).feed(1)[0]
        node.give(.frame(source, try forkFrame([first], [other]).encoded))
        #expect(node.node.forkedFeedCount == 0)
        #expect(node.node.counts[IgnoreReason.overQuota] == 1)
    }

    @Test("what the store refuses is taken back, and accepted when it is offered again")
    func storeFailure() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        let records = ana.feed(4)
        node.push(Array(records.prefix(2)), over: source)
        let before = node.state
        node.store.failures = [.full]
        node.push(Array(records.suffix(2)), over: source)
        #expect(node.state == before)
        #expect(node.node.storeFailure == .full)
        #expect(node.node.counts[IgnoreReason.storeUnavailable] == 2)
        // For a while nothing is tried.
        node.push(Array(records.suffix(2)), over: source)
        #expect(node.node.frontier(of: ana.key) == 2)
        node.pass(milliseconds: 1_000)
        node.push(Array(records.suffix(2)), over: source)
        #expect(node.node.frontier(of: ana.key) == 4)
        #expect(node.node.storeFailure == nil)
        #expect(node.notices == [.storeFailed(.full), .storeRecovered])
    }

    @Test("a device's feed speaks for the author who signed for it, and only for that one")
    func delegation() throws {
        let device = try Person(9)
        let consent = Delegation.payload(device: device.key, network: network, signer: ana.signer)
        let first = device.record(1, consent)
        let second = device.record(2, after: first, .trust(ben.key, .one))
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        node.push([first, second], over: source)
        #expect(node.node.graph.trusts(from: ana.key, to: ben.key))
        #expect(!node.node.graph.trusts(from: device.key, to: ben.key))

        // Ben's name over Ana's signature.
        guard case .delegate(_, let signature) = consent else { return }
        let forged = try Person(10).record(1, .delegate(author: ben.key, signature: signature))
        node.push([forged], over: source)
        #expect(node.node.counts[RejectReason.badDelegation] == 1)
        #expect(node.node.feedCount == 2)
    }

    @Test("a link that keeps sending what no honest peer sends is closed")
    func blame() throws {
        var limits = CoreLimits()
        limits.rejectionsPerLink = 5
        let node = TestNode(ego, limits: limits)
        let source = node.connect(1, as: ana)
        let junk = EncodedRecord(repeating: 7, count: 200)
        for _ in 0..<4 { node.give(.frame(source, Frame.push([junk]).encoded)) }
        #expect(node.ended.isEmpty)
        node.give(.frame(source, Frame.push([junk]).encoded))
        #expect(node.ended.map(\.reason) == [.protocolViolation])
    }

    @Test(
        "the strangers' pool has a cap, keeps the same feeds in any order, and never costs a friend"
    )
    func strangers() throws {
        var limits = CoreLimits()
        limits.strangerFeeds = 8
        let people = try (20..<60).map { try Person($0) }
        let firsts = people.map { $0.feed(1)[0] }
        var kept: [[PublicKey]] = []
        for seed in UInt64(0)..<4 {
            var random = SeededRandom(seed: seed)
            var order = firsts
            random.shuffle(&order)
            let node = TestNode(ego, limits: limits)
            let source = node.connect(1, as: ana)
            node.publish([.trust(ben.key, .one)])
            node.pass(milliseconds: 5000)
            node.push(ben.feed(3), over: source)
            for record in order { node.push([record], over: source) }
            #expect(node.node.feedCount == 1 + 1 + 8)
            #expect(node.node.frontier(of: ben.key) == 3)
            kept.append(people.map(\.key).filter { node.node.frontier(of: $0) > 0 }.sorted())
            for map in node.node.census { #expect(map.count <= map.capacity, "\(map.name)") }
        }
        #expect(kept.allSatisfy { $0 == kept[0] })
    }
}
