import Primitives
import Ranking
import Records

/// Admission: whose feeds are held. Trust decides; strangers share a fixed pool.
///
/// Inside the pool a keyed hash decides, not the order of arrival: a million new keys displace on
/// average as many of each other as chance allows, and nobody can aim without the key.
extension Node {
    /// Whether the ego's trust reaches an author, as of the last ranking, or directly by now.
    func isReachable(_ author: PublicKey) -> Bool {
        author == configuration.author || trust[author] ?? 0 > 0
            || isTrusted(author)
    }

    /// Records held of one feed.
    func recordCap(of feed: PublicKey) -> UInt64 {
        let author = feeds[feed]?.author ?? feed
        return isReachable(author) ? limits.feedRecords : limits.strangerRecords
    }

    /// Whether a feed that is not held could be. Cheap: asked before any signature is checked.
    /// `author` is whom its first record names; the key itself while that is unknown.
    func mayAdmit(_ feed: PublicKey, of author: PublicKey) -> Bool {
        if isReachable(author) { return !feeds.isFull || strangers.count > 0 }
        guard !feeds.isFull || strangers.count > 0 else { return false }
        guard strangers.count >= limits.strangerFeeds else { return true }
        // Before the first ranking nobody knows who is a stranger, and nobody is put out.
        guard hasRanked, let last = strangers.last else { return false }
        return fingerprint.mix(feed.raw) < last.rank
    }

    /// Takes a feed in whose first record was verified, at the cost of a stranger's where there is no room.
    mutating func admit(_ feed: PublicKey, author: PublicKey, _ effects: inout [Effect])
        -> FeedIndex?
    {
        let isStranger = !isReachable(author)
        let rank = fingerprint.mix(feed.raw)
        let needsRoom = feeds.isFull || (isStranger && strangers.count >= limits.strangerFeeds)
        if needsRoom {
            guard let last = strangers.last, !isStranger || rank < last.rank else { return nil }
            evict(last.feed)
        }
        let index = feeds.add(feed)
        feeds[index].open(for: author)
        feeds[index].frozenAt = proofs[feed]?.sequence
        openAccount(author)
        if isStranger { insertStranger(feed, rank) }
        return index
    }

    private mutating func insertStranger(_ feed: PublicKey, _ rank: UInt64) {
        var low = 0
        var high = strangers.count
        while low < high {
            let middle = (low + high) / 2
            if strangers[middle].rank < rank { low = middle + 1 } else { high = middle }
        }
        strangers.insert(Stranger(feed: feed, rank: rank), at: low)
    }

    /// Drops a feed and everything of it, here and in the store.
    mutating func evict(_ key: PublicKey) {
        strangers.removeAll { $0.feed == key }
        guard let index = feeds.index(of: key) else { return }
        rollBack(index)
        gathered.forget(key)
        blocks.remove(key)
        let author = feeds[index].author
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

    /// After a ranking or a restart: who is a stranger now.
    mutating func sortStrangers() {
        var found: [Stranger] = []
        feeds.forEach { _, feed in
            if !isReachable(feed.author) {
                found.append(Stranger(feed: feed.key, rank: fingerprint.mix(feed.key.raw)))
            }
        }
        strangers = found.sorted { $0.rank < $1.rank }
    }
}

/// A feed of the strangers' pool; the highest rank goes first.
struct Stranger: Sendable {
    let feed: PublicKey
    let rank: UInt64
}
