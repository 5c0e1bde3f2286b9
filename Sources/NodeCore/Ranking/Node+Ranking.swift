public import Primitives
import Ranking
import Records

/// When to rank: a while after the graph has changed, never twice at once.
struct RankSchedule: Sendable {
    private var changedAt: UInt64?
    private var quietAt: UInt64 = 0
    private var isHurried = false
    private(set) var running: EffectID?

    /// The graph changed since the last snapshot.
    var isStale: Bool { changedAt != nil }

    /// When a ranking is due; nil while nothing changed or one is running.
    var dueAt: UInt64? {
        running == nil && changedAt != nil ? (isHurried ? 0 : quietAt) : nil
    }

    mutating func graphChanged(_ now: Moment, _ configuration: CoreConfiguration) {
        let time = now.monotonicMilliseconds
        let first = changedAt ?? time
        changedAt = first
        quietAt = min(
            time + configuration.rankDebounceMilliseconds,
            first + configuration.rankDelayMilliseconds)
    }

    /// Somebody waits for an answer: do not wait for quiet.
    mutating func hurry() { isHurried = true }

    mutating func start(_ id: EffectID) {
        running = id
        changedAt = nil
        isHurried = false
    }

    /// False for a late reply.
    mutating func finish(_ id: EffectID) -> Bool {
        guard running == id else { return false }
        running = nil
        return true
    }
}

/// Authors whose part of the graph is to be made anew from the store: something of theirs went away.
struct RebuildQueue: Sendable {
    private var waiting: [PublicKey] = []
    private(set) var running: (id: EffectID, author: PublicKey)?
    private(set) var retryAt: UInt64?

    var isEmpty: Bool { waiting.isEmpty && running == nil }

    mutating func add(_ author: PublicKey) {
        if !waiting.contains(author) { waiting.append(author) }
    }

    /// Tries again later: the store could not read.
    mutating func postpone(_ author: PublicKey, until time: UInt64) {
        add(author)
        retryAt = time
    }

    mutating func start(_ id: EffectID) -> PublicKey? {
        guard running == nil, !waiting.isEmpty else { return nil }
        retryAt = nil
        let author = waiting.removeFirst()
        running = (id, author)
        return author
    }

    mutating func finish(_ id: EffectID) -> PublicKey? {
        guard let current = running, current.id == id else { return nil }
        running = nil
        return current.author
    }
}

extension Node {
    /// Asks the store for the feeds of one author whose graph must be made anew.
    mutating func startRebuild(_ now: Moment, _ effects: inout [Effect]) {
        guard rebuilds.running == nil, !rebuilds.isEmpty,
            now.monotonicMilliseconds >= rebuilds.retryAt ?? 0
        else { return }
        let id = nextEffect()
        guard let author = rebuilds.start(id) else { return }
        var keys: [PublicKey] = []
        feeds.forEach { _, feed in
            if feed.author == author, !feed.isFrozen { keys.append(feed.key) }
        }
        effects.append(.readFeeds(id, keys.sorted()))
    }

    /// The graph of an author is what is left in the store, in feed order: the same as after a restart.
    mutating func feedsRead(
        _ id: EffectID, _ entries: [StoredEntry], _ failure: StoreFailure?, _ now: Moment,
        _ effects: inout [Effect]
    ) {
        guard let author = rebuilds.finish(id) else { return }
        guard failure == nil else {
            rebuilds.postpone(author, until: now.monotonicMilliseconds + 1_000)
            return
        }
        graph.remove(author: author)
        ledger.forget(author)
        if author == configuration.author {
            for entry in own.privateLog.entries { applyPrivate(entry) }
        }
        let retracted = Set(entries.compactMap(\.retracted))
        var block: [Interaction] = []
        for entry in entries {
            guard let index = feeds.index(of: entry.feed), counts(entry.sequence, of: index),
                feeds[index].author == author, entry.sequence <= feeds[index].frontier,
                entry.sequence > feeds[index].base
            else { continue }
            if entry.storedRecord != nil, let tombstone = bury(entry, retracted, entries) {
                gathered.tombstones.append(tombstone)
                ledger.noteWithdrawal(by: author)
            } else if let stored = entry.storedRecord {
                apply(stored, author: author, &block, now)
            } else {
                ledger.noteWithdrawal(by: author)
            }
        }
        take(&block)
        carryTrust(of: author)
        ranking.graphChanged(now, configuration)
    }

