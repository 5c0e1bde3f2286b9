import FaultDisks
import GRDB
import NodeCore
import Primitives
import Records
import Testing

@testable import Storage

/// A store that lives, fails and lives again on one `FaultDisk`, and what it must hold then. All from one seed.
struct PowerLossRun {
    struct Outcomes {
        var cuts = 0
        var failedCommits = 0
        /// Commits of own.db that were under way and are there, or are not.
        var keptInFlight = 0
        var lostInFlight = 0
        var lostNetBatches = 0
        /// On a lying disk only.
        var lostAcknowledged = 0
        var refusedToOpen = 0

        mutating func add(_ other: Outcomes) {
            cuts += other.cuts
            failedCommits += other.failedCommits
            keptInFlight += other.keptInFlight
            lostInFlight += other.lostInFlight
            lostNetBatches += other.lostNetBatches
            lostAcknowledged += other.lostAcknowledged
            refusedToOpen += other.refusedToOpen
        }
    }

    private typealias Feeds = [PublicKey: [StoredEntry]]

    private let seed: UInt64
    private var random: SeededRandom
    private let sandbox: Sandbox
    private let disk: FaultDisk
    private(set) var outcomes = Outcomes()

    /// The own feed as its user knows it, and the hand that writes on.
    private var own: [StoredEntry] = []
    private var writer: FeedWriter
    /// What an own commit would have left that was not answered.
    private var inFlight: (own: [StoredEntry], writer: FeedWriter)?
    /// What net.db held after each batch that a power cut may take back to, oldest first.
    private var net: [Feeds] = [[:]]
    private var others: [FeedWriter]

    init(seed: UInt64) throws {
        self.seed = seed
        random = SeededRandom(seed: seed, stream: "power loss")
        sandbox = try Sandbox()
        disk = FaultDisk(directory: sandbox.directory)
        writer = sandbox.own
        others = try (1...3).map { try FeedWriter($0) }
    }

    // MARK: A life

    /// Opens the store, works until something fails, and looks at what is left.
    mutating func live(
        failing failure: FaultDisk.Failure, onLyingDisk isLying: Bool = false
    ) throws {
        if isLying { disk.loseSynchronisations() }
        // Early failures meet the making of the files.
        disk.plan(failure, after: 1 + random.below(own.isEmpty ? 320 : 160))
        work()
        if !disk.isOff, failure != .powerCut { try examine("after an error of the disk") }
        disk.cutPower()
        outcomes.cuts += 1
        try disk.restart(&random)
        if isLying { try examineLies() } else { try examine("after a power cut") }
    }

    /// Commits, checkpoints and restarts until an operation fails or enough is done.
    private mutating func work() {
        guard var store = try? sandbox.open() else { return }
        for _ in 0..<40 {
            do {
                switch random.below(20) {
                case 0:
                    try store.checkpoint()
                    net = [net[net.count - 1]]
                case 1:
                    store = try sandbox.open()
                case 2..<11: try commitOwn(store)
                default: try commitNet(store)
                }
            } catch {
                outcomes.failedCommits += 1
                return
            }
        }
    }

    private mutating func commitOwn(_ store: Store) throws {
        var next = (own: own, writer: writer)
        var records: [StoredRecord] = []
        var tombstones: [Tombstone] = []
        for _ in 0..<1 + random.below(3) {
            records.append(try next.writer.play(nameBytes: 24 + random.below(80)))
            next.own.append(.record(records[records.count - 1]))
        }
        if random.below(5) == 0, case .record(let victim)? = own.last,
            victim.record.body.payload.itemID != nil
        {
            let retraction = next.writer.retract(victim)
            records.append(retraction)
            tombstones.append(victim.tombstone(by: retraction))
            next.own.append(.record(retraction))
            next.own[own.count - 1] = .tombstone(tombstones[0])
        }
        inFlight = next
        try store.commitOwn(records: records, tombstones: tombstones)
        (own, writer) = next
        inFlight = nil
    }

