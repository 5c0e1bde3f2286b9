import NodeCore
import Primitives
import Ranking
import Records
import Testing

@Suite("Keys: rotation and revocation")
struct KeyChangeTests {
    let ego: Person
    /// An author, two devices of hers, and the author key that follows.
    let ana: Person
    let phone: Person
    let laptop: Person
    let next: Person
    let mallory: Person

    init() throws {
        ego = try Person(1)
        ana = try Person(2)
        phone = try Person(3)
        laptop = try Person(4)
        next = try Person(5)
        mallory = try Person(6)
    }

    private func consent(_ device: Person, by author: Person) -> Payload {
        Delegation.payload(device: device.key, network: network, signer: author.signer)
    }

    private func rotation(of old: Person, to new: Person, in device: Person) -> Rotation {
        Rotation(of: old.signer, to: new.signer, device: device.key, network: network)
    }

    private func revocation(of device: Person, after last: UInt64, by author: Person) -> Payload {
        .revoke(
            Revocation(of: device.key, after: last, by: author.signer, network: network))
    }

    private func like(_ text: String) -> Payload { .like(item(text), .one) }

    /// A node of the ego that trusts these, with a link.
    private func node(trusting authors: [Person]) -> (TestNode, LinkID) {
        let node = TestNode(ego)
        node.publish(authors.map { .trust($0.key, .one) })
        node.pass(milliseconds: 5_000)
        return (node, node.connect(1, as: mallory))
    }

    private func rest(_ node: TestNode) { for _ in 0..<5 { node.pass(milliseconds: 1_000) } }

    private func interactions(_ node: TestNode) -> Int {
        node.node.graph.census.first { $0.name == "interactions" }?.count ?? -1
    }

    @Test(
        "trust in an author's old key reaches the new one, and its feed speaks for that, after a restart too"
    )
    func rotates() throws {
        let (node, link) = node(trusting: [ana])
        let records = phone.feed([
            consent(phone, by: ana), like("a"),
            .rotate(rotation(of: ana, to: next, in: phone)), like("b"),
        ])
        node.push(records, over: link)
        rest(node)
        #expect(node.node.frontier(of: phone.key) == 4)
        #expect(node.notices.contains(.rotated(from: ana.key, to: next.key)))
        #expect(node.node.trust(in: next.key) > 0)
        #expect(node.node.devices(of: next.key).map(\.feed) == [phone.key])
        #expect(node.node.graph.trusts(from: ana.key, to: next.key))
        #expect(interactions(node) == 2)
        // A new device of the new key is a friend's.
        let other = laptop.feed([consent(laptop, by: next), like("c")])
        node.push(other, over: link)
        rest(node)
        #expect(interactions(node) == 3)
        let restarted = TestNode(ego, store: node.store)
        rest(restarted)
        #expect(restarted.state == node.state)
        #expect(restarted.node.trust(in: next.key) == node.node.trust(in: next.key))
        #expect(node.ended.isEmpty)
    }

    @Test("a key that gave way says nothing more of trust, in whatever feed")
    func oldTrust() throws {
        let (node, link) = node(trusting: [ana])
        node.push(
            laptop.feed([consent(laptop, by: ana), .trust(mallory.key, .one)]), over: link)
        rest(node)
        #expect(node.node.trust(in: mallory.key) > 0)
        node.push(
            phone.feed([consent(phone, by: ana), .rotate(rotation(of: ana, to: next, in: phone))]),
            over: link)
        rest(node)
        #expect(node.node.trust(in: mallory.key) == 0)
        #expect(node.node.trust(in: next.key) > 0)
    }

    @Test("a rotation that one of the keys did not sign, or for another feed, is refused")
    func refusesForged() throws {
        let honest = rotation(of: ana, to: next, in: phone)
        let stolen = rotation(of: ana, to: mallory, in: phone)
        var cases: [Rotation] = [rotation(of: ana, to: next, in: laptop)]
        for change in [
            { (r: inout Rotation) in r.oldSignature = stolen.oldSignature },
            { (r: inout Rotation) in r.newSignature = stolen.newSignature },
            { (r: inout Rotation) in r.consent = stolen.consent },
            { (r: inout Rotation) in r.new = mallory.key },
            { (r: inout Rotation) in r.old = mallory.key },
        ] {
            var forged = honest
            change(&forged)
            cases.append(forged)
        }
        for forged in cases {
            let (node, link) = node(trusting: [ana])
            node.push(phone.feed([consent(phone, by: ana), .rotate(forged)]), over: link)
            #expect(node.node.counts[RejectReason.badKeyChange] == 1)
            #expect(node.node.frontier(of: phone.key) == 1)
            #expect(node.notices.isEmpty)
        }
    }

