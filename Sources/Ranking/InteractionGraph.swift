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

    var authors: BoundedTable<PublicKey, AuthorEntry>
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
        authors = BoundedTable(capacity: max(1, limits.authors))
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
            authors.update(truster) { $0.withdrawTrust(trusted) }
            dropIfEmpty(truster)
            return .accepted
        }
        guard let slot = slot(for: truster) else { return .refused(.outranked) }
        let kept = authors[slot: slot].setTrust(trusted, weight: weight)
        dropIfEmpty(truster)
        return kept ? .accepted : .refused(.outranked)
    }

    /// Adds one play, like or rating. O(1) unless something is evicted.
    @discardableResult
    public mutating func add(_ interaction: Interaction) -> GraphVerdict {
        guard interaction.weight > 0, interaction.weight.isFinite else {
            return .refused(.badWeight)
        }
        let author = interaction.author
        guard makeRoom(for: author, growing: growth(author, interaction.item)),
            let slot = slot(for: author)
        else { return .refused(.outranked) }
        let event = Holding.Event(interaction)
        if let place = holdingPlace(slot, interaction.item) {
            let grew = authors[slot: slot].holdings[slot: place]
                .add(event, limit: limits.eventsPerInteraction)
            if grew { countEvents(1, slot: slot) }
            return .accepted
        }
        let verdict = insert(Holding(event), of: interaction.item, slot: slot)
        dropIfEmpty(author)
        return verdict
    }

    /// Undoes exactly one earlier `add` of an equal interaction. False, and nothing changes, when there
    /// is none (or its event was forgotten at a cap). O(events of the pair).
    @discardableResult
    public mutating func retract(_ interaction: Interaction) -> Bool {
        guard let slot = authors.slot(of: interaction.author),
            let number = items.number(of: interaction.item),
            let place = authors[slot: slot].holdings.slot(of: number)
        else { return false }
        switch authors[slot: slot].holdings[slot: place].remove(Holding.Event(interaction)) {
        case .notFound: return false
        case .removed: countEvents(-1, slot: slot)
        case .removedLast: removeHolding(number, slot: slot)
        }
        dropIfEmpty(interaction.author)
        return true
    }

    /// Forgets everything that an author said: its trust and its interactions, not the trust in it.
    /// O(its edges).
    public mutating func remove(author: PublicKey) {
        guard let slot = authors.slot(of: author) else { return }
        let entry = authors[slot: slot]
        for number in entry.holdings.keys { items.release(number) }
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
        for entry in authors.values { trustEdges += entry.trusted.count }
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
    private func holdingPlace(_ slot: Int, _ item: ItemID) -> Int? {
        items.number(of: item).flatMap { authors.values[slot].holdings.slot(of: $0) }
    }

    /// What one more event makes larger: an item that the author has grows by the event alone, and in
    /// a full row one holding replaces another.
    private func growth(_ author: PublicKey, _ item: ItemID) -> Growth {
        guard let slot = authors.slot(of: author) else { return .interaction }
        if holdingPlace(slot, item) != nil { return .event }
        return authors.values[slot].holdings.isFull ? .nothing : .interaction
    }

    enum Growth { case nothing, event, interaction }

    mutating func countEvents(_ change: Int, slot: Int) {
        authors[slot: slot].eventCount += change
        eventCount += change
    }

    /// The slot of an author's entry, made when there is room or something weaker to evict.
    mutating func slot(for key: PublicKey) -> Int? {
        if let slot = authors.slot(of: key) { return slot }
        guard !authors.isFull || evictAuthor(weakerThan: key) else { return nil }
        let own = key == ego
        let entry = AuthorEntry(
            trustLimit: own ? limits.trustEdgesOfEgo : limits.trustEdgesPerAuthor,
            holdingLimit: own ? limits.interactionsOfEgo : limits.interactionsPerAuthor)
        authors.set(key, entry)
        if let known = weakest, !isProtected(key), standing(of: key).isBelow(standing(of: known)) {
            weakest = key
        }
        return authors.slot(of: key)
    }

    mutating func dropIfEmpty(_ key: PublicKey) {
        if let entry = authors[key], entry.isEmpty { remove(author: key) }
    }

    mutating func removeHolding(_ number: UInt32, slot: Int) {
        guard let removed = authors[slot: slot].holdings.remove(number) else { return }
        items.release(number)
        interactionCount -= 1
        countEvents(-removed.eventCount, slot: slot)
    }
}
