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
        case .address: Seeds.addresses.map(\.encoded)
        case .range: Seeds.ranges.map(\.encoded)
        case .core: Seeds.programs
        case .author: [Array(ForgedFeed.owner.publicKey.text.utf8)] + [Array(Seeds.hex.utf8)]
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
    static var hex: String { ForgedFeed.owner.publicKey.hex }

    static var records: [Record] {
        var feed = ForgedFeed(number: 1)
        return (0..<8).map { feed.record(shape: 0, detail: $0) } + [
            feed.record(shape: 4, detail: 8), feed.record(shape: 6, detail: 1),
        ]
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
        let chains = [
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

    static var backup: [[UInt8]] {
        let identity = try? IdentityBackup(
            key: ForgedFeed.owner, label: "seed", created: Instant(milliseconds: 1))
        let text = try? identity?.sealed(passphrase: "seed", cost: .minimal)
        return text.map { [Array($0.utf8)] } ?? []
    }

    static var requests: [[UInt8]] {
        let requests: [Request] = [
            .status, .recommend(RecommendOptions()), .history(before: 7, limit: 20),
        ]
        return requests.compactMap { try? Array(JSONEncoder().encode($0)) }
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
