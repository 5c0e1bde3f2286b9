import NodeCore
import Primitives
import Ranking
import Records
import Testing

/// Each of these was written because a planted bug (`simnet/mutants`) passed every other test.
@Suite("Caps and refusals, at exactly their edge")
struct CapTests {
    let ego: Person
    let ana: Person
    let ben: Person

    init() throws {
        ego = try Person(1)
        ana = try Person(2)
        ben = try Person(3)
    }

    private func count(_ map: String, in node: TestNode) -> Int? {
        node.node.census.first { $0.name == map }?.count
    }

    private func device(_ number: UInt8, of author: Person) throws -> Record {
        let device = try Person(number)
        return device.record(
            1, Delegation.payload(device: device.key, network: network, signer: author.signer))
    }

    private func frontier(_ feeds: [PublicKey], sequence: UInt64 = 1) -> [UInt8] {
        Frame.frontier(
            Frontier(
                entries: feeds.sorted().map {
                    Frontier.Entry(feed: $0, sequence: sequence, headPrefix: 1)
                })
        ).encoded
    }

    @Test("a friend's second device takes no place among the strangers")
    func deviceOfFriend() throws {
        var limits = CoreLimits()
        limits.strangerFeeds = 1
        let node = TestNode(ego, limits: limits)
        node.publish([.trust(ana.key, .one)])
        node.pass(milliseconds: 5_000)
        let source = node.connect(1, as: ana)
        node.push(ben.feed(1), over: source)
        node.push([try device(9, of: ana)], over: source)
        #expect(node.node.frontier(of: ben.key) == 1)
        #expect(node.node.feedCount == 3)
    }

    @Test("an author has no more devices than the cap")
    func devicesOfAuthor() throws {
        var limits = CoreLimits()
        limits.devicesPerAuthor = 2
        let node = TestNode(ego, limits: limits)
        let source = node.connect(1, as: ana)
        for number in UInt8(10)..<13 { node.push([try device(number, of: ana)], over: source) }
        #expect(node.node.feedCount == 1 + 2)
        #expect(node.node.counts[IgnoreReason.overQuota] == 1)
    }

