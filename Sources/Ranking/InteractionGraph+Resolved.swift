package import Primitives

/// The fast lane: authors and items by numbers that were looked up once, for a feed of many events.
///
/// The numbers hold until something is removed, retracted or evicted.
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
        let event = interaction.event
        guard event.weight > 0, event.weight.isFinite else { return .refused(.badWeight) }
        var slot = Int(interaction.author.value)
        items.retain(interaction.item.value)
        if isAtCap {
            let key = authors.keys[slot]
            guard makeRoom(for: key, to: interaction.item.value), let now = authors.slot(of: key)
            else {
                items.release(interaction.item.value)
                return .refused(.outranked)
            }
            slot = now
        }
        return add(event, slot: slot, number: interaction.item.value)
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