    @Test(
        "a thief of the old key cannot take it back or further: two successors, and it counts for nothing"
    )
    func forks() throws {
        let (node, link) = node(trusting: [ana])
        let records = phone.feed([
            consent(phone, by: ana), .rotate(rotation(of: ana, to: next, in: phone)), like("a"),
        ])
        node.push(records, over: link)
        rest(node)
        #expect(node.node.trust(in: next.key) > 0)
        // The thief has the author's old key and a device of his own under it.
        let theft = mallory.feed([
            consent(mallory, by: ana), like("spam"),
            .rotate(rotation(of: ana, to: laptop, in: mallory)), like("more-spam"),
        ])
        node.push(theft, over: link)
        rest(node)
        #expect(node.notices.contains(.rotationForked(author: ana.key)))
        #expect(node.node.trust(in: laptop.key) == 0 && node.node.trust(in: next.key) == 0)
        #expect(!node.node.graph.trusts(from: ana.key, to: next.key))
        // The person says which is right, out of band, and is back.
        node.publish([.trust(next.key, .one)])
        rest(node)
        #expect(node.node.trust(in: next.key) > 0 && node.node.trust(in: laptop.key) == 0)
        let restarted = TestNode(ego, store: node.store)
        rest(restarted)
        #expect(restarted.state == node.state)
    }

    @Test("of a revoked device nothing after the place that its author names counts or is taken")
    func revokes() throws {
        let (node, link) = node(trusting: [ana])
        let stolen = phone.feed([
            consent(phone, by: ana), like("a"), like("b"), like("c"), like("d"), like("e"),
        ])
        node.push(Array(stolen[..<5]), over: link)
        rest(node)
        #expect(interactions(node) == 4)
        node.push(
            laptop.feed([consent(laptop, by: ana), revocation(of: phone, after: 3, by: ana)]),
            over: link)
        rest(node)
        #expect(node.notices.contains(.revoked(device: phone.key, after: 3)))
        #expect(interactions(node) == 2)
        node.push([stolen[5]], over: link)
        #expect(node.node.counts[IgnoreReason.revoked] == 1)
        #expect(node.node.frontier(of: phone.key) == 5)
        let summary = node.node.devices(of: ana.key).first { $0.feed == phone.key }
        #expect(summary?.revokedAfter == 3)
        #expect(node.ended.isEmpty)
        let restarted = TestNode(ego, store: node.store)
        rest(restarted)
        #expect(restarted.state == node.state)
        // Whoever hears of the revocation first takes no more than counts.
        let (late, other) = self.node(trusting: [ana])
        late.push(
            laptop.feed([consent(laptop, by: ana), revocation(of: phone, after: 3, by: ana)]),
            over: other)
        late.push(stolen, over: other)
        rest(late)
        #expect(late.node.frontier(of: phone.key) == 3 && interactions(late) == 2)
    }

    @Test("a later revocation can only name an earlier place")
    func earlier() throws {
        let (node, link) = node(trusting: [ana])
        node.push(phone.feed([consent(phone, by: ana), like("a"), like("b")]), over: link)
        let revocations = laptop.feed([
            consent(laptop, by: ana), revocation(of: phone, after: 2, by: ana),
            revocation(of: phone, after: 9, by: ana),
            revocation(of: phone, after: 1, by: ana),
        ])
        node.push(Array(revocations[..<3]), over: link)
        rest(node)
        #expect(node.node.devices(of: ana.key).first { $0.feed == phone.key }?.revokedAfter == 2)
        #expect(interactions(node) == 1)
        node.push([revocations[3]], over: link)
        rest(node)
        #expect(node.node.devices(of: ana.key).first { $0.feed == phone.key }?.revokedAfter == 1)
        #expect(interactions(node) == 0)
    }

