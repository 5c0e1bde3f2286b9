import Cryptography
import Daemon
import Datasets
import Foundation
import Primitives
import Records

/// Where a search starts, and what the tests always try: small valid inputs of each form.
extension FuzzTarget {
    public var seeds: [[UInt8]] {
        switch self {
        case .record: Seeds.records.map(\.encoded)
        case .frame: Seeds.frames.map(\.encoded)
        case .address, .claim: Seeds.addresses.map(\.encoded)
        case .range: Seeds.ranges.map(\.encoded)
        case .core: Seeds.programs
        case .author: Seeds.authors.map { Array($0.utf8) }
        case .invitation: [Array(Seeds.invitation.link.utf8)]
        case .backup: Seeds.backup
        case .request: Seeds.requests
        case .graph: [Array(Seeds.graph.utf8)]
        case .dataset: Seeds.files
        case .item: Seeds.names.map { Array($0.utf8) }
        }
    }
}

private enum Seeds {
    /// The Kelvin sign: once taken for a K, because its lower case is k.
    private static let kelvin = "\u{212A}"

    static var authors: [String] {
        let key = ForgedFeed.owner.publicKey
        let upper = key.text.uppercased()
        return [key.text, upper, key.hex, upper.replacing("K", with: kelvin, maxReplacements: 1)]
    }

    static var records: [Record] {
        var feed = ForgedFeed(number: 1)
        return (0..<8).map { feed.record(shape: 0, detail: $0) } + keyChanges(&feed) + [
            feed.record(shape: 4, detail: 8), feed.record(shape: 6, detail: 1),
        ]
    }

    /// Of the kinds that chance does not find: they hold several keys and signatures.
    private static func keyChanges(_ feed: inout ForgedFeed) -> [Record] {
        let author = ForgedFeed.owner
        let network = ForgedFeed.network
        guard let next = try? SigningKey(seed: [UInt8](repeating: 9, count: 32)),
            let item = ItemID("item-1"), let title = Title("Fr\u{E4}ulein \u{1F3B5}")
        else { fatalError("a seed has 32 bytes, and the title can be printed") }
        let consent = Consent(
            author: author.publicKey,
            signature: author.sign(
                Delegation.statement(
                    device: feed.key, author: author.publicKey, network: network)))
        let payloads: [Payload] = [
            .item(item, title),
            .delegate(author: consent.author, signature: consent.signature),
            .rotate(Rotation(of: author, to: next, device: feed.key, network: network)),
            .checkpoint(nil), .checkpoint(consent),
            .revoke(Revocation(of: feed.key, after: 3, by: author, network: network)),
            .retract(sequence: 2, id: feed.chain[1].id, previous: feed.chain[0].id),
        ]
        return payloads.map { feed.record($0) }
    }

