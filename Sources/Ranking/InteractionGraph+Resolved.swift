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
        // Only where a cap of the whole graph may be met does the order among authors matter.
        guard eventCount + batch.count <= limits.events,
            interactionCount + batch.count <= limits.interactions,
            min(limits.interactionsPerAuthor, limits.interactionsOfEgo) > 0
        else { return addInOrder(batch) }
        var accepted = 0
        for place in deal(batch) {
            let interaction = batch[Int(place)]
            let verdict = add(
                interaction.event, slot: Int(interaction.author.value),
                number: interaction.item.value)
            if verdict == .accepted { accepted += 1 }
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

    /// The places of a batch by author, those of one author in their order. O(batch + authors).
    private func deal(_ batch: [ResolvedInteraction]) -> [UInt32] {
        var next = [UInt32](repeating: 0, count: authors.count + 1)
        for interaction in batch { next[Int(interaction.author.value) + 1] += 1 }
        for slot in 1..<next.count { next[slot] += next[slot - 1] }
        var order = [UInt32](repeating: 0, count: batch.count)
        for (place, interaction) in batch.enumerated() {
            let slot = Int(interaction.author.value)
            order[Int(next[slot])] = UInt32(truncatingIfNeeded: place)
            next[slot] += 1
        }
        return order
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
