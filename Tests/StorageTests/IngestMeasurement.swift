import Cryptography
import Glibc
import NodeCore
import Primitives
import Records
import Storage

/// Frames as they come over a link, through the core, to the disk: what one core takes a second, beside
/// what the same core verifies a second in the same run.
struct IngestMeasurement {
    static let feeds = 200
    static let recordsPerFeed = 500

    let scheme = Ed25519Scheme()
    let network: NetworkID
    private let people: [[Record]]

    init() throws {
        try Sodium.start()
        network = NetworkID(name: "measure", scheme: scheme)
        var random = SeededRandom(seed: 1)
        var people: [[Record]] = []
        for _ in 0..<Self.feeds {
            let key = try SigningKey(
                seed: (0..<SigningKey.seedBytes).map { _ in UInt8(random.below(256)) })
            var records: [Record] = []
            for number in 0..<Self.recordsPerFeed {
                let name = "isrc:item-\(100_000_000_000_000 + random.below(1 << 40))"
                guard let item = ItemID(name + String(repeating: "x", count: 31 - name.utf8.count))
                else { continue }
                let body = RecordBody(
                    feed: key.publicKey, sequence: UInt64(number + 1),
                    previous: records.last?.id ?? .zero,
                    time: Instant(
                        milliseconds: 1_700_000_000_000 + UInt64(number) * 240_000
                            + UInt64(random.below(100_000))),
                    payload: .play(item, .one))
                records.append(
                    Record(signing: body, network: network, signer: key, scheme: scheme))
            }
            people.append(records)
        }
        self.people = people
    }

    struct Result {
        var records = 0
        /// From the frame to the store's answer.
        var recordsPerCoreSecond = 0.0
        /// The same with what follows the answer: frontier, graph, other links.
        var withGraphPerCoreSecond = 0.0
        var wireBytesPerRecord = 0.0
    }

    /// Verifications a core-second.
    func verifyRate() -> Double {
        let sample = people.prefix(8).flatMap { $0 }
        let time = seconds {
            for record in sample where !record.isSigned(network: network, scheme: scheme) {
                fatalError("a record of ours is signed")
            }
        }
        return Double(sample.count) / time
    }

    func ranges(into store: Store, seed: [UInt8]) throws -> Result {
        try ingest(
            people.flatMap { records in
                stride(from: 0, to: records.count, by: 256).compactMap { start in
                    let part = records[start..<min(start + 256, records.count)]
                    return Chain(part.map { .record($0) }).map {
                        Frame.rangeResponse(RangeResponse(feed: $0.feed, chain: $0)).encoded
                    }
                }
            }, store, seed)
    }

    func pushes(into store: Store, seed: [UInt8]) throws -> Result {
        try ingest(
            people.flatMap { records in
                stride(from: 0, to: records.count, by: 200).map { start in
                    let part = records[start..<min(start + 200, records.count)]
                    return Frame.push(part.map(\.encoded)).encoded
                }
            }, store, seed)
    }

    private func ingest(_ frames: [[UInt8]], _ store: Store, _ seed: [UInt8]) throws -> Result {
        let key = try SigningKey(seed: seed)
        var configuration = CoreConfiguration(
            author: key.publicKey, feed: key.publicKey, nodeKey: NodeKey(raw: key.publicKey.raw),
            network: network, seed: 1)
        configuration.limits.storage.budgetBytes = UInt64(1) << 30
        var node = Node(configuration: configuration, scheme: scheme, signer: key)
        var now = Moment(
            wall: Instant(milliseconds: 1_800_000_000_000), monotonicMilliseconds: 0)
        node.finishRestore(at: now)
        // All are friends, each of whom may say 500 records at once.
        let friends = people.compactMap { $0.first?.body.feed }
        var waiting: [Input] = [
            .publish(
                EffectID(raw: 1 << 62), friends.map { OwnDraft(payload: .trust($0, .one)) }),
            .linkUp(LinkID(1), NodeKey(raw: .zero), .inbound),
            .frame(
                LinkID(1),
                Frame.hello(
                    Hello(
                        minimumVersion: 1, maximumVersion: 1, network: network, capabilities: 0,
                        time: now.wall, maximumFrameBytes: 65_536)
                ).encoded),
        ]
        var failure: StorageError?
        var afterwards = 0.0
        func run() {
            var effects: [Effect] = []
            repeat {
                let isAnswered = if case .stored? = waiting.first { true } else { false }
                let taken = seconds {
                    for input in waiting { node.handle(input, at: now, effects: &effects) }
                }
                if isAnswered { afterwards += taken }
                waiting = []
                node.handle(.endOfTurn, at: now, effects: &effects)
                for effect in effects {
                    do throws(StorageError) {
                        switch effect {
                        case .commit(let id, let batch):
                            try store.commit(batch)
                            waiting.append(.stored(id, nil))
                        case .commitOwn(let id, let records, let tombstones):
                            try store.commitOwn(records: records, tombstones: tombstones)
                            waiting.append(.stored(id, nil))
                        case .rank(let id, let job): waiting.append(.ranked(id, job.flow()))
                        default: break
                        }
                    } catch {
                        failure = error
                    }
                }
                effects = []
            } while !waiting.isEmpty
        }
        run()
        now = Moment(
            wall: now.wall.advanced(byMilliseconds: 5_000), monotonicMilliseconds: 5_000)
        run()
        let before = node.recordCount
        afterwards = 0
        let time = seconds {
            for frame in frames {
                waiting.append(.frame(LinkID(1), frame))
                guard waiting.count == 4 else { continue }
                // Of friends 13,000 signatures a second are checked, whatever a core could.
                now.monotonicMilliseconds += 100
                now.wall = now.wall.advanced(byMilliseconds: 100)
                run()
            }
            run()
        }
        if let failure { throw failure }
        var result = Result()
        result.records = Int(node.recordCount - before)
        result.recordsPerCoreSecond = Double(result.records) / (time - afterwards)
        result.withGraphPerCoreSecond = Double(result.records) / time
        result.wireBytesPerRecord =
            Double(frames.reduce(0) { $0 + $1.count }) / Double(result.records)
        return result
    }

    private func seconds(_ body: () -> Void) -> Double {
        let start = clock()
        body()
        return Double(clock() - start) / Double(CLOCKS_PER_SEC)
    }
}
