/// The events of a batch in the order in which a graph takes them best: by author, of one author by item, of
/// one item as they came.
struct DealtBatch {
    /// Copied together, so that whoever takes them reads on and does not jump.
    var events: [HoldingRow.Incoming] = []
    /// Where each event stands in the batch.
    private var order: [UInt32]
    /// By author's slot, where its events end.
    private var ends: [UInt32]

    /// O(batch + authors).
    init(_ batch: [InteractionGraph.ResolvedInteraction], authorCount: Int) {
        var candidates: [RadixOrder.Candidate] = []
        candidates.reserveCapacity(batch.count)
        ends = [UInt32](repeating: 0, count: authorCount + 1)
        for place in batch.indices {
            candidates.append(
                RadixOrder.Candidate(key: UInt64(batch[place].item.value), number: UInt32(place)))
            ends[Int(batch[place].author.value) + 1] += 1
        }
        for slot in 1..<ends.count { ends[slot] += ends[slot - 1] }
        order = [UInt32](repeating: 0, count: batch.count)
        for candidate in RadixOrder.sorted(candidates) {
            let slot = Int(batch[Int(candidate.number)].author.value)
            order[Int(ends[slot])] = candidate.number
            ends[slot] += 1
        }
        ends.removeLast()
        events.reserveCapacity(batch.count)
        for place in order {
            let one = batch[Int(place)]
            events.append(HoldingRow.Incoming(number: one.item.value, event: one.event))
        }
    }

    /// The slots of all authors, sixteen at a time.
    var blocks: some Sequence<Range<Int>> {
        stride(from: 0, to: ends.count, by: 16).map { $0..<min(ends.count, $0 + 16) }
    }

    /// Where the events of an author are.
    func range(of slot: Int) -> Range<Int> {
        (slot == 0 ? 0 : Int(ends[slot - 1]))..<Int(ends[slot])
    }

    /// Whether there is nothing to refuse.
    func areSound(_ range: Range<Int>) -> Bool {
        for place in range
        where !(events[place].event.weight > 0 && events[place].event.weight.isFinite) {
            return false
        }
        return true
    }

    /// The places in the batch of the events of a range, as they came.
    func arrivals(_ range: Range<Int>) -> [Int] { order[range].sorted().map { Int($0) } }
}
