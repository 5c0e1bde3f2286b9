import Cryptography
import NodeCore
import Primitives
import Records
import Testing

/// The exchange of addresses: what a core does with PX_REQ and PX_RESP (docs/protocol.md, docs/overlay.md).
@Suite("Exchange of addresses")
struct ExchangeTests {
    private static let public7 = NetworkAddress(ipv4: 0xc633_6407, port: 4600)

    private static func node(
        _ person: Person, scope: OverlaySettings.Scope? = .public
    ) throws -> TestNode {
        let key = try #require(scheme.nodeKey(of: person.key))
        return TestNode(
            person, nodeKey: key, overlay: scope.map { OverlaySettings(scope: $0, seed: 3) })
    }

    private static func record(
        _ person: Person, at address: NetworkAddress = public7, for network: NetworkID = network,
        expiresIn milliseconds: UInt64 = 3_600_000
    ) -> AddressRecord {
        AddressRecord(
            signing: address, expires: Instant(milliseconds: 2_000_000 + milliseconds),
            network: network, signer: person.signer)
    }

    private static let hello = Frame.hello(
        Hello(
            minimumVersion: 1, maximumVersion: 1, network: network,
            capabilities: Hello.addresses, time: Instant(milliseconds: 2_000_000),
            maximumFrameBytes: 65_536))

