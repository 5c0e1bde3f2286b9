import Cryptography
import NodeCore
import Primitives
import Ranking
import Records
import Testing

let scheme = Ed25519Scheme()
let network = NetworkID(name: "test", scheme: scheme)

/// A person with keys from a seed.
struct Person {
    let signer: SigningKey
    var key: PublicKey { signer.publicKey }

    init(_ number: UInt8) throws {
        try self.init(seed: [UInt8](repeating: number, count: 32))
    }

    init(seed: [UInt8]) throws {
        try Sodium.start()
        signer = try SigningKey(seed: seed)
    }

    func record(
        _ sequence: UInt64, after previous: Record? = nil, at time: UInt64 = 1_000_000,
        network: NetworkID = network, _ payload: Payload
    ) -> Record {
        let body = RecordBody(
            feed: key, sequence: sequence, previous: previous?.id ?? .zero,
            time: Instant(milliseconds: time), payload: payload)
        return Record(signing: body, network: network, signer: signer, scheme: scheme)
    }

    /// A chain of these payloads.
    func feed(_ payloads: [Payload], from time: UInt64 = 1_000_000) -> [Record] {
        var records: [Record] = []
        for (number, payload) in payloads.enumerated() {
            records.append(
                record(
                    UInt64(number + 1), after: records.last, at: time + UInt64(number), payload))
        }
        return records
    }

    /// A chain of likes, `song-1` onwards.
    func feed(_ count: Int, of prefix: String = "song", from time: UInt64 = 1_000_000) -> [Record] {
        feed((0..<count).map { .like(item("\(prefix)-\($0 + 1)"), .one) }, from: time)
    }
}

func item(_ text: String) -> ItemID {
    guard let item = ItemID(text) else { fatalError("not an item: \(text)") }
    return item
}

/// The records as one chain that ends with a signature.
func chain(_ records: [Record]) throws -> Chain {
    guard let chain = Chain(records.map { .record($0) }) else { throw NoChain() }
    return chain
}

struct NoChain: Error {}

/// A FORK_PROOF of two runs, whatever they prove.
func forkFrame(_ one: [Record], _ other: [Record]) throws -> Frame {
    .forkProof(try chain(one), try chain(other))
}

/// A core with a clock, a memory store and links, driven by hand: store, ranking and rebuild effects are
/// answered at once unless `answersStore` is off; everything else is kept to be looked at.
final class TestNode {
    var node: Node
    var store = MemoryStore()
    var now = Moment(wall: Instant(milliseconds: 2_000_000), monotonicMilliseconds: 0)
    var answersStore = true
    private(set) var sent: [(link: LinkID, frame: Frame)] = []
    private(set) var ended: [(link: LinkID, reason: GoodbyeReason)] = []
    private(set) var published: [Result<[UInt64], PublishFailure>] = []
    private(set) var notices: [Notice] = []
    private(set) var waiting: [Effect] = []
    private(set) var wishes: [OverlayAction] = []
    private var nextPublication: UInt64 = 1 << 62

    init(
        _ person: Person, author: Person? = nil, limits: CoreLimits = CoreLimits(),
        hasRates: Bool = false,
        store: MemoryStore = MemoryStore(), ownHeadWaitMilliseconds: UInt64 = 0,
        ownHeadAnchors: Int = 3, nodeKey: NodeKey? = nil, overlay: OverlaySettings? = nil,
        versions: ClosedRange<UInt64> = 1...1, stemMilliseconds: UInt64 = 0,
        hasLostOwnRecords: Bool = false
    ) {
        var configuration = CoreConfiguration(
            author: author?.key ?? person.key, feed: person.key,
            nodeKey: nodeKey ?? NodeKey(raw: person.key.raw),
            network: network, seed: 7)
        configuration.overlay = overlay
        configuration.versions = versions
        configuration.hasLostOwnRecords = hasLostOwnRecords
        configuration.stemMilliseconds = stemMilliseconds
        configuration.limits = limits
        if !hasRates { configuration.limits.tiers = .open }
        configuration.ownHeadWaitMilliseconds = ownHeadWaitMilliseconds
        configuration.ownHeadAnchors = ownHeadAnchors
        node = Node(configuration: configuration, scheme: scheme, signer: person.signer)
        self.store = store
        for proof in store.proofs.keys.sorted().compactMap({ store.proofs[$0] }) {
            node.restore(proof)
        }
        node.restore(store.all)
        node.finishRestore(at: now)
    }

    /// Gives one input, then the end of the turn, and answers what the store and ranker would.
    func give(_ input: Input) {
        perform(handle(input))
        perform(handle(.endOfTurn))
    }

    func pass(milliseconds: UInt64) {
        now.monotonicMilliseconds += milliseconds
        now.wall = now.wall.advanced(byMilliseconds: milliseconds)
        perform(handle(.endOfTurn))
    }

    private func handle(_ input: Input) -> [Effect] {
        var effects: [Effect] = []
        node.handle(input, at: now, effects: &effects)
        return effects
    }

