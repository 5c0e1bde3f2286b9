import NodeCore
import Primitives
import Records

/// Watches a run from outside and says what must not have happened.
///
/// It reads frames and records by itself, looks at disks, and asks the core for nothing but the numbers that the core
/// shows to people. What it believes comes from the log of events.
struct Oracle {
    struct Place: Hashable {
        let feed: PublicKey
        let sequence: UInt64
    }

    let scenario: Scenario
    let scheme: any SignatureScheme
    let network: NetworkID
    let isFull: Bool

    private(set) var violations: [Violation] = []
    private(set) var violationCount = 0
    private(set) var checks: UInt64 = 0

    /// By host: prints of the places that it has ever committed.
    var committed: [Set<UInt64>] = []
    /// By host: bodies of its own feed that it told its user are safe.
    var acknowledged: [[UInt64: UInt64]] = []
    /// Bodies of honest feeds that another honest node has stored. What nobody stored, because it was lost or
    /// came too early for every clock, no restored author can ask back.
    var exposed: [Place: UInt64] = [:]
    /// By host that was set back to an old copy: bodies of its feed that the copy lacked.
    var lost: [Int: [UInt64: UInt64]] = [:]
    /// Honest hosts that signed a lost place anew before any other honest node had stored it: their fork is nobody's fault.
    var excused: Set<Int> = []
    /// Honest hosts by the key of their feed.
    var owners: [PublicKey: Int] = [:]

    /// More violations are counted, not kept.
    private static let keptViolations = 20

    init(_ scenario: Scenario, scheme: any SignatureScheme, network: NetworkID) {
        self.scenario = scenario
        self.scheme = scheme
        self.network = network
        isFull = scenario.isFullyChecked
    }

    /// A run with many violations has told its story.
    var canGoOn: Bool { violationCount < Self.keptViolations }

    mutating func meet(_ hosts: [Host]) {
        committed = hosts.map { _ in [] }
        acknowledged = hosts.map { _ in [:] }
        for host in hosts where host.isHonest { owners[host.publicKey] = host.index }
    }

    mutating func check(
        _ condition: Bool, _ invariant: String, _ host: Host?, _ now: UInt64,
        _ detail: @autoclosure () -> String
    ) {
        checks += 1
        guard !condition else { return }
        violationCount += 1
        guard violations.count < Self.keptViolations else { return }
        violations.append(
            Violation(invariant: invariant, time: now, host: host?.index, detail: detail()))
    }

    static func placePrint(_ view: RecordView) -> UInt64 {
        var hash = TraceHash()
        let words = view.feed.raw.words
        hash.fold(words.0 ^ words.2)
        hash.fold(words.1 ^ words.3)
        hash.fold(view.sequence)
        hash.fold(view.print)
        return hash.value
    }

    // MARK: The life of a host

    mutating func started(_ host: Host, _ now: UInt64) {
        guard host.isHonest, let node = host.node else { return }
        for (sequence, print) in acknowledged[host.index].sorted(by: { $0.key < $1.key }) {
            checkOwn(host, sequence, print, now)
        }
        check(
            node.frontier(of: host.publicKey) == host.store.contiguous(host.publicKey),
            "own-feed-not-restored", host, now,
            "frontier \(node.frontier(of: host.publicKey)), on disk "
                + "\(host.store.contiguous(host.publicKey))")
    }

    /// What a power cut took was never there.
    mutating func lostTail(_ host: Host) {
        guard isFull, host.isHonest else { return }
        committed[host.index] = []
        host.store.forEachEntry { entry in
            guard case .record(let stored) = entry,
                let view = RecordView(stored.record)
            else { return }
            committed[host.index].insert(Self.placePrint(view))
        }
    }

    /// What only the lost disk knew is gone; what others saw must come back.
    mutating func restoredFromOldCopy(_ host: Host, lost store: MemoryStore) {
        let copied = host.store.contiguous(host.publicKey)
        let head = store.contiguous(host.publicKey)
        if head > copied {
            for sequence in copied + 1...head {
                guard case .record(let stored)? = store.entry(host.publicKey, sequence) else {
                    continue
                }
                lost[host.index, default: [:]][sequence] = RecordView(stored.record)?.print
            }
        }
        acknowledged[host.index] = acknowledged[host.index].filter { sequence, _ in
            sequence <= copied
        }
    }

