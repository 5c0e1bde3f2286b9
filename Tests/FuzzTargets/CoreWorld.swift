import Cryptography
import NodeCore
import Primitives
import Ranking
import Records

/// One core with its clock and a store that keeps the contract of the real one.
struct CoreWorld {
    private static let scheme = ForgedFeed.scheme
    private static let signer = ForgedFeed.owner

    private let configuration: CoreConfiguration
    private var node: Node
    private var store = KeptStore()
    private var now = Moment(wall: Instant(milliseconds: 2_000_000), monotonicMilliseconds: 0)
    private var lastPublication: UInt64 = 1 << 62
    private var failsReads = false
    /// Whoever sits at the other ends of the four links: keys whose addresses can be signed.
    let peers = (0x40..<0x44).map { ForgedFeed(number: $0) }

    /// With tight limits a short program reaches every cap.
    init(isTight: Bool) {
        let key = Self.signer.publicKey
        var configuration = CoreConfiguration(
            author: key, feed: key, nodeKey: NodeKey(raw: key.raw), network: ForgedFeed.network,
            seed: 7)
        configuration.ownHeadWaitMilliseconds = 10_000
        configuration.overlay = OverlaySettings(scope: .local, seed: 7)
        if isTight { configuration.limits = Self.tight }
        self.configuration = configuration
        node = Node(configuration: configuration, scheme: Self.scheme, signer: Self.signer)
        node.finishRestore(at: now)
    }

    private static var tight: CoreLimits {
        var limits = CoreLimits()
        limits.links = 2
        limits.feeds = 3
        limits.strangerFeeds = 1
        limits.strangerRecords = 4
        limits.feedRecords = 6
        limits.windowRecords = 3
        limits.wants = 2
        limits.wantsPerLink = 2
        limits.rangesPerLink = 1
        limits.readsPerLink = 1
        limits.forkProofs = 1
        limits.uncommittedRecords = 4
        limits.commitRecords = 2
        limits.commitsInFlight = 1
        limits.heldPublications = 1
        return limits
    }

    var ownKey: PublicKey { configuration.feed }

    mutating func connect(_ link: LinkID) {
        let number = Int(truncatingIfNeeded: link.value) % peers.count
        give(.linkUp(link, peers[number].nodeKey, number < 2 ? .inbound : .outbound))
        give(.linkOrigin(link, LinkOrigin(address: Self.host(number), isAnchor: number == 3)))
        let hello = Hello(
            minimumVersion: 1, maximumVersion: 1, network: configuration.network,
            capabilities: Self.capabilities[number],
            time: now.wall, maximumFrameBytes: UInt64(WireLimits.frameBytes))
        give(.frame(link, Frame.hello(hello).encoded))
    }

    private static let capabilities: [UInt64] = [
        Hello.sketches | Hello.trees | Hello.addresses, 0, Hello.sketches | Hello.trees,
        Hello.trees | Hello.addresses,
    ]

    /// A host for an address: public ones of some network groups, and private ones.
    static func host(_ number: Int) -> NetworkAddress {
        let word = UInt32(number % 16) << 8 | UInt32(number / 16 % 4)
        return NetworkAddress(
            ipv4: (number & 1 == 0 ? 0xc633_0009 : 0x0a00_0009) + word, port: 4600)
    }

    mutating func publish(_ drafts: [OwnDraft]) {
        lastPublication += 1
        give(.publish(EffectID(raw: lastPublication), drafts))
    }

    mutating func pass(milliseconds: UInt64) {
        now.monotonicMilliseconds += milliseconds
        now.wall = now.wall.advanced(byMilliseconds: milliseconds)
        give(.endOfTurn)
    }

    mutating func failNextCommit(_ number: Int) {
        let failures: [StoreFailure] = [.full, .ioError, .corrupt, .locked]
        store.failures.append(failures[number % failures.count])
    }

    mutating func reads(isFailing: Bool) { failsReads = isFailing }

    /// One input and the end of its turn, with what they set off.
    mutating func give(_ input: Input) {
        var effects: [Effect] = []
        node.handle(input, at: now, effects: &effects)
        node.handle(.endOfTurn, at: now, effects: &effects)
        var done = 0
        while done < effects.count {
            let answer = answer(to: effects[done])
            done += 1
            if let answer { node.handle(answer, at: now, effects: &effects) }
        }
    }

    /// Lets the store work again and time pass, until nothing is owed.
    mutating func settle() {
        store.failures = []
        failsReads = false
        for _ in 0..<8 { pass(milliseconds: 30_000) }
    }

    private mutating func answer(to effect: Effect) -> Input? {
        switch effect {
        case .commitOwn(let id, let records, let tombstones):
            var batch = StoreBatch()
            batch.records = records
            batch.tombstones = tombstones
            return .stored(id, store.commit(batch))
        case .commit(let id, let batch): return .stored(id, store.commit(batch))
        case .readRange(let id, let request, _):
            return .rangeRead(id, failsReads ? [] : store.range(request))
        case .readFeeds(let id, let feeds):
            return failsReads
                ? .feedsRead(id, [], .ioError)
                : .feedsRead(id, feeds.flatMap { store.feed($0) }, nil)
        case .rank(let id, let job): return .ranked(id, Self.trust(job))
        case .disconnect(let link, _): return .linkDown(link)
        case .send(_, let frame):
            // The cap of a frame is required where it is encoded.
            _ = frame.encoded
            return nil
        case .overlay(.dial(let node)): return failsReads ? .dialFailed(node.key) : nil
        case .published, .notice, .invitationClaimed, .overlay: return nil
        }
    }

    private static func trust(_ job: RankingJob) -> [AuthorTrust] {
        let ranking = job.prepared()
        let result = TrustedSalsa().rank(ranking.snapshot, ranking.query)
        return result.trust.enumerated().compactMap { position, trust in
            ranking.snapshot.key(of: AuthorIndex(UInt32(position))).map {
                AuthorTrust(author: $0, trust: trust)
            }
        }
    }

    /// No map is fuller than its cap.
    func checkCaps() {
        for map in node.census {
            require(map.count <= map.capacity, "\(map.name): \(map.count) of \(map.capacity)")
        }
    }

    /// A node that starts from what the store holds is where this one is.
    func checkRestart() {
        var restarted = Node(
            configuration: configuration, scheme: Self.scheme, signer: Self.signer)
        for proof in store.forkProofs { restarted.restore(proof) }
        for entry in store.all { restarted.restore(entry) }
        restarted.finishRestore(at: now)
        require(
            restarted.frontierDigest == node.frontierDigest,
            "a restart finds the frontiers that were committed")
    }
}
