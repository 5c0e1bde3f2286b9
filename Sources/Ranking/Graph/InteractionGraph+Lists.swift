import Primitives

/// Lists of interactions by keys and text: looked up block by block, and added by what was found.
extension InteractionGraph {
    /// Adds many plays, likes or ratings, as if one by one in their order; returns how many were accepted.
    /// The fast way to load a store or a large exchange: for each 65,536 O(their number + authors + the authors' rows)
    /// while no cap is met. Item numbers may differ from those of adding one by one where a full row lets go.
    @discardableResult
    public mutating func add(_ batch: [Interaction]) -> Int {
        var accepted = 0
        var place = 0
        while place < batch.count {
            let end = min(batch.count, place + Self.batchCount)
            if end - place >= Self.fewest, hasRoom(for: end - place) {
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

    /// Events that are looked up and dealt to authors at a time: 2 MiB of them, so that they stay near.
    private static let batchCount = 65_536
    /// Below that a block is more work than it saves.
    private static let fewest = 8

    /// Adds events that cannot meet a cap, but for that of authors.
    private mutating func addAtOnce(_ batch: ArraySlice<Interaction>) -> Int {
        var accepted = 0
        var known: [ResolvedInteraction] = []
        known.reserveCapacity(batch.count)
        // Looked at where they lie: copies would count references to an identifier's bytes, and wait.
        var found = BlockLookUp()
        var place = 0
        while place < batch.count {
            let end = min(batch.count, place + BlockLookUp.blockCount)
            found.look(at: batch.span.extracting(place..<end), authors, items)
            let resolved = resolve(batch, place..<end, found, &known)
            place += resolved
            guard place < end else { continue }
            // Somebody is evicted for it, or nobody: after all that came before.
            accepted += add(known)
            known.removeAll(keepingCapacity: true)
            accepted += add(batch[batch.startIndex + place]) == .accepted ? 1 : 0
            place += 1
        }
        return accepted + add(known)
    }

    /// Appends what a block holds, with authors and items as numbers, up to the first author for whom there is no
    /// room; returns how far it came. A list and a range because a span as an argument fails the optimizer here.
    private mutating func resolve(
        _ batch: ArraySlice<Interaction>, _ range: Range<Int>, _ found: BlockLookUp,
        _ known: inout [ResolvedInteraction]
    ) -> Int {
        let block = batch.span.extracting(range)
        for place in block.indices
        where block[place].weight > 0 && block[place].weight.isFinite {
            let author = block[place].author
            guard
                let slot = found.slot(at: place) ?? authors.findSlot(of: author)
                    ?? (authors.isFull ? nil : slot(for: author))
            else { return place }
            let number =
                items.number(
                    of: block[place].item.bytes.span, hash: found.itemHash(at: place),
                    likely: found.number(at: place)) ?? items.intern(block[place].item)
            known.append(
                ResolvedInteraction(
                    author: AuthorSlot(value: UInt32(slot)), item: ItemNumber(value: number),
                    event: Holding.Event(
                        time: block[place].effectiveTime.milliseconds, kind: block[place].kind,
                        weight: block[place].weight)))
        }
        return block.count
    }
}
