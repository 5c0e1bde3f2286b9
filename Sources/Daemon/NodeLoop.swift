import Cryptography
import Logging
import NodeCore
import Primitives
import Ranking
import Records
import Storage
import Transport

/// The loop thread: owns the sockets and the core, carries effects out, and hands blocking work to
/// two workers.
///
/// Not `Sendable` on purpose. It is made and used on one thread; other threads reach it through the
/// mailbox.
final class NodeLoop {
    let configuration: Configuration
    let identity: NodeIdentity
    let listening: [String]
    let endpoint: Endpoint
    let store: Store
    let mailbox: Mailbox
    let storeWorker: Worker
    let ranker: Ranker
    let log: Logger
    let startedAt = Clock.wall()

    var node: Node
    var peers: PeerBook
    var names: [PublicKey: String]
    var notices = NoticeBoard()
    var overlay = OverlayState()
    let addressFile: AddressFile
    var publications: [EffectID: Publication] = [:]
    var lastPublication: UInt64 = 1 << 62
    private(set) var outcome: Outcome?
    let backupPath: String
    let ownPlace: OwnPlace
    var isOwnPlaceNoted = false
    /// Whether the copy of own.db is being made anew.
    var isErasing = false
    /// Rankings finished, and what waits for which of them.
    var rankingsDone: UInt64 = 0
    var waitingForRanking: [(ranking: UInt64, ask: () -> Void)] = []

    /// Above this a request is answered from the latest ranking instead of waiting for a fresh one: an answer
    /// within 100 ms (issue 2) needs the other half for itself.
    static let quickRankingMilliseconds = 50.0
    static let waitingForRankingCap = 256

    init(_ parts: NodeParts, mailbox: Mailbox, endpoint: Endpoint) throws {
        configuration = parts.configuration
        identity = parts.identity
        store = parts.store
        log = parts.log
        backupPath = parts.backupPath
        ownPlace = parts.ownPlace
        addressFile = parts.addressFile
        self.mailbox = mailbox
        self.endpoint = endpoint
        storeWorker = Worker(name: "store")
        ranker = Ranker(engine: parts.engine)
        var listening: [String] = []
        for address in parts.configuration.node.listen {
            listening.append(try endpoint.listen(on: address))
        }
        self.listening = listening
        names = Dictionary(
            try parts.store.petnames().map { ($0.author, $0.name) }, uniquingKeysWith: { $1 })
        peers = PeerBook(try parts.store.peers(), invitations: try parts.store.invitations())
        node = try parts.restoredNode()
    }

    /// Why the loop ended.
    enum Outcome: Sendable {
        case stopped
        /// net.db must be set aside, and the loop begun anew.
        case netDamaged
    }

    /// Ends the loop after this turn.
    func stop(_ outcome: Outcome) { self.outcome = self.outcome ?? outcome }

    /// Runs until `stop`, then closes everything in order.
    func run() -> Outcome {
        backUpDaily()
        openOwnFeed()
        openLocalNet()
        for peer in peers.dialable { dial(peer) }
        turn([])
        while outcome == nil {
            turn(endpoint.poll(timeoutMilliseconds: pollMilliseconds))
        }
        saveAddresses()
        sayGoodbye()
        endpoint.close()
        ranker.stop()
        let store = store
        storeWorker.submit { try? store.checkpoint() }
        storeWorker.stop()
        return outcome ?? .stopped
    }

    private var pollMilliseconds: Int {
        guard let deadline = node.nextDeadline else { return 1000 }
        let now = Clock.monotonicMilliseconds()
        return deadline > now ? Int(min(deadline - now, 1000)) : 0
    }

    /// One turn: what came, what other threads have ready, what is due, and what follows.
    private func turn(_ events: [TransportEvent]) {
        for event in events { take(event) }
        for message in mailbox.drain() { message(self) }
        runOverlayTimers()
        input(.endOfTurn)
    }

    func input(_ input: Input) {
        var effects: [Effect] = []
        node.handle(input, at: Clock.now(), effects: &effects)
        for effect in effects { perform(effect) }
    }

