import Primitives

/// What the graph holds of one author.
struct AuthorEntry: Sendable {
    /// Trusted authors with raw weights, ascending by key.
    private(set) var trusted: [(key: PublicKey, weight: Double)] = []
    var holdings = HoldingRow()
    let holdingLimit: Int
    var eventCount = 0
    /// The ego's trust when it last ranked; decides who is evicted.
    var rank = 0.0
    private let trustLimit: Int

    init(trustLimit: Int, holdingLimit: Int) {
        self.trustLimit = trustLimit
        self.holdingLimit = holdingLimit
    }

    var isEmpty: Bool { trusted.isEmpty && holdings.isEmpty }

    var isFull: Bool { holdings.count >= holdingLimit }

    /// So many edges fit in before one has to give way.
    var room: Int { holdingLimit - holdings.count }

    /// Adds an event to the author's edge to an item, and counts it.
    mutating func add(
        _ event: Holding.Event, number: UInt32, eventLimit: Int
    ) -> HoldingRow.Addition {
        let addition = holdings.add(
            event, number: number, edgeLimit: holdingLimit, eventLimit: eventLimit)
        if addition == .newEdge || addition == .newEvent { eventCount += 1 }
        return addition
    }

    /// Adds the events of a range that there is room for, ascending by item, and counts them: new edges and
    /// new events of edges that were there.
    mutating func merge(
        _ events: inout [HoldingRow.Incoming], _ range: Range<Int>, eventLimit: Int
    ) -> (newEdges: Int, newEvents: Int) {
        let (newEdges, newEvents) = holdings.merge(&events, range, eventLimit: eventLimit)
        eventCount += newEdges + newEvents
        return (newEdges, newEvents)
    }

    func trusts(_ key: PublicKey) -> Bool {
        let place = place(of: key)
        return place < trusted.count && trusted[place].key == key
    }

    /// Sets the weight of a trusted author. When the row is full the smallest weight goes, of equal
    /// ones the larger key; false when that is the new edge itself. The graph is told no time of a
    /// trust edge, so age does not matter.
    mutating func setTrust(_ key: PublicKey, weight: Double) -> Bool {
        let place = place(of: key)
        if place < trusted.count, trusted[place].key == key {
            trusted[place].weight = weight
            return true
        }
        trusted.insert((key, weight), at: place)
        guard trusted.count > trustLimit else { return true }
        var weakest = 0
        for other in 1..<trusted.count where trusted[other].weight <= trusted[weakest].weight {
            weakest = other
        }
        trusted.remove(at: weakest)
        return weakest != place
    }

    mutating func withdrawTrust(_ key: PublicKey) {
        let place = place(of: key)
        if place < trusted.count, trusted[place].key == key { trusted.remove(at: place) }
    }

    /// The first place whose key is not below `key`.
    private func place(of key: PublicKey) -> Int {
        var low = 0
        var high = trusted.count
        while low < high {
            let middle = (low + high) / 2
            if trusted[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
