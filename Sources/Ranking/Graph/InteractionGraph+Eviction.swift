public import Primitives

/// What goes when a cap is reached. Nothing here looks at a clock or at the order of arrival.
extension InteractionGraph {
    /// Remembers the ego's trust in authors, which decides who is evicted first; authors that are not
    /// named have none. O(authors).
    public mutating func adopt(trust: [(author: PublicKey, trust: Double)]) {
        for slot in authors.keys.indices { authors[slot: slot].rank = 0 }
        for (author, trust) in trust where trust.isFinite {
            if let slot = authors.slot(of: author) { authors[slot: slot].rank = max(0, trust) }
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

    /// Makes room for one event of an author with an item: whole authors of lower standing go. False
    /// when the author itself is the weakest.
    mutating func makeRoom(for key: PublicKey, to number: UInt32) -> Bool {
        guard isAtCap else { return true }
        let growth = growth(key, number)
        while growth != .nothing && eventCount >= limits.events
            || growth == .interaction && interactionCount >= limits.interactions
        {
            guard evictAuthor(weakerThan: key) else { return false }
        }
        return true
    }

    /// Whether one more event or edge may be one too many.
    var isAtCap: Bool {
        eventCount >= limits.events || interactionCount >= limits.interactions
    }

    private enum Growth { case nothing, event, interaction }

    /// What one more event makes larger: an item that the author has grows by the event alone, and in
    /// a full row one holding replaces another.
    private func growth(_ author: PublicKey, _ number: UInt32) -> Growth {
        guard let slot = authors.slot(of: author) else { return .interaction }
        if authors[slot: slot].holdings.search(number).isPresent { return .event }
        return authors[slot: slot].isFull ? .nothing : .interaction
    }

    /// Evicts the weakest author if it stands below `key`, which may be new.
    mutating func evictAuthor(weakerThan key: PublicKey) -> Bool {
        guard let author = weakestAuthor(), author != key else { return false }
        let own = standing(of: key)
        guard isProtected(key) || standing(of: author).isBelow(own) else { return false }
        remove(author: author)
        return true
    }

    /// Makes room in a full row: the holding of the smallest effective weight goes, then the oldest,
    /// then the larger item. False when that would be the new one.
    mutating func dropHolding(
        weakerThan event: Holding.Event, number: UInt32, slot: Int
    ) -> Bool {
        let own = HoldingRank(
            weight: standing(event.weight, time: Instant(milliseconds: event.time)),
            time: Instant(milliseconds: event.time), number: number)
        guard let lowest = weakestHolding(slot: slot), isBelow(lowest.rank, own) else {
            return false
        }
        removeHolding(at: lowest.place, slot: slot)
        return true
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
        authors.keys.forEach { slot, key in
            guard key != ego, friends?.trusts(key) != true else { return }
            let own = AuthorStanding(trust: authors[slot: slot].rank, key: key)
            if lowest.map({ own.isBelow($0) }) ?? true { lowest = own }
        }
        weakest = lowest?.key
        return weakest
    }

    private struct HoldingRank {
        var weight: Double
        var time: Instant
        var number: UInt32
    }

    private func isBelow(_ left: HoldingRank, _ right: HoldingRank) -> Bool {
        if left.weight != right.weight { return left.weight < right.weight }
        if left.time != right.time { return left.time < right.time }
        return items[left.number] > items[right.number]
    }

    /// Orders holdings by effective weight. Without a half-life the raw weight does, and no logarithm
    /// is taken.
    private func standing(_ weight: Double, time: Instant) -> Double {
        weighting.halfLifeMilliseconds == nil ? weight : weighting.standing(weight, time: time)
    }

    private func weakestHolding(slot: Int) -> (place: Int, rank: HoldingRank)? {
        let holdings = authors[slot: slot].holdings
        var lowest: (place: Int, rank: HoldingRank)?
        for place in 0..<holdings.count {
            let (weight, time) = holdings.value(at: place)
            let own = HoldingRank(
                weight: standing(weight, time: time), time: time, number: holdings.number(at: place)
            )
            if lowest.map({ isBelow(own, $0.rank) }) ?? true { lowest = (place, own) }
        }
        return lowest
    }
}
