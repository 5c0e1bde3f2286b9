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
            self.init(author: author, item: item, event: Holding.Event(interaction))
        }

        init(author: AuthorSlot, item: ItemNumber, event: Holding.Event) {
            self.author = author
            self.item = item
            self.event = event
        }
    }

    /// Adds many plays, likes or ratings, as if one by one in their order; returns how many were accepted.
    /// The fast way to load a store or a large exchange: O(log of the author's items) each, where a move of
    /// at most all of them is made in memory that is near.
    @discardableResult
    public mutating func add(_ batch: [Interaction]) -> Int {
        var accepted = 0
        var place = 0
        while place < batch.count {
            let end = min(batch.count, place + Self.batchCount)
            if hasRoom(for: end - place) {
                accepted += addAtOnce(batch[place..<end])
            } else {
                for interaction in batch[place..<end] where add(interaction) == .accepted {
                    accepted += 1
                }
            }
            place = end
        }
        return accepted
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
        guard hasRoom(for: batch.count) else { return addInOrder(batch) }
        var accepted = 0
        for interaction in dealt(batch) {
            let verdict = add(
                interaction.event, slot: Int(interaction.author.value),
                number: interaction.item.value)
            if verdict == .accepted { accepted += 1 }
        }
        return accepted
    }

    /// Events that are dealt to authors at a time: 2 MiB of them, so that they stay in a cache.
    private static let batchCount = 65_536

    /// Whether that many events cannot meet a cap of the whole graph: only there does the order among
    /// authors matter.
    private func hasRoom(for count: Int) -> Bool {
        eventCount + count <= limits.events && interactionCount + count <= limits.interactions
            && min(limits.interactionsPerAuthor, limits.interactionsOfEgo) > 0
    }

    /// Adds events that cannot meet a cap, but for that of authors.
    private mutating func addAtOnce(_ batch: ArraySlice<Interaction>) -> Int {
        var accepted = 0
        var known: [ResolvedInteraction] = []
        known.reserveCapacity(batch.count)
        // Looked at where they lie: copies would count references to an identifier's bytes, and wait.
        let batch = batch.span
        var hashes: [UInt32] = []
        hashes.reserveCapacity(batch.count)
        for place in batch.indices { hashes.append(items.hash(batch[place].item.bytes.span)) }
        for place in batch.indices
        where batch[place].weight > 0 && batch[place].weight.isFinite {
            let found = authors.findSlot(of: batch[place].author)
            guard let slot = found ?? (authors.isFull ? nil : slot(for: batch[place].author)) else {
                // Somebody is evicted for it, or nobody: after all that came before.
                accepted += add(known)
                known.removeAll(keepingCapacity: true)
                accepted += add(batch[place]) == .accepted ? 1 : 0
                continue
            }
            known.append(
                ResolvedInteraction(
                    author: AuthorSlot(value: UInt32(slot)),
                    item: items.number(of: batch[place].item.bytes.span, hash: hashes[place])
                        .map { ItemNumber(value: $0) } ?? resolve(item: batch[place].item),
                    event: Holding.Event(
                        time: batch[place].effectiveTime.milliseconds, kind: batch[place].kind,
                        weight: batch[place].weight)))
        }
        return accepted + add(known)
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

    /// A batch by author, what is of one author in its order. O(batch + authors).
    private func dealt(_ batch: [ResolvedInteraction]) -> [ResolvedInteraction] {
        guard let any = batch.first else { return [] }
        var next = [UInt32](repeating: 0, count: authors.count + 1)
        for interaction in batch { next[Int(interaction.author.value) + 1] += 1 }
        for slot in 1..<next.count { next[slot] += next[slot - 1] }
        var dealt = [ResolvedInteraction](repeating: any, count: batch.count)
        for interaction in batch {
            let slot = Int(interaction.author.value)
            dealt[Int(next[slot])] = interaction
            next[slot] += 1
        }
        return dealt
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