    private func take(_ event: TransportEvent) {
        switch event {
        case .up(let link, let key, let direction, let address):
            log.info("link up", metadata: ["link": "\(link)", "from": "\(address)"])
            if direction == .outbound { peers.linkUp(key) }
            input(.linkUp(link, key, direction == .outbound ? .outbound : .inbound))
            input(.linkOrigin(link, origin(key, address)))
        case .down(let link, let reason):
            log.info("link down", metadata: ["link": "\(link)", "why": "\(reason)"])
            peers.linkDown(link, why: "\(reason)")
            overlayLinkEnded(link)
            input(.linkDown(link))
            redialLonely()
        case .frame(let link, let bytes): input(.frame(link, bytes))
        case .control(let client, let bytes): answer(client, bytes)
        case .dialFailed(let link, let failure):
            log.notice("cannot connect", metadata: ["why": "\(failure.rawValue)"])
            peers.dialFailed(link, why: failure.rawValue)
            overlayDialFailed(link)
        case .datagram(let bytes, let source): heard(bytes, from: source)
        case .woken: break
        }
    }

    private func perform(_ effect: Effect) {
        switch effect {
        case .send(let link, let frame):
            // A full queue is a slow peer: what is lost is asked for again.
            _ = endpoint.send(frame: frame.encoded, to: link)
        case .disconnect(let link, let reason): end(link, reason)
        case .commitOwn(let id, let records, let tombstones):
            commitOwn(id, records, tombstones)
        case .commit(let id, let batch): commit(id, batch)
        case .readRange(let id, let request, let bytes): readRange(id, request, bytes)
        case .readFeeds(let id, let feeds): readFeeds(id, feeds)
        case .published(let id, let result): published(id, result)
        case .rank(let id, let job): rank(id, job)
        case .invitationClaimed(let link, let key, let claim): claimed(link, key, claim)
        case .overlay(let action): perform(action)
        case .notice(let notice):
            log.warning("\(notice.sentence)")
            notices.add(notice)
            if notice == .storeRecovered { openOwnFeed() }
        }
    }

    private func end(_ link: LinkID, _ reason: GoodbyeReason) {
        log.info("link ended", metadata: ["link": "\(link)", "why": "\(reason)"])
        _ = endpoint.send(frame: Frame.goodbye(reason).encoded, to: link)
        if reason == .duplicate || reason == .selfLink {
            peers.stoodDown(link)
            endpoint.hangUp(link)
            overlayLinkEnded(link)
        } else if overlay.key(of: link) != nil {
            overlayLinkEnded(link)
        } else {
            endpoint.disconnect(link)
        }
        // An inbound link that we drop may go without another event.
        input(.linkDown(link))
    }

    private func sayGoodbye() {
        for summary in node.linkSummaries {
            _ = endpoint.send(frame: Frame.goodbye(.shuttingDown).encoded, to: summary.link)
        }
        _ = endpoint.poll(timeoutMilliseconds: 20)
    }

    func dial(_ peer: PeerBook.Peer) {
        guard let address = peer.address else { return }
        do {
            let link = try endpoint.dial(
                address: address, key: peer.nodeKey, isUrgent: true)
            peers.dialling(peer.nodeKey, over: link)
        } catch {
            log.error("cannot dial", metadata: ["peer": "\(peer.nodeKey)", "why": "\(error)"])
            peers.cannotDial(peer.nodeKey, why: error.message)
        }
    }

    /// A configured peer whose only link was the one that it dialled is dialled by us again. The core is asked
    /// which links there are: a peer may have been linked before the user named it, and who was dialled beside
    /// such a link would stand down and be dialled again, for ever.
    private func redialLonely() {
        for peer in peers.dialable where peer.link == nil && !isLinked(peer.nodeKey) { dial(peer) }
    }

    /// Whether there is any link with the node, whoever dialled it.
    func isLinked(_ key: NodeKey) -> Bool {
        node.linkSummaries.contains { $0.nodeKey == key }
    }
}
