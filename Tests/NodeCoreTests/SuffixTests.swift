import Primitives
import Ranking
import Records
import Testing

@testable import NodeCore

/// Checkpoints every 8 records, strangers held with 16, so that little feeds show what long ones do.
@Suite("Suffixes: a feed is held from a checkpoint on")
struct SuffixTests {
    let ego: Person
    let ana: Person
    let ben: Person
    let cleo: Person
    let limits: CoreLimits

    init() throws {
        ego = try Person(1)
        ana = try Person(2)
        ben = try Person(3)
        cleo = try Person(4)
        var limits = CoreLimits()
        limits.checkpointSpan = 8
        limits.strangerRecords = 16
        self.limits = limits
    }

    /// Likes with a CHECKPOINT at every eighth place.
    func feed(_ count: Int, of person: Person, consent: Payload? = nil) -> [Record] {
        var records: [Record] = []
        var speaks: Consent?
        if case .delegate(let author, let signature)? = consent {
            speaks = Consent(author: author, signature: signature)
        }
        for number in 1...UInt64(count) {
            let like = Payload.like(item("song-\(number)"), .one)
            let payload =
                number == 1 ? consent ?? like : number % 8 == 0 ? .checkpoint(speaks) : like
            records.append(
                person.record(number, after: records.last, at: 1_000_000 + number, payload))
        }
        return records
    }

    /// A node that trusts `friends` and so holds their feeds whole.
    func holder(_ person: Person, of friends: [Person]) -> TestNode {
        let node = TestNode(person, limits: limits)
        if !friends.isEmpty { node.publish(friends.map { .trust($0.key, .one) }) }
        return node
    }

    func sequences(_ node: TestNode, _ feed: PublicKey) -> [UInt64] {
        node.store.feed(feed).map(\.sequence)
    }

    private func tell(_ node: TestNode, _ records: [Record], over link: LinkID) {
        guard let last = records.last else { return }
        let entry = Frontier.Entry(
            feed: last.body.feed, sequence: last.body.sequence, headPrefix: last.id.raw.prefix64)
        node.give(.frame(link, Frame.frontier(Frontier(entries: [entry])).encoded))
    }

    private func answer(_ node: TestNode, _ records: [Record], over link: LinkID) throws {
        let chain = try chain(records)
        let frame = Frame.rangeResponse(RangeResponse(feed: chain.feed, chain: chain))
        node.give(.frame(link, frame.encoded))
    }

    func ranges(_ node: TestNode, to link: LinkID) -> [RangeRequest] {
        node.frames(to: link).compactMap {
            if case .rangeRequest(let request) = $0 { request } else { nil }
        }
    }

    private func ended(_ nodes: TestNode...) -> Int { nodes.reduce(0) { $0 + $1.ended.count } }

    @Test(
        "a node writes a checkpoint at every place that is due one, and answers for its drafts alone"
    )
    func writes() throws {
        let node = holder(ego, of: [])
        node.publish((1...20).map { .like(item("s\($0)"), .one) })
        guard case .success(let answered)? = node.published.last else {
            Issue.record("nothing was published")
            return
        }
        #expect(answered == (1...22).filter { $0 % 8 != 0 })
        let kinds = node.store.feed(ego.key).map { entry -> UInt8? in
            if case .record(let stored) = entry { stored.record.body.payload.kind } else { nil }
        }
        #expect(kinds.indices.filter { kinds[$0] == RecordKind.checkpoint } == [7, 15])
    }

    @Test("the first checkpoint carries the consent that the same publication opened the feed with")
    func firstPublication() throws {
        let node = TestNode(cleo, author: ben, limits: limits)
        let consent = Delegation.payload(device: cleo.key, network: network, signer: ben.signer)
        node.publish([consent] + (1...20).map { .like(item("s\($0)"), .one) })
        let records = node.store.feed(cleo.key).compactMap { entry -> Record? in
            if case .record(let stored) = entry { stored.record } else { nil }
        }
        #expect(records.count == 23)
        let peer = holder(ego, of: [ben])
        let link = peer.connect(1, as: ana)
        tell(peer, records, over: link)
        try answer(peer, records, over: link)
        #expect(peer.node.frontier(of: cleo.key) == 23)
        #expect(peer.node.counts[RejectReason.badCheckpoint] == 0)
    }

