import Primitives

/// The feeds that no author's own share holds: strangers', and those of authors whom too little trust reaches for a
/// slot of their own. In the order of a keyed hash, so that chance decides who stays; the worst rank goes first.
///
/// The key changes now and then: whoever found out which keys rank well, by asking what is held, starts again.
struct FeedPool: Sendable {
    struct Member: Hashable, Sendable {
        let feed: PublicKey
        /// The lower the better.
        let rank: UInt64
        /// Whether no trust reaches its author.
        let isStranger: Bool
    }

    /// Ascending by rank.
    private(set) var members: [Member] = []
    private(set) var strangers = 0
    /// What all authors hold beyond their shares.
    var overflowBytes: UInt64 = 0
    private var key: UInt64
    private(set) var rotatesAt: UInt64?

    init(key: UInt64) { self.key = key }

    // MARK: Inputs

    mutating func insert(_ member: Member) {
        var low = 0
        var high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle].rank < member.rank { low = middle + 1 } else { high = middle }
        }
        members.insert(member, at: low)
        strangers += member.isStranger ? 1 : 0
    }

    mutating func remove(_ feed: PublicKey) {
        guard let place = members.lastIndex(where: { $0.feed == feed }) else { return }
        strangers -= members.remove(at: place).isStranger ? 1 : 0
    }

    mutating func replace(with found: [Member]) {
        members = found.sorted { ($0.rank, $0.feed) < ($1.rank, $1.feed) }
        strangers = found.count { $0.isStranger }
    }

    /// Takes a new key from `random` when the old one had its time. True when it did: every rank is another then.
    mutating func rotate(every interval: UInt64, at time: UInt64, _ random: inout SeededRandom)
        -> Bool
    {
        guard let due = rotatesAt else {
            rotatesAt = time + interval / 2 + UInt64(random.unit() * Double(interval))
            return false
        }
        guard time >= due else { return false }
        key = random.next()
        rotatesAt = time + interval / 2 + UInt64(random.unit() * Double(interval))
        return true
    }

    // MARK: Queries

    /// The rank of a feed, from a keyed hash of its key. A weight of w is worth w lots (priority sampling: Duffield, Lund &
    /// Thorup, JACM 2007), so that what trust flow gives a region does not depend on among how many keys it is split.
    func rank(hash: UInt64, weight: UInt64) -> UInt64 {
        var mixer = SeededRandom(seed: hash ^ key)
        return mixer.next() / max(1, weight)
    }

    /// Who goes first.
    var worst: Member? { members.last }
    var worstStranger: Member? { strangers > 0 ? members.last { $0.isStranger } : nil }
}