    static var frames: [Frame] {
        let records = records
        let feed = records[0].body.feed
        guard let one = Chain([.record(records[0])]), let other = Chain([.record(records[1])])
        else { fatalError("a signed record is a chain") }
        let entry = Frontier.Entry(feed: feed, sequence: 8, headPrefix: 1)
        var sketch = SketchEncoder(
            [FrontierMark(entry, salt: 7, scheme: ForgedFeed.scheme)], salt: 7)
        sketch.extend(to: 8)
        return [
            .hello(
                Hello(
                    minimumVersion: 1, maximumVersion: 1, network: ForgedFeed.network,
                    capabilities: 0, time: Instant(milliseconds: 2_000_000),
                    maximumFrameBytes: 65_536)),
            .ping(nonce: 7), .pong(nonce: 1 << 40), .goodbye(.duplicate),
            .push(records.prefix(3).map(\.encoded)),
            .frontier(
                Frontier(entries: [.init(feed: feed, sequence: 8, headPrefix: 1 << 63)])),
            .rangeRequest(RangeRequest(feed: feed, first: 1, last: 200)),
            .rangeResponse(
                RangeResponse(feed: feed, chain: Chain(records.prefix(3).map { .record($0) }))),
            .forkProof(one, other),
            .sketch(SketchPart(salt: 7, setSize: 1, first: 0, symbols: sketch.symbols)),
            .sketchRequest(SketchRequest(salt: 7, through: 64)),
            .sketchResult(
                SketchResult(
                    salt: 7, unknown: [FrontierMark(entry, salt: 7, scheme: ForgedFeed.scheme).tag])
            ),
            .announce([
                Announcement(tag: FeedTag(raw: 1), sequence: 1, headMark: 7),
                Announcement(tag: FeedTag(feed), sequence: 1 << 30, headMark: .max),
            ]),
            .graft([FeedTag(raw: 0), FeedTag(feed)]), .prune([FeedTag(feed)]),
            .addressRequest(nil), .addressRequest(addresses[0]), .addressResponse(addresses),
            .invitation(
                InvitationClaim(
                    token: [UInt8](repeating: 5, count: InvitationClaim.tokenBytes), author: feed,
                    address: Array("tcp://127.0.0.1:7117".utf8))),
        ] + ranges
    }

    /// Of a public, a private, a loopback host and one of IPv6.
    static var addresses: [AddressRecord] {
        let hosts = [
            NetworkAddress(ipv4: 0xc633_6407, port: 4600),
            NetworkAddress(ipv4: 0xc0a8_0009, port: 4601),
            NetworkAddress(ipv4: 0x7f00_0001, port: 4602),
            NetworkAddress(high: 0x2001_0db8_0000_0000, low: 9, port: 4603),
        ]
        return hosts.enumerated().map { number, host in
            ForgedFeed(number: UInt8(number + 1)).address(host, expiring: 3_600_000)
        }
    }

    /// Answers with one segment, with several, from the middle, with a tombstone, and with nothing.
    static var ranges: [Frame] {
        var feed = ForgedFeed(number: 1)
        let places = (0..<24).map { ChainPlace.record(feed.record(shape: 0, detail: $0)) }
        let erased = feed.withTombstone(at: 2)
        let changed = keyChanges(&feed).map { ChainPlace.record($0) }
        let chains = [
            Chain(changed),
            Chain(places), Chain(Array(places.dropFirst(9))), Chain(Array(places.prefix(1))),
            Chain(erased), Chain(Array(erased.dropFirst())),
        ]
        return chains.map { .rangeResponse(RangeResponse(feed: feed.key, chain: $0)) }
            + [.rangeResponse(RangeResponse(feed: feed.key, chain: nil))]
    }

    /// Programs of `CoreProgram`: greetings, pushes, forks, losses, in some orders.
    static var programs: [[UInt8]] {
        [
            [0, 0, 1, 0, 2, 3, 1, 3, 0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 8, 12],
            [1, 0, 1, 3, 1, 1, 0, 0, 1, 0, 3, 2, 6, 1, 0, 3, 1, 0, 3, 2, 8, 15],
            [0, 0, 3, 4, 3, 0, 0, 0, 0, 0, 0, 5, 3, 0, 0, 7, 8, 16, 1, 3, 8, 19],
            [1, 7, 3, 1, 2, 3, 4, 9, 1, 7, 2, 0, 1, 8, 18, 10, 1, 0, 0, 5, 12, 1],
            // Announced, grafted, pruned, pushed again.
            [0, 0, 0, 0, 2, 3, 0, 1, 0, 0, 0, 13, 2, 0, 0, 14, 0, 0, 0, 14, 0, 1, 1, 8, 12],
            // Addresses asked for and told, over two links, and time for feelers.
            [0, 0, 0, 0, 1, 15, 0, 1, 0, 0, 16, 0, 3, 0, 1, 0, 2, 0, 8, 15, 16, 1, 3, 1, 0, 8, 19],
            [1, 0, 0, 0, 3, 16, 3, 1, 5, 7, 8, 16, 15, 3, 0, 1, 3, 8, 17, 12, 1, 8, 19],
        ]
    }