    private mutating func commitNet(_ store: Store) throws {
        var feeds = net[net.count - 1]
        var batch = StoreBatch()
        let place = random.below(others.count)
        let feed = others[place].feed
        if random.below(12) == 0, feeds[feed] != nil {
            batch.removedFeeds = [feed]
            feeds[feed] = nil
            others[place] = try FeedWriter(UInt64(10 + random.below(1_000_000)))
        }
        let newest = random.below(others.count)
        batch.records = try others[newest].plays(1 + random.below(20), nameBytes: 60)
        feeds[others[newest].feed, default: []] += batch.records.map(\.entry)
        // It may be on the disk although it was not answered.
        net.append(feeds)
        try store.commit(batch)
    }

    // MARK: Looking

    /// Both files open and are whole; own.db holds what was answered, and perhaps what was under way, whole; net.db
    /// holds what it held after some batch.
    private mutating func examine(_ when: String) throws {
        let label = "seed \(seed), \(when)"
        let store: Store
        do {
            store = try sandbox.open()
        } catch {
            Issue.record("\(label): \(error)")
            throw error
        }
        #expect(store.notices.isEmpty, "\(label): \(store.notices)")
        try store.own.read { try DatabaseFile.check($0, "integrity_check") }
        try store.net.read { try DatabaseFile.check($0, "integrity_check") }
        let held = try store.all(of: writer.feed)
        if let next = inFlight {
            if held == next.own {
                outcomes.keptInFlight += 1
                (own, writer) = next
            } else {
                outcomes.lostInFlight += 1
            }
            inFlight = nil
        }
        let isWhole = held == own
        try #require(
            isWhole, "\(label): own.db holds \(held.count) of \(own.count) acknowledged")
        try examineNet(store, label)
        try examineFrontiers(store, label)
        // The next record continues the feed: it would be refused where it forked.
        try commitOwn(store)
    }

    private mutating func examineNet(_ store: Store, _ label: String) throws {
        var held: Feeds = [:]
        for entry in try store.all() where entry.feed != writer.feed {
            held[entry.feed, default: []].append(entry)
        }
        let place = try #require(
            net.lastIndex { $0 == held }, "\(label): net.db holds no state that it ever had")
        outcomes.lostNetBatches += net.count - 1 - place
        net = [held]
        // Who wrote what was lost writes it again.
        for index in others.indices {
            let count = held[others[index].feed]?.count ?? 0
            guard count < others[index].sequence else { continue }
            others[index] = try FeedWriter(UInt64(10 + random.below(1_000_000)))
        }
    }

    /// A node that starts from the files holds each feed exactly as far as the rows go.
    private func examineFrontiers(_ store: Store, _ label: String) throws {
        let nodeKey = try #require(NodeKey([UInt8](repeating: 9, count: 32)))
        var node = Node(
            configuration: CoreConfiguration(
                author: writer.feed, feed: writer.feed, nodeKey: nodeKey,
                network: FeedWriter.network, seed: seed),
            scheme: FeedWriter.scheme, signer: writer.key)
        try store.forEachEntry { node.restore($0) }
        node.finishRestore(
            at: Moment(
                wall: Instant(milliseconds: 1_800_000_000_000), monotonicMilliseconds: 1))
        #expect(node.frontier(of: writer.feed) == UInt64(own.count), "\(label)")
        for (feed, entries) in net[0] {
            #expect(node.frontier(of: feed) == UInt64(entries.count), "\(label): \(feed)")
        }
    }

    /// What a lying disk lost is either told, or the feed is a beginning of what was written.
    private mutating func examineLies() throws {
        guard let store = try? sandbox.open(), let held = try? store.all(of: writer.feed) else {
            outcomes.refusedToOpen += 1
            return
        }
        let written = inFlight?.own ?? own
        #expect(held.count <= written.count, "seed \(seed)")
        for (entry, before) in zip(held, written) {
            #expect(entry.sequence == before.sequence && entry.id == before.id, "seed \(seed)")
        }
        if held.count < own.count { outcomes.lostAcknowledged += 1 }
    }
}
