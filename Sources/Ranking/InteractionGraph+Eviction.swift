public import Primitives

/// What goes when a cap is reached. Nothing here looks at a clock or at the order of arrival.
extension InteractionGraph {
    /// Remembers the ego's trust in authors, which decides who is evicted first; authors that are not
    /// named have none. O(authors).
    public mutating func adopt(trust: [(author: PublicKey, trust: Double)]) {
        for slot in authors.values.indices { authors[slot: slot].rank = 0 }
        for (author, trust) in trust where trust.isFinite {
            authors.update(author) { $0.rank = max(0, trust) }
        }
        weakest = nil
    }

    /// Evicts authors, lowest trust first and of equals the larger key, until at most `count` remain;
    /// never the ego or a direct friend. Returns who went. O(evicted x authors).
    @discardableResult
    public mutating func evict(lowestTrustFirst count: Int) -> [PublicKey] {
        var gone: [PublicKey] = []
        while authors.count > count, let author = weakestAuthor() {
            remove(author: author)
            gone.append(author)
        }
        return gone
    }

    /// Makes room for one event of an author: whole authors of lower standing go. False when the author
    /// itself is the weakest.
    mutating func makeRoom(for key: PublicKey, growing growth: Growth) -> Bool {
        while growth != .nothing && eventCount >= limits.events
            || growth == .interaction && interactionCount >= limits.interactions
        {
            guard evictAuthor(weakerThan: key) else { return false }
        }
        return true
    }

    /// Evicts the weakest author if it stands below `key`, which may be new.
    mutating func evictAuthor(weakerThan key: PublicKey) -> Bool {
        guard let author = weakestAuthor(), author != key else { return false }
        let own = standing(of: key)
        guard isProtected(key) || standing(of: author).isBelow(own) else { return false }
        remove(author: author)
        return true
    }

    /// Adds a holding to an author. When its row is full the holding of the smallest effective weight
    /// goes, then the oldest, then the larger item; that may be the new one.
    mutating func insert(_ holding: Holding, of item: ItemID, slot: Int) -> GraphVerdict {
        if authors[slot: slot].holdings.isFull {
            let own = rank(holding, item)
            guard let lowest = weakestHolding(slot: slot), lowest.rank.isBelow(own) else {
                return .refused(.outranked)
            }
            removeHolding(lowest.number, slot: slot)
        }
        let number = items.retain(item)
        authors[slot: slot].holdings.set(number, holding)
        interactionCount += 1
        countEvents(holding.eventCount, slot: slot)
        return .accepted
    }

    struct AuthorStanding {
        var trust: Double
        var key: PublicKey

        func isBelow(_ other: AuthorStanding) -> Bool {
            trust != other.trust ? trust < other.trust : key > other.key
        }
    }

    func standing(of key: PublicKey) -> AuthorStanding {
        AuthorStanding(trust: authors[key]?.rank ?? 0, key: key)
    }

    func isProtected(_ key: PublicKey) -> Bool {
        guard let ego else { return false }
        return key == ego || authors[ego]?.trusts(key) == true
    }

    private mutating func weakestAuthor() -> PublicKey? {
        if let weakest { return weakest }
        var lowest: AuthorStanding?
        let friends = ego.flatMap { authors[$0] }
        for (slot, key) in authors.keys.enumerated()
        where key != ego && friends?.trusts(key) != true {
            let own = AuthorStanding(trust: authors.values[slot].rank, key: key)
            if lowest.map({ own.isBelow($0) }) ?? true { lowest = own }
        }
        weakest = lowest?.key
        return weakest
    }

    private struct HoldingRank {
        var weight: Double
        var time: Instant
        var item: ItemID

        func isBelow(_ other: HoldingRank) -> Bool {
            if weight != other.weight { return weight < other.weight }
            return time != other.time ? time < other.time : item > other.item
        }
    }

    private func rank(_ holding: Holding, _ item: ItemID) -> HoldingRank {
        HoldingRank(
            weight: weighting.standing(holding.weight, time: holding.time), time: holding.time,
            item: item)
    }

    private func weakestHolding(slot: Int) -> (number: UInt32, rank: HoldingRank)? {
        let holdings = authors.values[slot].holdings
        var lowest: (number: UInt32, rank: HoldingRank)?
        for (place, number) in holdings.keys.enumerated() {
            let own = rank(holdings.values[place], items[number])
            if lowest.map({ own.isBelow($0.rank) }) ?? true { lowest = (number, own) }
        }
        return lowest
    }
}