    /// Nobody has what stood in a place.
    mutating func forgets(_ place: Place) { exposed[place] = nil }

    /// A restored author signs a place anew. Where no other honest node has what stood there, nobody whom it could
    /// trust could have told it so.
    mutating func signs(_ view: RecordView, _ host: Host) {
        guard let print = lost[host.index]?[view.sequence], print != view.print,
            exposed[Place(feed: view.feed, sequence: view.sequence)] == nil
        else { return }
        excused.insert(host.index)
    }

    func isExcused(_ feed: PublicKey) -> Bool { owners[feed].map(excused.contains) ?? false }

    mutating func acknowledged(_ sequences: [UInt64], drafts: Int, _ host: Host, _ now: UInt64) {
        guard host.isHonest else { return }
        check(
            sequences.count == drafts, "answer-count", host, now,
            "\(drafts) drafts were answered with \(sequences.count) places")
        for sequence in sequences {
            guard case .record(let stored)? = host.store.entry(host.publicKey, sequence),
                let view = RecordView(stored.record)
            else {
                check(false, "acknowledged-not-durable", host, now, "own record \(sequence)")
                continue
            }
            let known = acknowledged[host.index].updateValue(view.print, forKey: sequence)
            check(
                known == nil || known == view.print, "acknowledged-changed", host, now,
                "own record \(sequence)")
        }
    }

    mutating func checkOwn(_ host: Host, _ sequence: UInt64, _ print: UInt64, _ now: UInt64) {
        switch host.store.entry(host.publicKey, sequence) {
        case .record(let stored)?:
            check(
                RecordView(stored.record)?.print == print, "acknowledged-changed",
                host, now, "own record \(sequence)")
        case .tombstone?: break
        case nil: check(false, "acknowledged-lost", host, now, "own record \(sequence)")
        }
    }

    mutating func noticed(_ notice: Notice, _ host: Host, _ now: UInt64) {
        guard host.isHonest else { return }
        switch notice {
        case .ownFeedForked(let sequence):
            check(
                excused.contains(host.index), "self-fork", host, now,
                "the node found its own fork at \(sequence)")
        case .forked(let feed, let sequence):
            let owner = owners[feed]
            check(
                owner == nil || isExcused(feed), "honest-feed-frozen", host, now,
                "feed of host \(owner ?? -1) at \(sequence)")
        default: break
        }
    }

    /// Whom a user trusts in so many words is not put out for others. Of a store that contradicts its node that is
    /// something else: the feed is fetched anew.
    mutating func evicts(_ feed: PublicKey, _ host: Host, _ now: UInt64) {
        guard isFull, host.isHonest, !host.mayHoldUnknown, owners[feed] != nil else { return }
        var isTrusted = false
        for sequence in 1...max(1, host.store.contiguous(host.publicKey)) {
            guard case .record(let stored)? = host.store.entry(host.publicKey, sequence),
                case .trust(let target, let weight) = stored.record.body.payload, target == feed
            else { continue }
            isTrusted = weight.value > 0
        }
        let owner = owners[feed] ?? -1
        check(!isTrusted, "friend-evicted", host, now, "the feed of host \(owner) goes")
    }

    mutating func conflicted(_ host: Host, _ now: UInt64) {
        guard host.isHonest else { return }
        check(
            false, "store-conflict", host, now,
            "the node asked its store for another body in a place that is taken")
    }

    /// Only who breaks the protocol is cut off for it. A greeting that was lost with its path is nobody's fault.
    mutating func disconnected(
        _ host: Host, _ link: LinkID, _ peer: Host, _ reason: GoodbyeReason, _ now: UInt64
    ) {
        guard host.isHonest, peer.isHonest, reason == .protocolViolation,
            let node = host.node,
            node.linkSummaries.contains(where: { $0.link == link && $0.isReady })
        else { return }
        check(
            false, "honest-peer-blamed", host, now,
            "host \(peer.index) was cut off for breaking the protocol; so far: "
                + node.counts.named.filter { $0.count > 0 && $0.name.hasPrefix("rejected") }
                .map { "\($0.name) \($0.count)" }.joined(separator: ", "))
    }
}