    @Test("nobody revokes another's device, and who did not sign revokes nothing")
    func strangersRevokeNothing() throws {
        let (node, link) = node(trusting: [ana, mallory])
        node.push(phone.feed([consent(phone, by: ana), like("a"), like("b")]), over: link)
        node.push(mallory.feed([revocation(of: phone, after: 0, by: mallory)]), over: link)
        rest(node)
        #expect(interactions(node) == 2)
        #expect(node.node.devices(of: ana.key).first?.revokedAfter == nil)
        node.push(
            laptop.feed([consent(laptop, by: ana), revocation(of: phone, after: 0, by: mallory)]),
            over: link)
        #expect(node.node.counts[RejectReason.badKeyChange] == 1)
        #expect(node.node.frontier(of: laptop.key) == 1)
    }

    @Test("the new key revokes what the old one let speak")
    func successorRevokes() throws {
        let (node, link) = node(trusting: [ana])
        node.push(phone.feed([consent(phone, by: ana), like("a"), like("b")]), over: link)
        node.push(
            laptop.feed([
                consent(laptop, by: ana), .rotate(rotation(of: ana, to: next, in: laptop)),
                revocation(of: phone, after: 2, by: next),
            ]), over: link)
        rest(node)
        #expect(node.node.devices(of: next.key).first { $0.feed == phone.key }?.revokedAfter == 2)
        #expect(interactions(node) == 1)
    }

    @Test("a device that learns of its own revocation publishes nothing more, and says so")
    func ownDevice() throws {
        let node = TestNode(phone, author: ana)
        node.publish([consent(phone, by: ana), like("a")])
        let link = node.connect(1, as: mallory)
        node.push(
            laptop.feed([consent(laptop, by: ana), revocation(of: phone, after: 1, by: ana)]),
            over: link)
        #expect(node.notices.contains(.ownDeviceRevoked(after: 1)))
        #expect(node.node.publishObstacle == .ownDeviceRevoked(after: 1))
        node.publish([like("b")])
        #expect(node.published.last == .failure(.fenced))
        #expect(node.node.frontier(of: phone.key) == 2)
    }

    @Test("T32: a hundred new keys for one bad name have no more than one unknown author has")
    func whitewashing() throws {
        let (node, link) = node(trusting: [ana])
        node.push(ana.feed([like("good")]), over: link)
        rest(node)
        let before = node.node.trust(in: ana.key)
        // Fork, re-key, repeat: each key is a stranger's, and rotating from one to the next passes nothing on.
        var last = mallory
        for number in 0..<100 {
            let key = try Person(seed: [UInt8](repeating: UInt8(100 + number), count: 32))
            let records = last.feed([
                like("spam"), .rotate(rotation(of: last, to: key, in: last)), like("spam-too"),
            ])
            node.push(records, over: link)
            let other = last.record(2, after: records[0], at: 1_000_005, like("other"))
            node.push([other], over: link)
            rest(node)
            #expect(node.node.trust(in: last.key) == 0 && node.node.trust(in: key.key) == 0)
            last = key
        }
        #expect(node.node.forkedFeedCount == 100)
        #expect(node.node.trust(in: ana.key) == before)
        // Nothing of any of them counts: every feed is frozen.
        #expect(interactions(node) == 1)
    }

    @Test("T32: a peer who names a hundred forkers one after another gives the next ever less")
    func vouching() throws {
        let (node, link) = node(trusting: [ana])
        var vouches: [Record] = []
        var influences: [Double] = []
        for number in 0..<100 {
            let key = try Person(seed: [UInt8](repeating: UInt8(100 + number), count: 32))
            let vouch = ana.record(
                UInt64(number + 1), after: vouches.last, at: 1_000_000 + UInt64(number),
                .trust(key.key, .one))
            vouches.append(vouch)
            node.push([vouch], over: link)
            node.push(key.feed([like("spam")]), over: link)
            node.pass(milliseconds: 10_000)
            #expect(interactions(node) == 1)
            influences.append(node.node.trust(in: key.key))
            node.push([key.record(1, after: nil, at: 1_000_005, like("other"))], over: link)
        }
        node.pass(milliseconds: 10_000)
        #expect(node.node.forkedFeedCount == 100)
        #expect(interactions(node) == 0)
        // At no time more than one author has whom this peer has just named, and the k-th has a k-th of it: the edges to
        // those who forked stay and lead nowhere, up to the number of edges that count.
        let first = try #require(influences.first)
        for (number, influence) in influences.enumerated() {
            #expect(influence <= first / Double(min(number + 1, 64)) * 1.000_001, "\(number)")
        }
        // 1 + 1/2 + ... + 1/64 and what is left.
        let sum = influences.reduce(0, +) / first
        #expect(sum > 1 && sum < 5.4, "\(sum)")
    }
}
