import Primitives
import Ranking
import Records

/// Admission: whose feeds are held. Trust decides; who has no slot by it shares a pool.
///
/// Inside the pool a keyed hash decides, not the order of arrival: a million new keys displace on
/// average as many of each other as chance allows, and nobody can aim without the key.
extension Node {
    /// Whether the ego's trust reaches an author, as of the last ranking, or directly by now.
    func isReachable(_ author: PublicKey) -> Bool {
        author == configuration.author || trust[author] ?? 0 > 0
            || isTrusted(author)
    }

    /// Records held of one feed. Where a checkpoint lets the oldest go, no more than its author's share has room for: a
    /// feed that is followed is worth more than its beginning.
    func recordCap(of feed: PublicKey) -> UInt64 {
        let index = feeds.index(of: feed)
        let author = feeds.author(of: feed)
        let cap = isReachable(author) ? limits.feedRecords : limits.strangerRecords
        guard hasRanked, feed != configuration.feed, isReachable(author) else { return cap }
        if let index {
            let (base, frontier) = (feeds[index].base, feeds[index].frontier)
            guard
                feeds[index].checkpoints.contains(where: {
                    $0.sequence > base + 1 && $0.sequence <= frontier
                })
            else { return cap }
        } else if trust[author] == nil {
            return cap
        }
        return min(cap, max(limits.checkpointSpan, recordsWithinShare(of: author, in: index)))
    }

    /// Whether a feed that is not held could be. Cheap: asked before any signature is checked.
    /// `author` is whom its first record names; the key itself while that is unknown. `bytes` is what is known to
    /// come of it.
    func mayAdmit(_ feed: PublicKey, of author: PublicKey, bytes: UInt64 = 0) -> Bool {
        if case .refused = slot(for: feed, author) { return false }
        return mayHold(bytes + StorageLimits.feedBytes, of: author, in: feed)
    }

    /// Takes a feed in whose first record was verified, at the cost of the pool's worst where there is no slot.
    /// Requires `mayAdmit` with the bytes of what comes.
    mutating func admit(_ feed: PublicKey, author: PublicKey) -> FeedIndex? {
        switch slot(for: feed, author) {
        case .free: break
        case .of(let worst): evict(worst)
        case .refused: return nil
        }
        let index = feeds.add(feed)
        feeds[index].open(for: author)
        feeds[index].frozenAt = proofs[feed]?.sequence
        openAccount(author)
        if let member = poolMember(feed, author) { pool.insert(member) }
        guard hold(StorageLimits.feedBytes, in: index) else {
            evict(feed)
            return nil
        }
        feeds[index].committedBytes = feeds[index].bytes
        return index
    }

    /// Where a new feed goes.
    private enum Slot {
        case free
        /// It takes the slot of this one.
        case of(PublicKey)
        /// All are taken, and nobody has less of a right to one.
        case refused
    }

    private func slot(for feed: PublicKey, _ author: PublicKey) -> Slot {
        let count = (accounts[author]?.feeds ?? 0) + 1
        if isResident(author, feeds: count) {
            guard feeds.isFull else { return .free }
            return pool.worst.map { .of($0.feed) } ?? .refused
        }
        let isPoolFull = !isReachable(author) && pool.strangers >= limits.strangerFeeds
        guard feeds.isFull || isPoolFull else { return .free }
        // Before the first ranking nobody knows who is a stranger, and nobody is put out.
        guard hasRanked, let worst = isPoolFull ? pool.worstStranger : pool.worst,
            poolRank(of: feed, author) < worst.rank
        else { return .refused }
        return .of(worst.feed)
    }

    /// Drops a feed and everything of it, here and in the store.
    mutating func evict(_ key: PublicKey) {
        pool.remove(key)
        guard let index = feeds.index(of: key) else { return }
        rollBack(index)
        gathered.forget(key)
        blocks.remove(key)
        let author = feeds[index].author
        refund(feeds[index].bytes, to: author)
        feeds.remove(index)
        for link in links.keys { links.update(link) { $0.forget(index) } }
        let left = closeAccount(author)
        gathered.removedFeeds.append(key)
        if left > 0 {
            rebuilds.add(author)
        } else {
            graph.remove(author: author)
            ledger.forget(author)
        }
    }
}