    @Test("a frozen feed is not told to whoever greets later")
    func frozenIsNotTold() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        let honest = ana.feed(3)
        node.push(honest, over: source)
        node.push(
            [ana.record(2, after: honest[0], at: 1_000_500, .like(item("other"), .one))],
            over: source)
        let newcomer = node.connect(2, as: ben)
        let told = node.frames(to: newcomer).flatMap { frame -> [PublicKey] in
            if case .frontier(let frontier) = frame { frontier.entries.map(\.feed) } else { [] }
        }
        #expect(node.node.forkedFeedCount == 1)
        #expect(!told.contains(ana.key))
    }

    @Test("a link has no more range reads running than the cap; the others get nothing at once")
    func readsOfLink() throws {
        var limits = CoreLimits()
        limits.readsPerLink = 2
        let node = TestNode(ego, limits: limits)
        let source = node.connect(1, as: ana)
        node.push(ana.feed(3), over: source)
        let reader = node.connect(2, as: ben)
        node.answersStore = false
        node.forgetSent()
        let request = RangeRequest(feed: ana.key, first: 1, last: 3)
        for _ in 0..<5 { node.give(.frame(reader, Frame.rangeRequest(request).encoded)) }
        #expect(node.waiting.count == 2)
        let empty = Frame.rangeResponse(RangeResponse(feed: ana.key, chain: nil))
        #expect(node.frames(to: reader).filter { $0 == empty }.count == 3)
    }

    @Test("a replay is told from a fork without asking the store")
    func replayAsksNobody() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        node.push(ana.feed(3), over: source)
        node.answersStore = false
        node.push(ana.feed(3), over: source)
        #expect(node.waiting.isEmpty)
        #expect(node.node.counts[IgnoreReason.duplicate] == 3)
    }

    @Test("a feed does not open with a record that its key did not sign")
    func unsignedFirstRecord() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        var bytes = ana.feed(1)[0].encoded
        bytes[bytes.count - 1] ^= 1
        node.give(.frame(source, Frame.push([bytes]).encoded))
        #expect(node.node.counts[RejectReason.badSignature] == 1)
        #expect(node.node.feedCount == 1)
        #expect(node.store.all.isEmpty)
    }

    @Test("what nobody signed takes no place behind a gap, and keeps nobody out of it")
    func unsignedBehindGap() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        let feed = ana.feed(3)
        var bytes = feed[2].encoded
        bytes[bytes.count - 1] ^= 1
        node.push([feed[0]], over: source)
        node.give(.frame(source, Frame.push([bytes]).encoded))
        #expect(node.node.counts[RejectReason.badSignature] == 1)
        #expect(count("window", in: node) == 0)
        node.push([feed[2], feed[1]], over: source)
        #expect(node.node.frontier(of: ana.key) == 3)
        #expect(node.store.feed(ana.key).map(\.id) == feed.map(\.id))
    }

    @Test("a tombstone without a signed retraction takes no place")
    func unsignedTombstone() throws {
        let honest = ana.feed(2)
        let retraction = ana.record(
            3, after: honest[1], at: 1_000_100,
            .retract(sequence: 2, id: honest[1].id, previous: honest[0].id))
        for isSigned in [false, true] {
            let node = TestNode(ego)
            let source = node.connect(1, as: ana)
            node.push([honest[0]], over: source)
            var bytes = retraction.encoded
            if !isSigned { bytes[bytes.count - 1] ^= 1 }
            let place = ChainPlace.tombstone(
                feed: ana.key, sequence: 2, id: honest[1].id,
                retraction: try Record(decoding: bytes[...], scheme: scheme))
            let response = RangeResponse(feed: ana.key, chain: Chain([place]))
            node.give(.frame(source, Frame.rangeResponse(response).encoded))
            #expect(node.node.frontier(of: ana.key) == (isSigned ? 2 : 1))
            #expect(node.node.counts[RejectReason.badSignature] == (isSigned ? 0 : 1))
        }
    }

    @Test("64 places ahead of the tip a record waits, one further it does not")
    func windowSpan() throws {
        let node = TestNode(ego)
        node.publish([.trust(ana.key, .one)])
        let source = node.connect(1, as: ana)
        let feed = ana.feed(66)
        node.push([feed[0], feed[65]], over: source)
        #expect(node.node.counts[IgnoreReason.tooFarAhead] == 1)
        #expect(count("window", in: node) == 0)
        node.push([feed[64]], over: source)
        #expect(node.node.counts[IgnoreReason.tooFarAhead] == 1)
        #expect(count("window", in: node) == 1)
    }

    @Test(
        "the waiting records of all feeds together have one cap, and leave it when the gap closes")
    func windowTotal() throws {
        var limits = CoreLimits()
        limits.windowRecords = 3
        let node = TestNode(ego, limits: limits)
        node.publish([.trust(ana.key, .one), .trust(ben.key, .one)])
        let source = node.connect(1, as: ana)
        let feeds = [ana.feed(4), ben.feed(4)]
        for feed in feeds { node.push([feed[0], feed[2], feed[3]], over: source) }
        #expect(count("window", in: node) == 3)
        #expect(node.node.counts[IgnoreReason.tooFarAhead] == 1)
        for feed in feeds { node.push(Array(feed[1...]), over: source) }
        #expect(node.node.frontier(of: ana.key) == 4)
        #expect(node.node.frontier(of: ben.key) == 4)
        #expect(count("window", in: node) == 0)
    }

    @Test("what a lost link had promised no longer counts")
    func wantsOfLostLink() throws {
        let node = TestNode(ego)
        let source = node.connect(1, as: ana)
        node.give(.frame(source, frontier([ana.key, ben.key], sequence: 5)))
        #expect(count("wants", in: node) == 2)
        node.give(.linkDown(source))
        #expect(count("wants", in: node) == 0)
    }

    @Test("publications wait for the own head up to the cap, then fail at once")
    func heldPublications() throws {
        var limits = CoreLimits()
        limits.heldPublications = 2
        let node = TestNode(ego, limits: limits)
        let source = node.connect(1, as: ana)
        node.give(.frame(source, frontier([ego.key], sequence: 9)))
        for number in 0..<3 { node.publish([.like(item("held-\(number)"), .one)]) }
        #expect(node.published == [.failure(.fenced)])
        node.pass(milliseconds: 3_000)
        #expect(node.published == [.failure(.fenced), .success([1]), .success([2])])
    }

    @Test("an item keeps few titles: the oldest goes")
    func titlesOfItem() throws {
        var limits = CoreLimits()
        limits.titlesPerItem = 2
        let node = TestNode(ego, limits: limits)
        node.publish([.trust(ana.key, .one)])
        let source = node.connect(1, as: ana)
        let cleo = try Person(4)
        for (person, name) in [(ana, "by ana"), (ben, "by ben"), (cleo, "by cleo")] {
            let title = try #require(Title(name))
            node.push([person.record(1, .item(item("song"), title))], over: source)
            node.pass(milliseconds: 5_000)
            let shown = node.node.title(of: item("song"))?.description
            #expect(shown == (person.key == cleo.key ? nil : "by ana"))
        }
    }

    @Test("a fork proof needs both signatures, and two bodies")
    func proofs() throws {
        let honest = ana.feed(2)
        let other = ana.record(2, after: honest[0], at: 1_000_500, .like(item("other"), .one))
        func broken(_ record: Record) throws -> Record {
            var bytes = record.encoded
            bytes[bytes.count - 1] ^= 1
            return try Record(decoding: bytes[...], scheme: scheme)
        }
        for pair in [(try broken(honest[1]), other), (honest[1], try broken(other))] {
            let proof = try #require(ForkProof(pair.0, pair.1))
            #expect(!proof.isSigned(network: network, scheme: scheme))
        }
        #expect(ForkProof(honest[1], try broken(honest[1])) == nil)
        let proof = try #require(ForkProof(honest[1], other))
        #expect(proof.isSigned(network: network, scheme: scheme))
    }
}
