import NodeCore
import Primitives
import Records
import Testing

@Suite("Ranges: many records, one signature")
struct RangeTests {
    let ego: Person
    let ana: Person
    let ben: Person
    let cleo: Person

    init() throws {
        ego = try Person(1)
        ana = try Person(2)
        ben = try Person(3)
        cleo = try Person(4)
    }

    private func response(_ chain: Chain) -> [UInt8] {
        Frame.rangeResponse(RangeResponse(feed: chain.feed, chain: chain)).encoded
    }

    private func held(_ node: TestNode, _ feed: PublicKey) -> [Record] {
        node.store.feed(feed).compactMap {
            if case .record(let stored) = $0 { stored.record } else { nil }
        }
    }

    @Test("a feed goes from node to node by ranges, with a signature for every 64th record only")
    func relays() throws {
        let first = TestNode(ego)
        first.push(cleo.feed(200), over: first.connect(9, as: cleo))
        let second = TestNode(ana)
        _ = Wire(first, second)
        let third = TestNode(ben)
        _ = Wire(second, third)
        for node in [second, third] {
            let records = held(node, cleo.key)
            #expect(records.map(\.id) == cleo.feed(200).map(\.id))
            #expect(
                records.filter { $0.signature != nil }.map(\.body.sequence) == [64, 128, 192, 200])
        }
        // And a restart of the last one finds the same.
        let restarted = TestNode(ben, store: third.store)
        #expect(restarted.state == third.state)
    }

    @Test("who said that it holds more and gave nothing is pushed what it lacks")
    func withdrawn() throws {
        let records = cleo.feed(5)
        let head = records[4].id.raw.prefix64
        for givesNothing in [true, false] {
            let node = TestNode(ego)
            let other = node.connect(1, as: ben)
            let liar = node.connect(2, as: ana)
            node.push([records[0]], over: other)
            let claim = Frontier.Entry(feed: cleo.key, sequence: 5, headPrefix: head)
            node.give(.frame(liar, Frame.frontier(Frontier(entries: [claim])).encoded))
            if givesNothing {
                let nothing = RangeResponse(feed: cleo.key, chain: nil)
                node.give(.frame(liar, Frame.rangeResponse(nothing).encoded))
            }
            node.forgetSent()
            node.push(Array(records.dropFirst()), over: other)
            #expect(node.node.frontier(of: cleo.key) == 5)
            // As long as its word stands, it has them.
            #expect(node.pushed(to: liar).count == (givesNothing ? 4 : 0))
        }
    }

    @Test("what came without its own signature is not pushed but announced")
    func announces() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        let other = node.connect(2, as: ben)
        node.forgetSent()
        let records = cleo.feed(70)
        node.give(.frame(source, response(try chain(records))))
        #expect(node.node.frontier(of: cleo.key) == 70)
        let entry = Frontier.Entry(
            feed: cleo.key, sequence: 70, headPrefix: records[69].id.raw.prefix64)
        #expect(node.pushed(to: other) == [])
        #expect(node.frames(to: other).contains(.frontier(Frontier(entries: [entry]))))
        #expect(!node.frames(to: source).contains(.frontier(Frontier(entries: [entry]))))
        // The next record, pushed with its signature, is pushed on.
        let next = cleo.record(71, after: records[69], at: 1_000_100, .like(item("n"), .one))
        node.push([next], over: source)
        let ask = Frame.rangeRequest(RangeRequest(feed: cleo.key, first: 1, last: 70))
        node.give(.frame(other, ask.encoded))
        #expect(
            node.frames(to: other).contains { if case .rangeResponse = $0 { true } else { false } })
    }

    @Test("a request inside a segment is answered to the end of it, and no further")
    func wholeSegments() throws {
        let first = TestNode(ego)
        first.push(cleo.feed(200), over: first.connect(9, as: cleo))
        let second = TestNode(ana)
        _ = Wire(first, second)
        let link = second.connect(5, as: ben)
        for (asked, expected) in [(1...1, 64), (10...20, 64), (60...130, 128), (190...200, 200)] {
            second.forgetSent()
            let request = RangeRequest(
                feed: cleo.key, first: UInt64(asked.lowerBound), last: UInt64(asked.upperBound))
            second.give(.frame(link, Frame.rangeRequest(request).encoded))
            guard case .rangeResponse(let answer)? = second.frames(to: link).last else {
                Issue.record("no answer to \(asked)")
                continue
            }
            #expect(answer.chain?.first == UInt64(asked.lowerBound))
            #expect(answer.chain?.last == UInt64(expected), "asked for \(asked)")
        }
    }

    @Test("a chain that is not vouched for changes nothing, and its sender is blamed once")
    func refusesUnvouched() throws {
        let records = cleo.feed(100)
        let other = NetworkID(name: "elsewhere", scheme: scheme)
        var foreign: [Record] = []
        for number in 0..<70 {
            foreign.append(
                cleo.record(
                    UInt64(number + 1), after: foreign.last, network: other,
                    .like(item("s\(number)"), .one)))
        }
        var broken = response(try chain(records))
        broken[broken.count - 1] ^= 1
        var changed = response(try chain(records))
        changed[200] ^= 1
        let cases: [(bytes: [UInt8], verdict: RejectReason, taken: UInt64)] = [
            (response(try chain(foreign)), .badSignature, 0), (broken, .badSignature, 64),
            (changed, .badSignature, 0),
        ]
        for (bytes, verdict, taken) in cases {
            let node = TestNode(ego)
            let link = node.connect(1, as: ana)
            node.give(.frame(link, bytes))
            #expect(node.node.counts[verdict] > 0)
            #expect(node.node.frontier(of: cleo.key) == taken)
            #expect(node.ended.isEmpty)
        }
    }

    @Test("T1: a chain that is held already changes nothing and costs no verification")
    func replayed() throws {
        let node = TestNode(ego)
        let link = node.connect(1, as: ana)
        var bytes = response(try chain(cleo.feed(100)))
        node.give(.frame(link, bytes))
        let before = node.state
        // A broken signature would be seen if it were looked at.
        bytes[bytes.count - 1] ^= 1
        node.give(.frame(link, bytes))
        #expect(node.state == before)
        #expect(node.node.counts[IgnoreReason.duplicate] == 100)
        #expect(node.node.counts[RejectReason.badSignature] == 0)
    }

    @Test("T8: a segment with a record from the future is ignored, the ones before it are taken")
    func futureDated() throws {
        let node = TestNode(ego)
        let link = node.connect(1, as: ana)
        var records = cleo.feed(64)
        records.append(
            cleo.record(65, after: records[63], at: 2_000_000 + 600_001, .like(item("f"), .one)))
        node.give(.frame(link, response(try chain(records))))
        #expect(node.node.frontier(of: cleo.key) == 64)
        #expect(node.node.counts[IgnoreReason.futureDated] == 1)
        #expect(node.ended.isEmpty)
    }

    @Test("T3: a fork of a record without its own signature is proven to a node that saw neither")
    func forkOfVouched() throws {
        let records = cleo.feed(100)
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        let witness = node.connect(2, as: ben)
        node.give(.frame(source, response(try chain(records))))
        let other = cleo.record(30, after: records[28], at: 1_000_050, .like(item("other"), .one))
        node.push([other], over: source)
        #expect(node.notices == [.forked(feed: cleo.key, sequence: 30)])
        let proof = try #require(
            node.frames(to: witness).first { if case .forkProof = $0 { true } else { false } })
        // The witness holds the feed up to 10: it believes the proof, and checks it itself.
        let second = TestNode(ben)
        let link = second.connect(1, as: ego)
        second.push(Array(records.prefix(10)), over: link)
        second.give(.frame(link, proof.encoded))
        #expect(second.notices == [.forked(feed: cleo.key, sequence: 30)])
        #expect(second.node.counts[RejectReason.badProof] == 0)
        // And both keep it over a restart.
        #expect(TestNode(ego, store: node.store).node.forkedFeedCount == 1)
    }

    @Test("T3: two histories that came by ranges prove the fork when they meet")
    func rangesMeet() throws {
        let records = cleo.feed(80)
        var twin = Array(records.prefix(20))
        for number in 20..<90 {
            twin.append(
                cleo.record(
                    UInt64(number + 1), after: twin.last, at: 1_000_500,
                    .like(item("twin-\(number)"), .one)))
        }
        let left = TestNode(ego)
        left.give(.frame(left.connect(9, as: cleo), response(try chain(records))))
        let right = TestNode(ana)
        right.give(.frame(right.connect(9, as: cleo), response(try chain(twin))))
        let wire = Wire(left, right)
        wire.settle()
        for node in [left, right] {
            #expect(node.node.forkedFeedCount == 1)
            #expect(held(node, cleo.key).count >= 80)
        }
    }

    @Test("a relay without signatures can hand a feed on whose middle was retracted")
    func retractedMiddle() throws {
        let author = TestNode(ego)
        author.publish((1...100).map { .like(item("song-\($0)"), .one) })
        let relay = TestNode(ana)
        let wire = Wire(author, relay)
        for place in [50, 51, 64, 30] {
            author.publish([author.node.ownLog.entries[place - 1].retraction])
        }
        wire.settle()
        #expect(relay.node.frontier(of: ego.key) == 104)
        let late = TestNode(ben)
        _ = Wire(relay, late)
        #expect(late.node.frontierDigest.digest == relay.node.frontierDigest.digest)
        let gone = late.store.feed(ego.key).filter {
            if case .tombstone = $0 { true } else { false }
        }
        #expect(gone.map(\.sequence) == [30, 50, 51, 64])
        // And the late one can do the same.
        let last = TestNode(cleo)
        _ = Wire(late, last)
        #expect(last.node.frontierDigest.digest == relay.node.frontierDigest.digest)
    }

    @Test("a tombstone whose RETRACT names another record before it is refused")
    func unlinkedTombstone() throws {
        let records = cleo.feed(3)
        func places(naming previous: RecordID) -> [ChainPlace] {
            let retraction = cleo.record(
                4, after: records[2], at: 1_000_100,
                .retract(sequence: 2, id: records[1].id, previous: previous))
            return [
                .record(records[0]),
                .tombstone(
                    feed: cleo.key, sequence: 2, id: records[1].id, retraction: retraction),
                .record(records[2]),
            ]
        }
        for (previous, frontier) in [(records[0].id, 3), (records[2].id, 0)] {
            let node = TestNode(ego)
            let link = node.connect(1, as: ana)
            let chain = try #require(Chain(places(naming: previous)))
            node.give(.frame(link, response(chain)))
            #expect(node.node.frontier(of: cleo.key) == UInt64(frontier))
            #expect((node.node.counts[RejectReason.badSignature] > 0) == (frontier == 0))
        }
    }

    @Test("own records that came back without a signature are signed anew, alike")
    func ownComeBack() throws {
        let records = ego.feed(80)
        let node = TestNode(ego)
        let link = node.connect(1, as: ana)
        node.give(.frame(link, response(try chain(records))))
        #expect(held(node, ego.key) == records)
        node.publish([.like(item("next"), .one)])
        #expect(node.published == [.success([81])])
    }

    @Test("an answer of the store for a link that is gone does not count for the next one")
    func lateRead() throws {
        var limits = CoreLimits()
        limits.readsPerLink = 1
        let node = TestNode(ego, limits: limits)
        let link = node.connect(1, as: ana)
        node.push(cleo.feed(3), over: link)
        node.answersStore = false
        let ask = Frame.rangeRequest(RangeRequest(feed: cleo.key, first: 1, last: 3)).encoded
        node.give(.frame(link, ask))
        node.give(.linkDown(link))
        _ = node.connect(1, as: ana)
        node.answerWaiting()
        node.forgetSent()
        node.give(.frame(link, ask))
        node.give(.frame(link, ask))
        // One read runs, and the second request is answered with nothing at once.
        #expect(node.waiting.count == 1)
        #expect(
            node.frames(to: link) == [.rangeResponse(RangeResponse(feed: cleo.key, chain: nil))])
    }
}