    static var invitation: Invitation {
        Invitation(
            address: "tcp://127.0.0.1:7117", nodeKey: NodeKey(raw: ForgedFeed.owner.publicKey.raw),
            author: ForgedFeed.owner.publicKey,
            token: [UInt8](repeating: 5, count: InvitationClaim.tokenBytes))
    }

    /// One backup, and not a new one each time: what is made of the seeds is the same in every process.
    static var backup: [[UInt8]] {
        let text = """
            -----BEGIN VOUCHBIRD IDENTITY BACKUP-----
            0101000000080000005ab9b8ee1190fe9c7c3d4fe0e7996a5d69a2f928c0a08a
            44692ae3465c25d609f3b5be68820a677b19a57db78b98223d8bec0de86190a2
            f54aa1702bd07c1621356d9470e9266925a4ead0452528bb5e1a19e7f0e77f98
            c99363ee327038fb767be15e02d04ba41c2740ed4a21434ead28aa3b24c9
            -----END VOUCHBIRD IDENTITY BACKUP-----
            """
        return [text, text.replacing("K", with: kelvin)].map { Array($0.utf8) }
    }

    /// One of each kind, as this program writes them.
    static var requests: [[UInt8]] {
        let key = ForgedFeed.owner.publicKey
        let requests: [Request] = [
            .status, .publish(drafts: drafts), .retract(item: "51", kind: nil),
            .retract(item: "51", kind: .like), .history(before: 7, limit: 20), .trustList,
            .trustPath(author: key.text), .nameAuthor(author: key.text, name: "Ann"),
            .blockAuthor(author: key.text, isBlocked: true), .peerList,
            .peerAdd(address: "tcp://127.0.0.1:7117", nodeKey: key.hex),
            .peerRemove(nodeKey: key.hex), .inviteCreate(label: "Ann", lifetimeSeconds: 3_600),
            .inviteAccept(link: invitation.link), .inviteList, .recommend(RecommendOptions()),
            .why(item: "51", engine: "ppr"),
            .edges(own: false, kind: .trust, after: nil, limit: 9), .identity, .deviceList,
            .deviceRevoke(feed: key.text, after: 3), .checkup, .stop,
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return requests.compactMap { try? Array(encoder.encode($0)) }
    }

    private static var drafts: [Draft] {
        [
            Draft(
                kind: .rate, item: "51", weight: 4.5, time: "2024-05-06T07:08:09Z", title: "A",
                isPrivate: true, unlessPresent: true),
            Draft(kind: .trust, author: ForgedFeed.owner.publicKey.text, weight: 0),
        ]
    }

    static var graph: String {
        """
        {"graph": {"users": 3, "items": 3, "seed": 0, "trust": [[0, 1, 1.0], [1, 2, 0.5]],
        "listens": [[0, 0, 2.0], [1, 0, 1.0], [1, 1, 3.0], [2, 2, 1.0]]}}
        """
    }

    static var files: [[UInt8]] {
        let texts = [
            "1\t51\t13883\n1\t52\t11690\n",
            "user_id:token\titem_id:token\trating:float\n1\t2\t3.5\n",
            "userID\tartistID\tweight\n2\t51\t13883\n", "1::122::5::838985046\n",
            "a\tb\n\n#x\nb\ta\t0.5",
        ]
        return (0..<UInt8(DatasetFormat.allCases.count)).flatMap { format in
            texts.map { [format, 9] + Array($0.utf8) }
        }
    }

    static let names = [
        "51", "https://example.org/a?b=1", "mbid:b1a9c0e9-d987-4042-ae91-78d6a3267d69",
        "isrc:GBAYE0601477", "doi:10.1000/182", "Nina Simone: Sinnerman", "\u{FB01}n\u{301}",
    ]
}