    /// What takes the place of a record that was fetched behind the RETRACT that names it; nil for any other.
    private func bury(
        _ entry: StoredEntry, _ retracted: Set<RetractedPlace>, _ entries: [StoredEntry]
    ) -> Tombstone? {
        guard retracted.contains(RetractedPlace(feed: entry.feed, sequence: entry.sequence)) else {
            return nil
        }
        return entries.lazy.compactMap(\.tombstone).first {
            $0.feed == entry.feed && $0.sequence == entry.sequence && $0.id == entry.id
        }
    }

    mutating func startRanking(_ now: Moment, _ effects: inout [Effect]) {
        guard let due = ranking.dueAt, now.monotonicMilliseconds >= due else { return }
        let id = nextEffect()
        ranking.start(id)
        effects.append(.rank(id, rankingJob(at: now)))
    }

    /// The graph as it stands, with what the ego does not want to see. O(segments + private entries).
    func rankingJob(at now: Moment) -> RankingJob {
        let entries = own.privateLog.entries
        let items = { (kind: PrivateEntry.Kind) -> [ItemID] in
            entries.filter { $0.kind == kind }.map(\.item)
        }
        return RankingJob(
            graph: graph.frozen(), ego: configuration.author, parameters: configuration.ranking,
            hidden: items(.hide), disliked: items(.dislike), blocked: Array(blocked.keys),
            ledger: ledger, now: now.wall)
    }

    mutating func ranked(
        _ id: EffectID, _ reached: [AuthorTrust], _ now: Moment, _ effects: inout [Effect]
    ) {
        guard ranking.finish(id) else { return }
        var table = BoundedTable<PublicKey, Double>(capacity: trust.capacity)
        // The table is capped: the most trusted first, so that no choice of keys pushes them out.
        let ordered = reached.sorted { ($1.trust, $0.author) < ($0.trust, $1.author) }
        for entry in ordered where entry.trust > 0 { table.set(entry.author, entry.trust) }
        hasRanked = true
        let strangersBefore = pool.members.filter(\.isStranger)
        trust = table
        graph.adopt(trust: reached.map { ($0.author, $0.trust) })
        sortPool()
        enforceShares()
        let befriended = strangersBefore.compactMap { stranger in
            feeds.index(of: stranger.feed).flatMap { isReachable(feeds[$0].author) ? $0 : nil }
        }
        wantMore(of: befriended)
        releaseHeldBack()
        for index in befriended where feeds[index].base > 0 {
            askBlock(before: index, now, &effects)
        }
    }

    /// Whether the graph has changed since the last snapshot that was ranked: one is due, or runs.
    public var isRankingStale: Bool { isRankingDue || isRankingRunning }
    /// Whether the graph has changed, or is about to because something was taken back.
    public var isRankingDue: Bool { ranking.isStale || !rebuilds.isEmpty }
    public var isRankingRunning: Bool { ranking.running != nil }

    /// The ego's trust in an author as of the last ranking, 0 ... 1.
    public func trust(in author: PublicKey) -> Double { trust[author] ?? 0 }
}

/// A place that a RETRACT names.
private struct RetractedPlace: Hashable {
    let feed: PublicKey
    let sequence: UInt64
}

extension StoredEntry {
    fileprivate var retracted: RetractedPlace? {
        guard let stored = storedRecord,
            case .retract(let sequence, _, _) = stored.record.body.payload
        else { return nil }
        return RetractedPlace(feed: feed, sequence: sequence)
    }
}