    /// Links `person` to the node, from 198.51.number.9, greeted.
    private static func connect(
        _ number: UInt64, _ person: Person, to test: TestNode, isAnchor: Bool = false,
        from address: NetworkAddress? = nil
    ) throws -> LinkID {
        let link = LinkID(number)
        test.give(.linkUp(link, try #require(scheme.nodeKey(of: person.key)), .inbound))
        let word = 0xc633_0009 + UInt32(number) << 8
        let origin = address ?? NetworkAddress(ipv4: word, port: 50_000)
        test.give(.linkOrigin(link, LinkOrigin(address: origin, isAnchor: isAnchor)))
        test.give(.frame(link, hello.encoded))
        return link
    }

    private static func dials(_ test: TestNode) -> [NodeKey] {
        test.wishes.compactMap { if case .dial(let node) = $0 { node.key } else { nil } }
    }

    private static func asks(_ test: TestNode, _ link: LinkID) -> [AddressRecord?] {
        test.frames(to: link).compactMap {
            if case .addressRequest(let record) = $0 { record } else { nil }
        }
    }

    private static func answers(_ test: TestNode, _ link: LinkID) -> [[AddressRecord]] {
        test.frames(to: link).compactMap {
            if case .addressResponse(let records) = $0 { records } else { nil }
        }
    }

    @Test(
        "T25: what an anchor tells is dialled; forged, expired, foreign and private addresses are not"
    )
    func anchorTells() throws {
        let (friend, other) = (try Person(2), try Person(3))
        let good = Self.record(other)
        var bent = good.encoded
        bent[40] ^= 1
        let near = NetworkAddress(ipv4: 0x7f00_0001, port: 4600)
        let cases: [(AddressRecord, Bool)] = [
            (good, true), (try AddressRecord(decoding: bent), false),
            (Self.record(other, expiresIn: 0), false),
            (Self.record(other, expiresIn: 90_000_000), false),
            (Self.record(other, for: NetworkID(name: "elsewhere", scheme: scheme)), false),
            (Self.record(other, at: near), false), (Self.record(try Person(1)), false),
        ]
        for (record, isDialled) in cases {
            let test = try Self.node(try Person(1))
            let link = try Self.connect(1, friend, to: test, isAnchor: true)
            #expect(Self.asks(test, link).count == 1)
            test.give(.frame(link, Frame.addressResponse([record]).encoded))
            let wanted = isDialled ? [try #require(scheme.nodeKey(of: other.key))] : []
            #expect(Self.dials(test) == wanted, "\(record.address)")
        }
    }

    @Test("in a local net loopback addresses are dialled, each its own group")
    func local() throws {
        let test = try Self.node(try Person(1), scope: .local)
        let link = try Self.connect(1, try Person(2), to: test, isAnchor: true)
        let records = try (0..<3).map { number in
            Self.record(
                try Person(UInt8(10 + number)),
                at: NetworkAddress(ipv4: 0x7f00_0001, port: UInt16(4600 + number)))
        }
        test.give(.frame(link, Frame.addressResponse(records).encoded))
        #expect(Self.dials(test).count == 3)
    }

    @Test("a peer is told of a node that we are linked with at the address that it announces, once")
    func told() throws {
        let (friend, asker) = (try Person(2), try Person(3))
        let test = try Self.node(try Person(1))
        test.give(.announce(Self.record(try Person(1))))
        let away = LinkID(1)
        test.give(.linkUp(away, try #require(scheme.nodeKey(of: friend.key)), .outbound))
        test.give(.linkOrigin(away, LinkOrigin(address: Self.public7, isAnchor: true)))
        test.give(.frame(away, Self.hello.encoded))
        #expect(Self.asks(test, away) == [Self.record(try Person(1))])
        test.give(.frame(away, Frame.addressResponse([Self.record(friend)]).encoded))

        let link = try Self.connect(2, asker, to: test)
        for _ in 0..<3 { test.give(.frame(link, Frame.addressRequest(nil).encoded)) }
        #expect(Self.answers(test, link) == [[Self.record(try Person(1)), Self.record(friend)]])
        // A new link gains nothing.
        test.give(.linkDown(link))
        let again = try Self.connect(3, asker, to: test)
        test.give(.frame(again, Frame.addressRequest(nil).encoded))
        #expect(Self.answers(test, again).isEmpty)
        test.pass(milliseconds: 600_000)
        test.give(.frame(again, Frame.addressRequest(nil).encoded))
        #expect(Self.answers(test, again).count == 1)
    }

    @Test("addresses that nobody asked for end the link")
    func unasked() throws {
        let test = try Self.node(try Person(1))
        let link = try Self.connect(1, try Person(2), to: test)
        #expect(Self.asks(test, link).isEmpty)
        test.give(.frame(link, Frame.addressResponse([]).encoded))
        #expect(test.ended.map(\.link) == [link])
    }

    @Test("a stranger's own address is believed from the host that it names, and from no other")
    func itself() throws {
        for (host, isDialled) in [(Self.public7, true), (nil, false)] {
            let test = try Self.node(try Person(1))
            let stranger = try Person(5)
            let link = try Self.connect(1, stranger, to: test, from: host)
            test.give(.frame(link, Frame.addressRequest(Self.record(stranger)).encoded))
            // Linked now: the address is of use when the link is gone.
            test.give(.linkDown(link))
            #expect(Self.dials(test).isEmpty != isDialled)
        }
    }

    @Test("without an overlay nothing is asked, told, taken or dialled")
    func off() throws {
        let test = try Self.node(try Person(1), scope: nil)
        let link = try Self.connect(1, try Person(2), to: test, isAnchor: true)
        test.give(.frame(link, Frame.addressRequest(Self.record(try Person(2))).encoded))
        test.pass(milliseconds: 3_600_000)
        #expect(Self.asks(test, link).isEmpty && Self.answers(test, link).isEmpty)
        #expect(test.wishes.isEmpty)
        test.give(.frame(link, Frame.addressResponse([]).encoded))
        #expect(test.ended.map(\.link) == [link])
    }

    @Test(
        "a node heard on the local net is dialled at the host that the datagram came from, and told to nobody"
    )
    func heard() throws {
        let (near, elsewhere) = (
            NetworkAddress(ipv4: 0xc0a8_0109, port: 4600),
            NetworkAddress(ipv4: 0xc0a8_010a, port: 0)
        )
        let other = try Person(3)
        let good = Self.record(other, at: near)
        var bent = good.encoded
        bent[AddressRecord.count - 1] ^= 1
        let cases: [(AddressRecord, NetworkAddress, Bool)] = [
            (good, near, true), (good, elsewhere, false),
            (try AddressRecord(decoding: bent), near, false),
            (Self.record(other), Self.public7, false),
            (Self.record(other, at: near, expiresIn: 0), near, false),
            (Self.record(try Person(1), at: near), near, false),
        ]
        for scope in [OverlaySettings.Scope.public, .heard] {
            for (record, source, isDialled) in cases {
                let test = try Self.node(try Person(1), scope: scope)
                test.give(.heard(record, from: source))
                #expect(Self.dials(test).count == (isDialled ? 1 : 0), "\(record.address)")
            }
            let test = try Self.node(try Person(1), scope: scope)
            test.give(.heard(good, from: near))
            let key = try #require(scheme.nodeKey(of: other.key))
            test.give(.linkUp(LinkID(9), key, .outbound))
            test.give(.linkOrigin(LinkID(9), LinkOrigin(address: near, isAnchor: false)))
            test.give(.frame(LinkID(9), Self.hello.encoded))
            #expect(Self.asks(test, LinkID(9)).count == (scope == .public ? 1 : 0))
            let link = try Self.connect(2, try Person(4), to: test)
            test.give(.frame(link, Frame.addressRequest(nil).encoded))
            #expect(Self.answers(test, link) == [[]])
        }
        let none = try Self.node(try Person(1), scope: nil)
        none.give(.heard(good, from: near))
        #expect(none.wishes.isEmpty)
    }

    @Test(
        "T25: one host of the local net that names a thousand nodes has two of them known, and one dialled at a time"
    )
    func heardMany() throws {
        let test = try Self.node(try Person(1))
        for number in 0..<200 {
            let address = NetworkAddress(ipv4: 0xc0a8_0109, port: UInt16(4600 + number))
            test.give(
                .heard(Self.record(try Person(UInt8(20 + number)), at: address), from: address))
        }
        #expect(test.node.overlaySummary?.new == 2)
        #expect(Self.dials(test).count <= 2)
        // Nobody answers there: within an hour the host is not disturbed again.
        for key in Self.dials(test) { test.give(.dialFailed(key)) }
        let before = Self.dials(test).count
        for _ in 0..<50 { test.pass(milliseconds: 60_000) }
        #expect(Self.dials(test).count == before)
    }

    @Test("what answered before a restart is dialled after it, damaged records apart")
    func restart() throws {
        let test = try Self.node(try Person(1))
        let link = try Self.connect(1, try Person(2), to: test, isAnchor: true)
        test.give(.frame(link, Frame.addressResponse([Self.record(try Person(3))]).encoded))
        let key = try #require(scheme.nodeKey(of: try Person(3).key))
        #expect(test.node.knownAddresses.isEmpty)
        test.give(.linkUp(LinkID(9), key, .outbound))
        test.give(
            .linkOrigin(LinkID(9), LinkOrigin(address: Self.public7, isAnchor: false)))
        test.give(.frame(LinkID(9), Self.hello.encoded))
        #expect(test.node.knownAddresses == [Self.record(try Person(3))])

        let again = try Self.node(try Person(1))
        var bent = Self.record(try Person(4)).encoded
        bent[AddressRecord.count - 1] ^= 1
        again.node.restore(
            test.node.knownAddresses + [try AddressRecord(decoding: bent)], at: again.now)
        again.pass(milliseconds: 1)
        #expect(Self.dials(again) == [key])
        // Known still, although it has not answered again.
        #expect(again.node.knownAddresses.count == 1)
    }
}
