public import Primitives

/// The local bounded graph: who trusts whom, and who did what with which item.
///
/// A value: copying it copies references, and a copy that is kept makes the next change copy what it
/// touches. Every map is capped by `GraphLimits`. As long as no cap is reached the content, and with it
/// every snapshot, depends only on the set of inputs, not on their order; at a cap the eviction rules
/// decide, which look at weights, times and identifiers only.
public struct InteractionGraph: Sendable {
    public let limits: GraphLimits
    /// Decides which interactions of an author go first.
    public let weighting: Weighting
    /// Whose graph this is: its own data and direct friends are never evicted.
    public let ego: PublicKey?

    var authors: AuthorTable
    var items = ItemRegistry()
    var interactionCount = 0
    var eventCount = 0
    /// The author that would be evicted first, while that is known.
    var weakest: PublicKey?

    public init(
        ego: PublicKey? = nil, limits: GraphLimits = GraphLimits(),
        weighting: Weighting = Weighting()
    ) {
        self.ego = ego
        self.limits = limits
        self.weighting = weighting
        authors = AuthorTable(capacity: max(1, limits.authors))
    }

    /// Sets how much one author trusts another; 0 withdraws. A weight that is negative or not finite
    /// and a self loop are refused. O(log of the author's edges) unless somebody is evicted.
    @discardableResult
    public mutating func setTrust(
        from truster: PublicKey, to trusted: PublicKey, weight: Double
    ) -> GraphVerdict {
        guard truster != trusted else { return .refused(.selfLoop) }
        guard weight >= 0, weight.isFinite else { return .refused(.badWeight) }
        // Friends of the ego are protected.
        if truster == ego { weakest = nil }
        if weight == 0 {
            if let slot = authors.findSlot(of: truster) {
                authors[slot: slot].withdrawTrust(trusted)
                dropIfEmpty(truster, slot: slot)
            }
            return .accepted
        }
        guard let slot = slot(for: truster) else { return .refused(.outranked) }
        let kept = authors[slot: slot].setTrust(trusted, weight: weight)
        if !kept { dropIfEmpty(truster, slot: slot) }
        return kept ? .accepted : .refused(.outranked)
    }

    /// Adds one play, like or rating. O(log of the author's items) and a move of at most all of them,
    /// unless something is evicted.
    @discardableResult
    public mutating func add(_ interaction: Interaction) -> GraphVerdict {
        let number = items.intern(interaction.item)
        items.retain(number)
        return add(Holding.Event(interaction), by: interaction.author, number: number)
    }

    /// Undoes exactly one earlier `add` of an equal interaction. False, and nothing changes, when there
    /// is none (or its event was forgotten at a cap). O(events of the pair).
    @discardableResult
    public mutating func retract(_ interaction: Interaction) -> Bool {
        guard let slot = authors.findSlot(of: interaction.author),
            let number = items.number(of: interaction.item),
            let place = authors[slot: slot].holdings.place(of: number)
        else { return false }
        switch authors[slot: slot].holdings.retract(Holding.Event(interaction), at: place) {
        case .notFound: return false
        case .removed: countEvents(-1, slot: slot)
        case .removedLast:
            removeHolding(at: place, slot: slot)
            dropIfEmpty(interaction.author, slot: slot)
        }
        return true
    }

    /// Forgets everything that an author said: its trust and its interactions, not the trust in it.
    /// O(its edges).
    public mutating func remove(author: PublicKey) {
        guard let slot = authors.slot(of: author) else { return }
        let entry = authors.entries[slot]
        for place in 0..<entry.holdings.count { items.release(entry.holdings.number(at: place)) }
        interactionCount -= entry.holdings.count
        eventCount -= entry.eventCount
        authors.remove(author)
        if author == weakest || author == ego { weakest = nil }
    }

    /// The number of authors with edges of their own.
    public var authorCount: Int { authors.count }

    public func contains(_ author: PublicKey) -> Bool { authors.contains(author) }

    /// The size of each map beside its cap, for a status page.
    public var census: [MapCensus] {
        var trustEdges = 0
        authors.entries.forEach { _, entry in trustEdges += entry.trusted.count }
        let trustCapacity =
            limits.authors * limits.trustEdgesPerAuthor
            + (ego == nil ? 0 : limits.trustEdgesOfEgo)
        return [
            MapCensus(name: "authors", count: authors.count, capacity: authors.capacity),
            MapCensus(name: "trustEdges", count: trustEdges, capacity: trustCapacity),
            MapCensus(
                name: "interactions", count: interactionCount, capacity: limits.interactions),
            MapCensus(name: "items", count: items.count, capacity: limits.interactions),
            MapCensus(name: "events", count: eventCount, capacity: limits.events),
        ]
    }
}

extension InteractionGraph {
    /// Adds an event to the edge from an author to an item, whose number has been retained for it: what
    /// is evicted on the way cannot free it.
    mutating func add(
        _ event: Holding.Event, by author: PublicKey, number: UInt32
    ) -> GraphVerdict {
        guard event.weight > 0, event.weight.isFinite else {
            items.release(number)
            return .refused(.badWeight)
        }
        guard makeRoom(for: author, to: number), let slot = slot(for: author) else {
            items.release(number)
            return .refused(.outranked)
        }
        return add(event, slot: slot, number: number)
    }

    /// The same for an author that is there, below the caps.
    mutating func add(_ event: Holding.Event, slot: Int, number: UInt32) -> GraphVerdict {
        guard event.weight > 0, event.weight.isFinite else {
            items.release(number)
            return .refused(.badWeight)
        }
        var addition = authors[slot: slot]
            .add(event, number: number, eventLimit: limits.eventsPerInteraction)
        if addition == .noRoom {
            guard dropHolding(weakerThan: event, number: number, slot: slot) else {
                items.release(number)
                dropIfEmpty(authors.keys[slot], slot: slot)
                return .refused(.outranked)
            }
            addition = authors[slot: slot]
                .add(event, number: number, eventLimit: limits.eventsPerInteraction)
        }
        switch addition {
        case .newEdge:
            interactionCount += 1
            eventCount += 1
        case .newEvent:
            eventCount += 1
            items.release(number)
        case .replacedEvent: items.release(number)
        case .noRoom: require(false, "one holding makes room for another")
        }
        return .accepted
    }

    mutating func countEvents(_ change: Int, slot: Int) {
        authors[slot: slot].eventCount += change
        eventCount += change
    }

    /// The slot of an author's entry, made when there is room or something weaker to evict.
    mutating func slot(for key: PublicKey) -> Int? {
        if let slot = authors.findSlot(of: key) { return slot }
        guard !authors.isFull || evictAuthor(weakerThan: key) else { return nil }
        let isEgo = key == ego
        let entry = AuthorEntry(
            trustLimit: isEgo ? limits.trustEdgesOfEgo : limits.trustEdgesPerAuthor,
            holdingLimit: isEgo ? limits.interactionsOfEgo : limits.interactionsPerAuthor)
        let slot = authors.insert(key, entry)
        if let known = weakest, !isProtected(key), standing(of: key).isBelow(standing(of: known)) {
            weakest = key
        }
        return slot
    }

    mutating func removeHolding(at place: Int, slot: Int) {
        let number = authors[slot: slot].holdings.number(at: place)
        let removed = authors[slot: slot].holdings.eventCount(at: place)
        authors[slot: slot].holdings.remove(at: place)
        items.release(number)
        interactionCount -= 1
        countEvents(-removed, slot: slot)
    }

    mutating func dropIfEmpty(_ key: PublicKey, slot: Int) {
        if authors[slot: slot].isEmpty { remove(author: key) }
    }
}