    @Test(
        "a stranger's feed that does not fit is taken from a checkpoint on, and served from there")
    func takesSuffix() throws {
        let records = feed(100, of: cleo)
        let whole = holder(ego, of: [cleo])
        whole.push(records, over: whole.connect(9, as: cleo))
        #expect(whole.node.firstHeld(of: cleo.key) == 1)
        let second = holder(ana, of: [])
        _ = Wire(whole, second)
        #expect(sequences(second, cleo.key) == Array(88...100))
        #expect(second.node.firstHeld(of: cleo.key) == 88)
        #expect(second.node.frontier(of: cleo.key) == 100)
        // One that holds a suffix gives it on, and nobody is blamed for what it lacks.
        let third = holder(ben, of: [])
        _ = Wire(second, third)
        #expect(sequences(third, cleo.key) == Array(88...100))
        #expect(second.node.frontierDigest.digest == third.node.frontierDigest.digest)
        let link = second.connect(7, as: cleo)
        second.forgetSent()
        let before = RangeRequest(feed: cleo.key, first: 3, last: 5)
        second.give(.frame(link, Frame.rangeRequest(before).encoded))
        #expect(
            second.frames(to: link).contains {
                if case .rangeResponse(let answer) = $0 {
                    answer.chain?.first == 88 && answer.chain?.last == 88
                } else {
                    false
                }
            })
        #expect(ended(whole, second, third) == 0)
        // And a restart finds the same.
        let restarted = TestNode(ben, limits: limits, store: third.store)
        #expect(restarted.state == third.state)
        #expect(restarted.node.firstHeld(of: cleo.key) == 88)
    }

    @Test("a feed that grows past its cap loses what is before a checkpoint, on the disk too")
    func trims() throws {
        let node = holder(ego, of: [])
        let link = node.connect(1, as: cleo)
        let records = feed(60, of: cleo)
        var most = 0
        for record in records {
            node.push([record], over: link)
            most = max(most, sequences(node, cleo.key).count)
        }
        node.pass(milliseconds: 0)
        #expect(most == 16)
        #expect(node.node.frontier(of: cleo.key) == 60)
        #expect(node.node.firstHeld(of: cleo.key) == 48)
        #expect(sequences(node, cleo.key) == Array(48...60))
        #expect(node.node.recordCount == 13)
        let likes = (48...60).filter { $0 % 8 != 0 }.count
        #expect(node.node.graph.census.first { $0.name == "interactions" }?.count == likes)
        // A record from before the suffix is as good as held.
        let state = node.state
        node.push(Array(records[..<20]), over: link)
        #expect(node.state == state)
        #expect(ended(node) == 0)
        #expect(TestNode(ego, limits: limits, store: node.store).state == state)
    }

    @Test(
        "whom the ego comes to trust is fetched back to the first record, checkpoint by checkpoint")
    func fetchesBlocks() throws {
        let records = feed(100, of: cleo)
        let whole = holder(ego, of: [cleo])
        whole.push(records, over: whole.connect(9, as: cleo))
        let node = holder(ana, of: [])
        let wire = Wire(whole, node)
        #expect(node.node.firstHeld(of: cleo.key) == 88)
        node.publish([.trust(cleo.key, .one)])
        node.pass(milliseconds: 3_000)
        wire.settle()
        #expect(sequences(node, cleo.key) == Array(1...100))
        #expect(node.node.firstHeld(of: cleo.key) == 1)
        #expect(
            node.node.frontierDigest.feeds == 3 && whole.node.recordCount == node.node.recordCount)
        let likes = (1...100).filter { $0 % 8 != 0 }.count
        #expect(node.node.graph.census.first { $0.name == "interactions" }?.count == likes)
        #expect(TestNode(ana, limits: limits, store: node.store).state == node.state)
        #expect(ended(whole, node) == 0)
    }

    @Test("who has the suffix only is asked once for what is before it, and not blamed")
    func asksOnce() throws {
        let records = feed(40, of: cleo)
        let node = holder(ego, of: [])
        let link = node.connect(1, as: ana)
        tell(node, records, over: link)
        #expect(ranges(node, to: link) == [RangeRequest(feed: cleo.key, first: 32, last: 40)])
        try answer(node, Array(records[31...]), over: link)
        #expect(node.node.firstHeld(of: cleo.key) == 32)
        node.forgetSent()
        node.publish([.trust(cleo.key, .one)])
        node.pass(milliseconds: 3_000)
        let block = RangeRequest(feed: cleo.key, first: 24, last: 32)
        #expect(ranges(node, to: link) == [block])
        try answer(node, [records[31]], over: link)
        for _ in 0..<12 { node.pass(milliseconds: 10_000) }
        #expect(ranges(node, to: link) == [block])
        #expect(node.ended.isEmpty && node.node.frontier(of: cleo.key) == 40)
        // Another link that has it is asked, and what it says must lead to what is held.
        let other = node.connect(2, as: ben)
        tell(node, records, over: other)
        node.pass(milliseconds: 60_000)
        #expect(ranges(node, to: other).contains(block))
        var forged = Array(records[..<23])
        for number in 24...32 {
            let payload: Payload =
                number % 8 == 0 ? .checkpoint(nil) : .like(item("forged-\(number)"), .one)
            forged.append(
                cleo.record(UInt64(number), after: forged.last, at: 1_000_024, payload))
        }
        try answer(node, Array(forged[23...]), over: other)
        #expect(node.node.firstHeld(of: cleo.key) == 32)
        #expect(sequences(node, cleo.key) == Array(32...40))
    }

    @Test(
        "T7: a jump is taken with a checkpoint that is due there, and where both do not fit, only",
        arguments: [
            UInt64(1) << 31, 1 << 32, 1 << 47, WireLimits.sequence - 8,
        ])
    func jumps(far: UInt64) throws {
        let node = holder(ego, of: [])
        let link = node.connect(1, as: cleo)
        node.push(feed(5, of: cleo), over: link)
        let before = node.state
        func place(_ sequence: UInt64, _ payload: Payload) -> Record {
            let body = RecordBody(
                feed: cleo.key, sequence: sequence, previous: RecordID(raw: cleo.key.raw),
                time: Instant(milliseconds: 1_000_100), payload: payload)
            return Record(signing: body, network: network, signer: cleo.signer, scheme: scheme)
        }
        let like = Payload.like(item("far"), .one)
        // Neither a like, nor a checkpoint where none is due, nor one that speaks for another, nor one that is only pushed.
        try answer(node, [place(far, like)], over: link)
        try answer(node, [place(far + 1, .checkpoint(nil))], over: link)
        let signature = try #require(place(far, like).signature)
        let consent = Consent(author: ben.key, signature: signature)
        try answer(node, [place(far, .checkpoint(consent))], over: link)
        node.push([place(far, .checkpoint(nil))], over: link)
        #expect(node.state == before)
        try answer(node, [place(far, .checkpoint(nil))], over: link)
        #expect(node.node.firstHeld(of: cleo.key) == far)
        #expect(sequences(node, cleo.key) == [far])
        #expect(node.ended.isEmpty)
    }

    @Test("T7: a friend's feed is not thrown away for a suffix of it, whoever serves that")
    func keepsFriends() throws {
        let records = feed(100, of: cleo)
        let node = holder(ego, of: [cleo])
        let link = node.connect(1, as: ana)
        node.push(Array(records[..<10]), over: link)
        tell(node, records, over: link)
        try answer(node, Array(records[87...]), over: link)
        #expect(sequences(node, cleo.key) == Array(1...10))
        // It is not asked for the same in vain.
        node.forgetSent()
        for _ in 0..<10 { node.pass(milliseconds: 30_000) }
        #expect(ranges(node, to: link).isEmpty)
        let other = node.connect(2, as: ben)
        tell(node, records, over: other)
        #expect(
            ranges(node, to: other) == [RangeRequest(feed: cleo.key, first: 11, last: 100)])
        try answer(node, Array(records[10...]), over: other)
        #expect(sequences(node, cleo.key) == Array(1...100))
        #expect(node.ended.isEmpty)
    }

    @Test("a feed without checkpoints is held from its first record up to its cap, as before")
    func withoutCheckpoints() throws {
        let records = cleo.feed(40)
        let node = holder(ego, of: [])
        let link = node.connect(1, as: ana)
        tell(node, records, over: link)
        try answer(node, Array(records[31...]), over: link)
        #expect(
            ranges(node, to: link).last == RangeRequest(feed: cleo.key, first: 1, last: 16))
        try answer(node, Array(records[..<16]), over: link)
        #expect(sequences(node, cleo.key) == Array(1...16))
        tell(node, records, over: link)
        try answer(node, Array(records[31...]), over: link)
        node.forgetSent()
        tell(node, records, over: link)
        #expect(ranges(node, to: link).isEmpty)
        #expect(sequences(node, cleo.key) == Array(1...16) && node.ended.isEmpty)
    }

    @Test(
        "a RETRACT of what is before the suffix drops it when it is fetched, whoever still gives the body"
    )
    func retracts() throws {
        var records = feed(33, of: cleo)
        let target = records[25]
        records.append(
            cleo.record(
                34, after: records[32], at: 1_000_040,
                .retract(
                    sequence: 26, id: target.id, previous: target.body.previous)))
        let node = holder(ego, of: [])
        let link = node.connect(1, as: ana)
        tell(node, records, over: link)
        try answer(node, Array(records[31...]), over: link)
        #expect(node.node.frontier(of: cleo.key) == 34)
        #expect(sequences(node, cleo.key) == [32, 33, 34])
        node.publish([.trust(cleo.key, .one)])
        node.pass(milliseconds: 3_000)
        try answer(node, Array(records[23...31]), over: link)
        #expect(node.node.firstHeld(of: cleo.key) == 24)
        node.pass(milliseconds: 1_000)
        node.pass(milliseconds: 1_000)
        let held = node.store.feed(cleo.key).first { $0.sequence == 26 }
        #expect(held.map { if case .tombstone = $0 { true } else { false } } == true)
    }

    @Test("T3: two bodies before a checkpoint freeze a suffix as they freeze the whole")
    func forks() throws {
        let records = feed(40, of: cleo)
        let node = holder(ego, of: [])
        let link = node.connect(1, as: ana)
        tell(node, records, over: link)
        try answer(node, Array(records[31...]), over: link)
        let other = cleo.record(5, after: records[3], at: 1_000_005, .like(item("other"), .one))
        node.give(.frame(link, try forkFrame([records[4]], [other]).encoded))
        #expect(node.notices == [.forked(feed: cleo.key, sequence: 5)])
        #expect(node.node.forkedFeedCount == 1)
        node.pass(milliseconds: 1_000)
        #expect(node.node.graph.census.first { $0.name == "interactions" }?.count == 0)
    }

    @Test("a device's suffix speaks for its author, whose consent its checkpoints carry")
    func delegated() throws {
        let consent = Delegation.payload(device: cleo.key, network: network, signer: ben.signer)
        let records = feed(40, of: cleo, consent: consent)
        let node = holder(ego, of: [])
        let link = node.connect(1, as: ana)
        tell(node, records, over: link)
        try answer(node, Array(records[31...]), over: link)
        #expect(node.node.firstHeld(of: cleo.key) == 32)
        node.publish([.trust(ben.key, .one)])
        node.pass(milliseconds: 3_000)
        #expect(node.node.trust(in: ben.key) > 0)
        #expect(ranges(node, to: link).last?.last == 32)
        // A consent that its author did not give opens no feed.
        let forged = feed(
            40, of: ana,
            consent: Delegation.payload(device: cleo.key, network: network, signer: ben.signer))
        tell(node, forged, over: link)
        try answer(node, Array(forged[31...]), over: link)
        #expect(node.node.frontier(of: ana.key) == 0)
        #expect(node.node.counts[RejectReason.badDelegation] > 0)
    }
}
