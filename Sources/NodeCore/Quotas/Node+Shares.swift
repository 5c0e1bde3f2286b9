import Primitives
import Ranking
import Records

/// Storage by trust: each author holds what its part of the trust flow buys of the budget, and what is beyond goes into
/// one pool. So of any set of keys R is held at most
///
///     budget * flow(R) + pool
///
/// bytes, however many keys they are, and nobody within a share is ever evicted for somebody else.
extension Node {
    private var storage: StorageLimits { limits.storage }

    // MARK: Shares

    /// Feeds that authors may have in their own right. No more authors than this are reached by its inverse of all trust.
    var residentSlots: Int { max(1, limits.feeds - limits.strangerFeeds) }

    /// Whether an author with so many feeds has slots of its own: as many as its part of all of them, and whom the ego
    /// trusts itself in any case.
    func isResident(_ author: PublicKey, feeds count: Int) -> Bool {
        if author == configuration.author { return true }
        if isTrusted(author) { return true }
        return (trust[author] ?? 0) * Double(residentSlots) >= Double(count)
    }

    func share(of author: PublicKey) -> UInt64 {
        if author == configuration.author { return .max >> 1 }
        guard hasRanked else {
            return isTrusted(author) ? .max >> 1 : 0
        }
        return UInt64(min(1, trust[author] ?? 0) * Double(storage.sharedBytes))
    }

    /// What any author may hold beyond its share, as long as the pool has room: twice an even part of it, because most
    /// take less.
    var slotBytes: UInt64 {
        let least = min(storage.leastSlotBytes, storage.poolBytes)
        return max(least, 2 * storage.poolBytes / UInt64(max(1, limits.strangerFeeds)))
    }

    /// Where a feed stands in the pool's order.
    func poolRank(of feed: PublicKey, _ author: PublicKey) -> UInt64 {
        let parts = min(1, (trust[author] ?? 0) * Double(residentSlots))
        return pool.rank(hash: fingerprint.mix(feed.raw), weight: 1 + UInt64(parts * 4_096))
    }

    // MARK: Bytes

    /// The pool's cap.
    private func fitsPool(_ overflow: UInt64) -> Bool { overflow <= storage.poolBytes }

    /// Whether so many more bytes of an author could be held, at the cost of nobody but worse feeds of the pool. Asked
    /// before any signature is checked.
    func mayHold(_ more: UInt64, of author: PublicKey, in feed: PublicKey) -> Bool {
        guard feed != configuration.feed else { return true }
        let account = accounts[author] ?? AuthorAccount(share: share(of: author))
        let overflow = account.overflow(with: more)
        guard overflow > account.overflow() else { return true }
        guard overflow <= slotBytes else { return false }
        var needed = pool.overflowBytes + overflow - account.overflow()
        if fitsPool(needed) { return true }
        let rank = rankForRoom(of: feed, author)
        for member in pool.members.reversed() {
            guard hasRanked, member.rank > rank else { return false }
            needed -= min(needed, freed(by: member))
            if fitsPool(needed) { return true }
        }
        return false
    }

    /// Records of one feed that its author may hold, its other feeds as they are. The slot in the pool counts as long as
    /// the pool has room, and an eighth of all is left for what comes while the oldest goes.
    func recordsWithinShare(of author: PublicKey, in index: FeedIndex?) -> UInt64 {
        let account = accounts[author] ?? AuthorAccount(share: share(of: author))
        let isPoolFull = pool.overflowBytes > storage.poolBytes / 8 * 7
        let (capacity, isAny) = account.share.addingReportingOverflow(isPoolFull ? 0 : slotBytes)
        guard !isAny else { return .max }
        var (bytes, average) = (UInt64(0), StorageLimits.typicalRecordBytes)
        if let index {
            bytes = feeds[index].bytes
            average = max(average / 2, bytes / max(1, feeds[index].tip - feeds[index].base))
        }
        let others = account.bytes - min(account.bytes, bytes)
        return (capacity - min(capacity, others)) / 8 * 7 / average
    }

    /// Makes room for more of a feed that is held, and counts it. False, and nothing is counted, if there is none.
    mutating func hold(_ more: UInt64, in index: FeedIndex) -> Bool {
        let (feed, author) = (feeds[index].key, feeds[index].author)
        guard feed != configuration.feed else { return true }
        guard mayHold(more, of: author, in: feed) else {
            feeds[index].isHeldBack = true
            return false
        }
        while !fitsPool(overflow(with: more, of: author)) {
            guard let worst = pool.worst, worst.feed != feed else { return false }
            evict(worst.feed)
        }
        feeds[index].bytes += more
        charge(more, to: author)
        return true
    }

    /// Counts bytes that are held whatever the shares say.
    mutating func charge(_ more: UInt64, to author: PublicKey) {
        change(author) { $0.bytes += more }
    }

    mutating func refund(_ less: UInt64, to author: PublicKey) {
        change(author) { $0.bytes -= min($0.bytes, less) }
    }

    private mutating func change(_ author: PublicKey, _ body: (inout AuthorAccount) -> Void) {
        guard let slot = accounts.slot(of: author) else { return }
        pool.overflowBytes -= accounts[slot: slot].overflow()
        body(&accounts[slot: slot])
        pool.overflowBytes += accounts[slot: slot].overflow()
    }

