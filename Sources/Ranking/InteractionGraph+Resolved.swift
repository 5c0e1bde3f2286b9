package import Primitives

/// The fast lane: authors and items by numbers that were looked up once, for a feed of many events.
///
/// The numbers hold until something is removed, retracted, evicted or refused.
extension InteractionGraph {
    /// The place of an author in this graph.
    package struct AuthorSlot: Hashable, Sendable { let value: UInt32 }

    /// The number of an item in this graph.
    package struct ItemNumber: Hashable, Sendable { let value: UInt32 }

    /// An interaction with its author and item looked up: 32 bytes.
    package struct ResolvedInteraction: Sendable {
        var author: AuthorSlot
        var item: ItemNumber
        var event: Holding.Event

        package init(author: AuthorSlot, item: ItemNumber, _ interaction: Interaction) {
            self.author = author
            self.item = item
            event = Holding.Event(interaction)
        }
    }

    /// The slot of an author, made when there is room; nil when the graph is full.
    package mutating func resolve(author: PublicKey) -> AuthorSlot? {
        slot(for: author).map { AuthorSlot(value: UInt32($0)) }
    }

    package mutating func resolve(item: ItemID) -> ItemNumber {
        ItemNumber(value: items.intern(item))
    }

    /// Adds one play, like or rating, as `add` does.
    @discardableResult
    package mutating func add(_ interaction: ResolvedInteraction) -> GraphVerdict {
        let number = interaction.item.value
        items.retain(number)
        let slot = Int(interaction.author.value)
        return isAtCap
            ? add(interaction.event, by: authors.keys[slot], number: number)
            : add(interaction.event, slot: slot, number: number)
    }

    /// Adds many at once, as if one by one; returns how many were accepted. Dealt to authors first, so
    /// that a row is fetched once for all its events: for loading a store, or a large exchange.
    @discardableResult
    package mutating func add(_ batch: [ResolvedInteraction]) -> Int {
        // All numbers at once: what is refused or evicted on the way frees none that is still to come.
        for interaction in batch { items.retain(interaction.item.value) }
        // Where a cap may be met the order among authors matters; a small batch gains nothing.
        guard eventCount + batch.count <= limits.events,
            interactionCount + batch.count <= limits.interactions,
            min(limits.interactionsPerAuthor, limits.interactionsOfEgo) > 0,
            batch.count >= authors.count / 4
        else { return addInOrder(batch) }
        var accepted = 0
        let (offsets, order) = deal(batch)
        var fresh: [HoldingRow.Edge] = []
        for slot in 0..<offsets.count - 1 {
            let places = Int(offsets[slot])..<Int(offsets[slot + 1])
            // In a row that gets full the order of its events matters too.
            let mayFill =
                authors[slot: slot].holdings.count + places.count
                > authors[slot: slot].holdingLimit
            fresh.removeAll(keepingCapacity: true)
            for place in places {
                let interaction = batch[Int(order[place])]
                let number = interaction.item.value
                if !mayFill, let packed = newEdge(interaction, slot: slot) {
                    fresh.append(HoldingRow.Edge(number, packed))
                } else if add(interaction.event, slot: slot, number: number) == .accepted {
                    accepted += 1
                }
            }
            accepted += merge(&fresh, slot: slot)
        }
        return accepted
    }

    /// By keys: whoever is evicted on the way moves others to new slots.
    private mutating func addInOrder(_ batch: [ResolvedInteraction]) -> Int {
        let keys = batch.map { authors.keys[Int($0.author.value)] }
        var accepted = 0
        for (interaction, key) in zip(batch, keys)
        where add(interaction.event, by: key, number: interaction.item.value) == .accepted {
            accepted += 1
        }
        return accepted
    }

    /// The places of a batch by author, in their order.
    private func deal(_ batch: [ResolvedInteraction]) -> (offsets: [UInt32], order: [UInt32]) {
        var offsets = [UInt32](repeating: 0, count: authors.count + 1)
        for interaction in batch { offsets[Int(interaction.author.value) + 1] += 1 }
        for slot in 1..<offsets.count { offsets[slot] += offsets[slot - 1] }
        var next = offsets
        var order = [UInt32](repeating: 0, count: batch.count)
        for (place, interaction) in batch.enumerated() {
            let slot = Int(interaction.author.value)
            order[Int(next[slot])] = UInt32(truncatingIfNeeded: place)
            next[slot] += 1
        }
        return (offsets, order)
    }

    /// The packed event of an interaction that makes a new edge; nil when it does not, or cannot be
    /// packed.
    private func newEdge(_ interaction: ResolvedInteraction, slot: Int) -> PackedEvent? {
        let event = interaction.event
        guard event.weight > 0, event.weight.isFinite,
            !authors[slot: slot].holdings.search(interaction.item.value).isPresent
        else { return nil }
        return PackedEvent(event)
    }

    /// Merges new edges into an author's row, which has room; one by one where two are of one item.
    private mutating func merge(_ fresh: inout [HoldingRow.Edge], slot: Int) -> Int {
        guard !fresh.isEmpty else { return 0 }
        fresh.sort { $0.number < $1.number }
        if zip(fresh, fresh.dropFirst()).allSatisfy({ $0.number < $1.number }) {
            authors[slot: slot].holdings.merge(fresh)
            interactionCount += fresh.count
            countEvents(fresh.count, slot: slot)
            return fresh.count
        }
        var accepted = 0
        for edge in fresh {
            guard let event = edge.event else { continue }
            if add(event, slot: slot, number: edge.number) == .accepted { accepted += 1 }
        }
        return accepted
    }

    /// Edges from authors to items.
    package var edgeCount: Int { interactionCount }

    /// The bytes of heap that the edges from authors to items take, with time and weight: rows with
    /// their room for growth and heads, entries of authors, use counts of items. O(authors).
    package var edgeByteCount: Int {
        var bytes = authors.count * MemoryLayout<AuthorEntry>.stride + items.numberLimit * 4
        authors.entries.forEach { _, entry in bytes += entry.holdings.byteCount }
        return bytes
    }
}
