import Cryptography
import Foundation
import Glibc
import NodeCore
import Primitives
import Ranking
import Records
import Storage
import Synchronization

/// Counts what a core asks of libsodium.
final class CountingScheme: SignatureScheme {
    private let real = Ed25519Scheme()
    private let counted = Atomic<Int>(0)

    var verifications: Int { counted.load(ordering: .relaxed) }

    func isValid(_ key: PublicKey) -> Bool { real.isValid(key) }
    func nodeKey(of signer: PublicKey) -> NodeKey? { real.nodeKey(of: signer) }
    func digest(_ message: [UInt8]) -> Bytes32 { real.digest(message) }

    func verify(_ signature: Signature, of message: [UInt8], by key: PublicKey) -> Bool {
        counted.add(1, ordering: .relaxed)
        return real.verify(signature, of: message, by: key)
    }
}

/// An author with a chain of records.
struct Author {
    let signer: SigningKey
    private(set) var last: Record?
    var key: PublicKey { signer.publicKey }

    init(_ number: UInt64) throws {
        var random = SeededRandom(seed: number, stream: "author")
        var seed: [UInt8] = []
        for _ in 0..<4 {
            let word = random.next()
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                seed.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        signer = try SigningKey(seed: seed)
    }

    mutating func say(_ payload: Payload, at time: UInt64) -> Record {
        let body = RecordBody(
            feed: key, sequence: (last?.body.sequence ?? 0) + 1, previous: last?.id ?? .zero,
            time: Instant(milliseconds: time), payload: payload)
        let record = Record(
            signing: body, network: FloodBench.network, signer: signer, scheme: FloodBench.plain)
        last = record
        return record
    }
}

/// A core with its real limits and a real store under a clock of our own, with links that push.
final class FloodBench {
    static let plain = Ed25519Scheme()
    static let network = NetworkID(name: "flood", scheme: plain)
    static let wall: UInt64 = 1_800_000_000_000

    let sandbox: Sandbox
    let store: Store
    let scheme = CountingScheme()
    let ego: Author
    private let configuration: CoreConfiguration
    private(set) var node: Node
    private(set) var milliseconds: UInt64 = 0
    private(set) var links: [LinkID] = []
    private var inputs: [Input] = []
    /// CPU seconds inside the core, and frames that it sent.
    private(set) var coreSeconds = 0.0
    private(set) var sent = 0

    init(budgetBytes: UInt64, links count: Int) throws {
        try Sodium.start()
        sandbox = try Sandbox()
        ego = try Author(0)
        store = try Store(
            directory: sandbox.directory, budgetBytes: budgetBytes,
            owner: StoreOwner(feed: ego.key, author: ego.key, network: Self.network),
            scheme: Self.plain)
        var configuration = CoreConfiguration(
            author: ego.key, feed: ego.key, nodeKey: NodeKey(raw: ego.key.raw),
            network: Self.network, seed: 11)
        configuration.limits.storage.budgetBytes = budgetBytes
        self.configuration = configuration
        node = Node(configuration: configuration, scheme: scheme, signer: ego.signer)
        node.finishRestore(at: now)
        try link(count)
    }

    /// Another core on the same files, with links of its own to the same peers.
    func restart() throws {
        let count = links.count
        links = []
        node = Node(configuration: configuration, scheme: scheme, signer: ego.signer)
        try store.forEachEntry { node.restore($0) }
        node.finishRestore(at: now)
        try link(count)
        try pass(5_000)
    }

    private func link(_ count: Int) throws {
        for number in 0..<count {
            let link = LinkID(UInt64(number + 1))
            links.append(link)
            let peer = try Author(1_000_000_000 + UInt64(number))
            inputs.append(.linkUp(link, NodeKey(raw: peer.key.raw), .inbound))
            let hello = Hello(
                minimumVersion: 1, maximumVersion: 1, network: Self.network, capabilities: 0,
                time: now.wall, maximumFrameBytes: 65_536)
            inputs.append(.frame(link, Frame.hello(hello).encoded))
        }
        try run()
    }

    var now: Moment {
        Moment(
            wall: Instant(milliseconds: Self.wall + milliseconds),
            monotonicMilliseconds: milliseconds)
    }

    func pass(_ time: UInt64) throws {
        milliseconds += time
        try run()
    }

    func publish(_ payloads: [Payload]) throws {
        inputs.append(.publish(EffectID(raw: 1 << 62), payloads.map { OwnDraft(payload: $0) }))
        try run()
    }

    func push(_ records: [Record], over link: LinkID) throws {
        for start in stride(from: 0, to: records.count, by: 100) {
            let part = records[start..<min(start + 100, records.count)]
            inputs.append(.frame(link, Frame.push(part.map(\.encoded)).encoded))
        }
        try run()
    }

    /// Gives a frame as it is; runs the turn.
    func give(_ frame: [UInt8], over link: LinkID) throws {
        inputs.append(.frame(link, frame))
        try run()
    }

    /// One turn after another, until nothing is left to answer. Rankings and commits are answered at once.
    private func run() throws {
        repeat {
            var effects: [Effect] = []
            let start = clock()
            for input in inputs { node.handle(input, at: now, effects: &effects) }
            node.handle(.endOfTurn, at: now, effects: &effects)
            coreSeconds += Double(clock() - start) / Double(CLOCKS_PER_SEC)
            inputs = []
            for effect in effects { try carryOut(effect) }
        } while !inputs.isEmpty
    }

    private func carryOut(_ effect: Effect) throws {
        switch effect {
        case .commit(let id, let batch):
            inputs.append(
                .stored(id, failure { () throws(StorageError) in try store.commit(batch) }))
        case .commitOwn(let id, let records, let tombstones):
            inputs.append(
                .stored(
                    id,
                    failure { () throws(StorageError) in
                        try store.commitOwn(records: records, tombstones: tombstones)
                    }))
        case .rank(let id, let job): inputs.append(.ranked(id, job.flow()))
        case .readFeeds(let id, let feeds):
            var entries: [StoredEntry] = []
            for feed in feeds { try store.forEachEntry(of: feed) { entries.append($0) } }
            inputs.append(.feedsRead(id, entries, nil))
        case .readRange(let id, let request, let bytes):
            let entries = try store.range(
                feed: request.feed, first: request.first, last: request.last, maximumBytes: bytes)
            inputs.append(.rangeRead(id, entries))
        case .send: sent += 1
        case .disconnect, .published, .invitationClaimed, .overlay, .notice: break
        }
    }

    private func failure(_ work: () throws(StorageError) -> Void) -> StoreFailure? {
        do throws(StorageError) {
            try work()
            return nil
        } catch {
            return error.failure
        }
    }

    /// Bytes of memory that are this process's now.
    static var residentBytes: UInt64 {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { UInt64($0) } ?? 0
        return pages * 4096
    }
}

extension RankingJob {
    /// The trust flow alone, which is all that a core takes from a ranking.
    func flow() -> [AuthorTrust] {
        let prepared = prepared()
        let (snapshot, query) = (prepared.snapshot, prepared.query)
        let flow = TrustFlow(
            snapshot, ego: query.ego, alpha: query.parameters.alphaTrust,
            epsilon: query.parameters.epsilon)
        return flow.trust.enumerated().compactMap { position, trust in
            guard trust > 0, let key = snapshot.key(of: AuthorIndex(UInt32(position))) else {
                return nil
            }
            return AuthorTrust(author: key, trust: trust)
        }
    }
}