    private func overflow(with more: UInt64, of author: PublicKey) -> UInt64 {
        guard let account = accounts[author] else { return pool.overflowBytes + more }
        return pool.overflowBytes + account.overflow(with: more) - account.overflow()
    }

    /// Residents put nobody out by what is beyond their share.
    private func rankForRoom(of feed: PublicKey, _ author: PublicKey) -> UInt64 {
        isResident(author, feeds: accounts[author]?.feeds ?? 1) ? .max : poolRank(of: feed, author)
    }

    private func freed(by member: FeedPool.Member) -> UInt64 {
        guard let index = feeds.index(of: member.feed) else { return 0 }
        return min(feeds[index].bytes, accounts[feeds[index].author]?.overflow() ?? 0)
    }

    // MARK: Order

    /// After a ranking, a restart, or a new key: whose share is what, and who stands where in the pool.
    mutating func sortPool() {
        if hasRanked {
            for (slot, author) in accounts.keys.enumerated() {
                accounts[slot: slot].share = share(of: author)
            }
            pool.overflowBytes = accounts.keys.indices.reduce(0) {
                $0 + accounts[slot: $1].overflow()
            }
        }
        var found: [FeedPool.Member] = []
        feeds.forEach { _, feed in
            if let member = poolMember(feed.key, feed.author) { found.append(member) }
        }
        pool.replace(with: found)
    }

    /// The place of a feed in the pool; nil for one with a slot of its own.
    func poolMember(_ feed: PublicKey, _ author: PublicKey) -> FeedPool.Member? {
        guard feed != configuration.feed,
            !isResident(author, feeds: max(1, accounts[author]?.feeds ?? 1))
        else { return nil }
        return FeedPool.Member(
            feed: feed, rank: poolRank(of: feed, author), isStranger: !isReachable(author))
    }

    /// Shares have changed: what is beyond them has to fit the pool again. The pool's feeds go first, then
    /// authors beyond their share, the farthest from the ego and the furthest beyond first.
    mutating func enforceShares() {
        guard hasRanked else { return }
        while !fitsPool(pool.overflowBytes) {
            if let worst = pool.worst {
                evict(worst.feed)
                continue
            }
            guard let victim = mostBeyondShare() else { return }
            // Its newest records may fit.
            if let index = feeds.index(of: victim), trim(index) { continue }
            evict(victim)
        }
    }

    /// The largest feed of the author that is furthest beyond its share; nil where all are within.
    private func mostBeyondShare() -> PublicKey? {
        var worst: (tier: Tier, bytes: UInt64, author: PublicKey)?
        for (slot, author) in accounts.keys.enumerated() {
            let beyond = accounts[slot: slot].overflow()
            guard beyond > 0 else { continue }
            let candidate = (tier(of: author), beyond, author)
            if worst.map({ ($0.tier, $0.bytes) < (candidate.0, candidate.1) }) ?? true {
                worst = candidate
            }
        }
        guard let author = worst?.author else { return nil }
        var largest: (feed: PublicKey, bytes: UInt64)?
        feeds.forEach { _, feed in
            if feed.author == author, feed.bytes > largest?.bytes ?? 0 {
                largest = (feed.key, feed.bytes)
            }
        }
        return largest?.feed
    }

    /// A new order of the pool, when the old one had its time.
    mutating func rotatePool(_ now: Moment) {
        let interval = storage.rotationMilliseconds
        guard pool.rotate(every: interval, at: now.monotonicMilliseconds, &random) else { return }
        sortPool()
        releaseHeldBack()
    }

    /// Feeds that were refused more and may hold it now: ask for it.
    mutating func releaseHeldBack() {
        var released: [FeedIndex] = []
        for index in feeds.indices where feeds[index].isHeldBack {
            guard accounts[feeds[index].author].map({ $0.overflow() < slotBytes }) ?? true else {
                continue
            }
            feeds[index].isHeldBack = false
            released.append(index)
        }
        wantMore(of: released)
    }

    // MARK: A full store

    /// The store has no room although the shares say so: pages are half empty, or somebody else filled the disk. A
    /// part of the pool goes, and for a while nothing is taken.
    mutating func makeRoomInStore() {
        let goal = storage.poolBytes / 16
        var freed: UInt64 = 0
        while freed < goal, hasRanked, let victim = pool.worst?.feed ?? mostBeyondShare() {
            freed += feeds[victim]?.bytes ?? 0
            evict(victim)
        }
    }

    /// Whether the store refused and is left alone.
    var isStoreResting: Bool { storeRestsUntil != nil }

    mutating func wakeStore(_ now: Moment) {
        guard let until = storeRestsUntil, until <= now.monotonicMilliseconds else { return }
        storeRestsUntil = nil
        for link in links.keys { wantAgain(from: link) }
    }
}

extension StoredEntry {
    /// What the place is charged of its author's share.
    public var chargedBytes: UInt64 {
        let body =
            switch self {
            case .record(let stored): stored.record.encoded.count
            case .tombstone(let tombstone): tombstone.encodedRetraction.count
            }
        return UInt64(body) + StorageLimits.placeBytes
    }
}

extension Record {
    /// What the record is charged.
    var chargedBytes: UInt64 { UInt64(encoded.count) + StorageLimits.placeBytes }
}

extension ChainPlace {
    /// The same for a place that came in a chain.
    var chargedBytes: UInt64 {
        switch self {
        case .record(let record): record.chargedBytes
        case .tombstone(_, _, _, let retraction): retraction.chargedBytes
        }
    }
}
