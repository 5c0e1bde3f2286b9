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

    /// Adds many at once, as if one by one; returns how many were accepted. Put in order of authors and items
    /// first, so that a row is fetched once and moved once for all its events. O(batch + authors + their rows).
    @discardableResult
    package mutating func add(_ batch: [ResolvedInteraction]) -> Int {
        // All numbers at once: what is refused or evicted on the way frees none that is still to come.
        for interaction in batch { items.retain(interaction.item.value) }
        // A look at every author is for batches that come to many of them.
        guard hasRoom(for: batch.count), batch.count >= authors.count / 16 else {
            return addInOrder(batch)
        }
        var dealt = DealtBatch(batch, authorCount: authors.count)
        var accepted = 0
        for slots in dealt.blocks {
            // What the rows of many authors have room for, at once: none of these looks waits for another.
            var room: [16 of Int] = .init(repeating: 0)
            for slot in slots { room[slot - slots.lowerBound] = authors[slot: slot].room }
            for slot in slots {
                let range = dealt.range(of: slot)
                guard !range.isEmpty else { continue }
                if range.count <= room[slot - slots.lowerBound], dealt.areSound(range) {
                    merge(&dealt, range, slot: slot)
                    accepted += range.count
                    continue
                }
                for place in dealt.arrivals(range) {
                    let one = batch[place]
                    let verdict = add(one.event, slot: slot, number: one.item.value)
                    if verdict == .accepted { accepted += 1 }
                }
            }
        }
        return accepted
    }

    /// Adds events of one author that meet no cap of its row.
    private mutating func merge(_ dealt: inout DealtBatch, _ range: Range<Int>, slot: Int) {
        let (newEdges, newEvents) = authors[slot: slot].merge(
            &dealt.events, range, eventLimit: limits.eventsPerInteraction)
        interactionCount += newEdges
        eventCount += newEdges + newEvents
        guard newEdges < range.count else { return }
        for place in range where !dealt.events[place].isNewEdge {
            items.release(dealt.events[place].number)
        }
    }

    /// Whether that many events cannot meet a cap of the whole graph: only there does the order among
    /// authors matter.
    func hasRoom(for count: Int) -> Bool {
        eventCount + count <= limits.events && interactionCount + count <= limits.interactions
            && min(limits.interactionsPerAuthor, limits.interactionsOfEgo) > 0
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