    func perform(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .send(let link, let frame): sent.append((link, frame))
            case .disconnect(let link, let reason):
                ended.append((link, reason))
                perform(handle(.linkDown(link)))
            case .published(_, let result): published.append(result)
            case .notice(let notice): notices.append(notice)
            case .invitationClaimed: waiting.append(effect)
            case .overlay(let action): wishes.append(action)
            case .commit, .commitOwn, .readRange, .readFeeds, .rank:
                if answersStore { answer(effect) } else { waiting.append(effect) }
            }
        }
    }

    /// Answers what was held back while `answersStore` was off.
    func answerWaiting() {
        while !waiting.isEmpty { answer(waiting.removeFirst()) }
    }

    private func answer(_ effect: Effect) {
        switch effect {
        case .commitOwn(let id, let records, let tombstones):
            perform(handle(.stored(id, store.commitOwn(records, tombstones))))
        case .commit(let id, let batch): perform(handle(.stored(id, store.commit(batch))))
        case .readRange(let id, let request, _):
            perform(handle(.rangeRead(id, store.range(request))))
        case .readFeeds(let id, let feeds):
            perform(handle(.feedsRead(id, feeds.flatMap { store.feed($0) }, nil)))
        case .rank(let id, let job):
            let ranking = job.prepared()
            let result = TrustedSalsa().rank(ranking.snapshot, ranking.query)
            let trust = result.trust.enumerated().compactMap { position, trust in
                ranking.snapshot.key(of: AuthorIndex(UInt32(position))).map {
                    AuthorTrust(author: $0, trust: trust)
                }
            }
            perform(handle(.ranked(id, trust)))
        default: break
        }
    }

    // MARK: Peers, by hand

    /// Brings a link up and greets on it.
    func connect(
        _ number: UInt64, as person: Person, direction: LinkDirection = .inbound,
        capabilities: UInt64 = 0, isAnchor: Bool = false
    ) -> LinkID {
        let link = LinkID(number)
        give(.linkUp(link, NodeKey(raw: person.key.raw), direction))
        let address = NetworkAddress(ipv4: 0x0a00_0000 + UInt32(number), port: 1)
        give(.linkOrigin(link, LinkOrigin(address: address, isAnchor: isAnchor)))
        give(.frame(link, Self.hello(capabilities: capabilities).encoded))
        return link
    }

    static let hello = hello(capabilities: 0)

    static func hello(capabilities: UInt64, versions: ClosedRange<UInt64> = 1...1) -> Frame {
        .hello(
            Hello(
                minimumVersion: versions.lowerBound, maximumVersion: versions.upperBound,
                network: network, capabilities: capabilities,
                time: Instant(milliseconds: 2_000_000), maximumFrameBytes: 65_536))
    }

    func push(_ records: [Record], over link: LinkID) {
        for start in stride(from: 0, to: records.count, by: WireLimits.recordsPerFrame) {
            let part = records[start..<min(start + WireLimits.recordsPerFrame, records.count)]
            give(.frame(link, Frame.push(part.map(\.encoded)).encoded))
        }
    }

    func publish(_ payloads: [Payload]) {
        nextPublication += 1
        give(.publish(EffectID(raw: nextPublication), payloads.map { OwnDraft(payload: $0) }))
    }

    func forgetSent() { sent = [] }

    func frames(to link: LinkID) -> [Frame] { sent.filter { $0.link == link }.map(\.frame) }

    func pushed(to link: LinkID) -> [EncodedRecord] {
        frames(to: link).flatMap { frame -> [EncodedRecord] in
            if case .push(let records) = frame { records } else { [] }
        }
    }

    /// What must not change when something is refused.
    var state: State {
        State(
            digest: node.frontierDigest.digest, feeds: node.feedCount, records: node.recordCount,
            stored: store.all, graph: node.graph.census)
    }

    struct State: Equatable {
        var digest: Bytes32
        var feeds: Int
        var records: UInt64
        var stored: [StoredEntry]
        var graph: [MapCensus]
    }
}

/// Two nodes joined by a link on which frames arrive at once and in order.
final class Wire {
    let left: TestNode
    let right: TestNode
    private let leftLink: LinkID
    private let rightLink: LinkID
    private var leftRead = 0
    private var rightRead = 0

    private static let mostFrames = 100_000

    init(_ left: TestNode, _ right: TestNode, number: UInt64 = 1) {
        self.left = left
        self.right = right
        leftLink = LinkID(number)
        rightLink = LinkID(number)
        leftRead = left.sent.count
        rightRead = right.sent.count
        left.give(.linkUp(leftLink, right.node.configuration.nodeKey, .outbound))
        right.give(.linkUp(rightLink, left.node.configuration.nodeKey, .inbound))
        settle()
    }

    /// Carries frames until both fall silent, which they do.
    func settle() {
        let end = leftRead + rightRead + Self.mostFrames
        while leftRead < left.sent.count || rightRead < right.sent.count {
            guard leftRead + rightRead < end else {
                Issue.record("two nodes talk without end")
                return
            }
            while leftRead < left.sent.count {
                let (link, frame) = left.sent[leftRead]
                leftRead += 1
                if link == leftLink { right.give(.frame(rightLink, frame.encoded)) }
            }
            while rightRead < right.sent.count {
                let (link, frame) = right.sent[rightRead]
                rightRead += 1
                if link == rightLink { left.give(.frame(leftLink, frame.encoded)) }
            }
        }
    }
}
