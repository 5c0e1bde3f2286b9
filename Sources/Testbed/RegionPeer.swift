import Foundation
public import Primitives
public import Records
import Synchronization
import Transport

/// The attacker's one peer: dials one honest node and offers it a whole region over the real wire
/// protocol, as any peer would offer what it holds.
///
/// It says HELLO, pushes the feed of the region's gate, names every feed in FRONTIER, and answers each
/// RANGE_REQ. It runs on a thread of its own until `stop`.
public final class RegionPeer: Sendable {
    /// What it has sent so far.
    public struct Progress: Hashable, Sendable {
        public var isLinked = false
        public var recordsSent = 0
        public var bytesSent = 0
        public var failure: String?
    }

    private let feeds: FeedShelf
    private let network: NetworkID
    private let progressState = Mutex(Progress())
    private let waker = Mutex<Waker?>(nil)
    private let isStopping = Mutex(false)
    private let ended = Latch<Bool>()

    public init(region: SybilRegion, network: NetworkID) {
        feeds = FeedShelf(region)
        self.network = network
    }

    public var progress: Progress { progressState.withLock { $0 } }

    /// Dials `address` (`tcp://host:port`) and serves until `stop`.
    public func start(address: String, nodeKey: NodeKey) {
        let thread = Thread { [self] in
            do {
                try serve(address: address, nodeKey: nodeKey)
            } catch {
                progressState.withLock { $0.failure = "\(error)" }
            }
            ended.set(true)
        }
        thread.name = "sybil region"
        thread.start()
    }

    /// Hangs up and waits for the thread to end.
    public func stop() {
        isStopping.withLock { $0 = true }
        waker.withLock { $0?.wake() }
        _ = ended.wait(seconds: 5)
    }

    // MARK: On the thread

    private func serve(address: String, nodeKey: NodeKey) throws {
        let endpoint = try Endpoint(keys: try CurveKeys.generate())
        defer { endpoint.close() }
        waker.withLock { $0 = endpoint.waker }
        _ = try endpoint.dial(address: address, key: nodeKey)
        while !isStopping.withLock({ $0 }) {
            for event in endpoint.poll(timeoutMilliseconds: 1000) {
                for (link, frame) in answers(to: event) { send(frame, to: link, endpoint) }
            }
        }
    }

    private func answers(to event: TransportEvent) -> [(LinkID, Frame)] {
        switch event {
        case .up(let link, _, _, _):
            return [(link, .hello(hello))]
        case .frame(let link, let bytes):
            guard let frame = try? Frame.decode(bytes) else { return [] }
            return answers(to: frame).map { (link, $0) }
        case .down:
            progressState.withLock { $0.isLinked = false }
            return []
        case .dialFailed(_, let failure):
            progressState.withLock { $0.failure = failure.rawValue }
            return []
        case .control, .woken, .datagram:
            return []
        }
    }

    private func answers(to frame: Frame) -> [Frame] {
        switch frame {
        case .hello:
            progressState.withLock { $0.isLinked = true }
            return [.push(feeds.gateRecords)] + feeds.frontiers.map { .frontier($0) }
        case .ping(let nonce):
            return [.pong(nonce: nonce)]
        case .rangeRequest(let request):
            return [.rangeResponse(feeds.answer(to: request))]
        case .goodbye(let reason):
            progressState.withLock { $0.failure = "the node said goodbye: \(reason)" }
            return []
        case .pong, .push, .announce, .graft, .prune, .frontier, .sketch, .sketchRequest,
            .sketchResult, .rangeResponse, .forkProof, .invitation, .addressRequest,
            .addressResponse:
            return []
        }
    }

    private func send(_ frame: Frame, to link: LinkID, _ endpoint: Endpoint) {
        let bytes = frame.encoded
        guard endpoint.send(frame: bytes, to: link) == .sent else { return }
        progressState.withLock { progress in
            progress.bytesSent += bytes.count
            switch frame {
            case .push(let records): progress.recordsSent += records.count
            case .rangeResponse(let response):
                progress.recordsSent += response.chain?.places.count ?? 0
            default: break
            }
        }
    }

    private var hello: Hello {
        let now = Instant(milliseconds: UInt64(Date().timeIntervalSince1970 * 1000))
        return Hello(
            minimumVersion: 1, maximumVersion: 1, network: network, capabilities: 0, time: now,
            maximumFrameBytes: UInt64(WireLimits.frameBytes))
    }
}

/// Feeds to look records up in.
private struct FeedShelf: Sendable {
    private let records: [PublicKey: [Record]]
    let frontiers: [Frontier]
    let gateRecords: [EncodedRecord]

    init(_ region: SybilRegion) {
        records = Dictionary(
            uniqueKeysWithValues: region.identities.map { ($0.author, $0.records) })
        let entries = region.identities.sorted { $0.author < $1.author }.compactMap { identity in
            identity.records.last.map {
                Frontier.Entry(
                    feed: identity.author, sequence: $0.body.sequence,
                    headPrefix: $0.id.raw.prefix64)
            }
        }
        let size = WireLimits.frontierEntries
        frontiers = stride(from: 0, to: entries.count, by: size).map {
            Frontier(entries: Array(entries[$0..<min($0 + size, entries.count)]))
        }
        gateRecords = region.identities[0].records.prefix(WireLimits.recordsPerFrame)
            .map(\.encoded)
    }

    /// What is there of the range, as much as fits a frame.
    func answer(to request: RangeRequest) -> RangeResponse {
        let places = (records[request.feed] ?? []).drop { $0.body.sequence < request.first }
            .prefix(WireLimits.recordsPerFrame).map(ChainPlace.record)
        return RangeResponse(feed: request.feed, chain: Chain(places, through: request.last))
    }
}
