import Primitives

/// What one author did with which items: 12 bytes an edge, ascending by the item's number.
///
/// Most edges are one event with a weight that 20 bits hold exactly; it is packed beside the number.
/// The others stand in a list of their own as a `Holding`.
struct HoldingRow: Sendable {
    /// An edge of one event, or the number of one that stands in `others`.
    struct Edge: Sendable {
        /// Of the `ItemRegistry`.
        let number: UInt32
        private let low: UInt32
        private let high: UInt32

        init(_ number: UInt32, _ event: PackedEvent) {
            self.number = number
            low = UInt32(truncatingIfNeeded: event.bits)
            high = UInt32(truncatingIfNeeded: event.bits >> 32)
        }

        var event: Holding.Event? {
            PackedEvent(bits: UInt64(high) << 32 | UInt64(low)).event
        }
    }

    /// Ascending by number.
    private var edges: [Edge] = []
    /// The holdings of the edges that are not packed, ascending by number.
    private var others: [(number: UInt32, holding: Holding)] = []

    var count: Int { edges.count }
    var isEmpty: Bool { edges.isEmpty }

    /// The bytes of heap memory that the row holds, room for growth and array heads included.
    var byteCount: Int {
        let head = 32
        let parts = [
            edges.capacity * MemoryLayout<Edge>.stride,
            others.capacity * MemoryLayout<(UInt32, Holding)>.stride,
        ]
        return parts.reduce(0) { $0 + ($1 > 0 ? head + $1 : 0) }
    }

    /// The item's number at a place.
    func number(at place: Int) -> UInt32 { edges[place].number }

    /// The place of an item's edge. O(log count).
    func place(of number: UInt32) -> Int? {
        let found = search(number)
        return found.isPresent ? found.place : nil
    }

    /// The first place whose number is not below `number`, and whether it is that number's. O(log count).
    func search(_ number: UInt32) -> (place: Int, isPresent: Bool) {
        let edges = edges.span
        guard edges.count > 0 else { return (0, false) }
        // Steps of powers of two, each taken or not by arithmetic: a branch would be foretold wrong every other time.
        // The first leaves as many places as the others reach (Shar's search: Knuth, TAOCP 6.2.1).
        var shift = edges.count.leadingZeroBitCount ^ (Int.bitWidth - 1)
        let top = 1 &<< shift
        let rest = edges.count &- top &+ 1
        var low = (edges[top &- 1].number < number ? 1 : 0) &* rest
        while shift > 0 {
            shift &-= 1
            let isBelow = edges[low &+ (1 &<< shift) &- 1].number < number
            low &+= (isBelow ? 1 : 0) &<< shift
        }
        return (low, low < edges.count && edges[low].number == number)
    }

    /// The sum of the events at a place and the time of the newest one.
    func value(at place: Int) -> (weight: Double, time: Instant) {
        if let event = edges[place].event {
            return (event.weight, Instant(milliseconds: event.time))
        }
        let holding = others[otherPlace(of: edges[place].number)].holding
        return (holding.weight, holding.time)
    }

    func eventCount(at place: Int) -> Int {
        edges[place].event == nil
            ? others[otherPlace(of: edges[place].number)].holding.eventCount : 1
    }

    /// What became of an event that was added.
    enum Addition { case newEdge, newEvent, replacedEvent, noRoom }

    /// Adds an event to an item's edge, past `eventLimit` by forgetting the oldest; or makes an edge while
    /// there are fewer than `edgeLimit`. O(count).
    mutating func add(
        _ event: Holding.Event, number: UInt32, edgeLimit: Int, eventLimit: Int
    ) -> Addition {
        let found = search(number)
        if found.isPresent {
            return add(event, at: found.place, limit: eventLimit) ? .newEvent : .replacedEvent
        }
        guard edges.count < edgeLimit else { return .noRoom }
        insert(event, number: number, at: found.place)
        return .newEdge
    }

    /// An event on its way into a row.
    struct Incoming: Sendable {
        let number: UInt32
        /// Where the edge that it makes goes in; `none` when the row, or an event before it, has one.
        fileprivate var place: UInt32 = none
        let event: Holding.Event

        fileprivate static let none = UInt32.max

        init(number: UInt32, event: Holding.Event) {
            self.number = number
            self.event = event
        }

        /// Whether the event made an edge, once it is merged.
        var isNewEdge: Bool { place != Self.none }
    }

    /// Adds the events of a range as if one by one: ascending by number, those of one number in their order.
    /// O(events + count), for few events in a long row a search each and one move. The row may be as long as it gets
    /// by that.
    mutating func merge(
        _ incoming: inout [Incoming], _ range: Range<Int>, eventLimit: Int
    ) -> (newEdges: Int, newEvents: Int) {
        let newEdges = findPlaces(&incoming, range)
        if newEdges > 0 { insert(incoming, range, newEdges: newEdges) }
        guard newEdges < range.count else { return (newEdges, 0) }
        var newEvents = 0
        for at in range where !incoming[at].isNewEdge {
            let place = search(incoming[at].number).place
            if add(incoming[at].event, at: place, limit: eventLimit) { newEvents += 1 }
        }
        return (newEdges, newEvents)
    }

    /// Finds where new edges go, before anything moves; returns how many there are.
    private func findPlaces(_ incoming: inout [Incoming], _ range: Range<Int>) -> Int {
        let edges = edges.span
        // A short row is read through: what it reads next does not wait for what it has read.
        let isShort = edges.count <= Self.longStep * range.count
        var newEdges = 0
        var place = 0
        var last: UInt32?
        for at in range {
            let number = incoming[at].number
            if isShort {
                while place < edges.count, edges[place].number < number { place &+= 1 }
            } else {
                place = search(number).place
            }
            let isPresent = place < edges.count && edges[place].number == number
            guard !isPresent, number != last else { continue }
            incoming[at].place = UInt32(place)
            newEdges += 1
            last = number
        }
        return newEdges
    }

    /// So many edges are read in the time of a search.
    private static let longStep = 32

    /// Moves edges apart, from the last, and puts the new ones between them.
    private mutating func insert(_ incoming: [Incoming], _ range: Range<Int>, newEdges: Int) {
        makeRoom(for: newEdges)
        var from = edges.count
        edges.append(contentsOf: repeatElement(Edge(0, .elsewhere), count: newEdges))
        var to = edges.count
        var isPacked = true
        var row = edges.mutableSpan
        for at in range.reversed() where incoming[at].isNewEdge {
            while from > Int(incoming[at].place) {
                from &-= 1
                to &-= 1
                row[to] = row[from]
            }
            to &-= 1
            let packed = PackedEvent(incoming[at].event)
            row[to] = Edge(incoming[at].number, packed ?? .elsewhere)
            isPacked = isPacked && packed != nil
        }
        guard !isPacked else { return }
        for one in incoming[range] where one.isNewEdge && PackedEvent(one.event) == nil {
            others.insert((one.number, Holding(one.event)), at: otherPlace(of: one.number))
        }
    }

    /// Makes an edge of one event at `place`, where `search` said that it belongs. O(count).
    mutating func insert(_ event: Holding.Event, number: UInt32, at place: Int) {
        makeRoom(for: 1)
        let packed = PackedEvent(event)
        edges.insert(Edge(number, packed ?? .elsewhere), at: place)
        if packed == nil {
            others.insert((number, Holding(event)), at: otherPlace(of: number))
        }
    }

    /// Grows by a sixteenth: doubling would hold half as much again on average.
    private mutating func makeRoom(for count: Int) {
        guard edges.count + count > edges.capacity else { return }
        edges.reserveCapacity(edges.count + max(count, 4, edges.count / 16))
    }

    /// Adds an event to an edge; past `limit` the oldest is forgotten. True when the count grew.
    mutating func add(_ event: Holding.Event, at place: Int, limit: Int) -> Bool {
        let number = edges[place].number
        let other = otherPlace(of: number)
        guard let single = edges[place].event else {
            return others[other].holding.add(event, limit: limit)
        }
        var holding = Holding(single)
        let grew = holding.add(event, limit: limit)
        if let only = holding.onlyEvent, let packed = PackedEvent(only) {
            edges[place] = Edge(number, packed)
        } else {
            edges[place] = Edge(number, .elsewhere)
            others.insert((number, holding), at: other)
        }
        return grew
    }

    /// Takes back one event equal to this one; `removedLast` leaves the edge to be removed.
    mutating func retract(_ event: Holding.Event, at place: Int) -> Holding.Removal {
        if let single = edges[place].event { return single == event ? .removedLast : .notFound }
        let number = edges[place].number
        let other = otherPlace(of: number)
        let removal = others[other].holding.remove(event)
        if removal == .removed, let only = others[other].holding.onlyEvent,
            let packed = PackedEvent(only)
        {
            edges[place] = Edge(number, packed)
            others.remove(at: other)
        }
        return removal
    }

    /// Removes an edge with all its events. O(count).
    mutating func remove(at place: Int) {
        let edge = edges.remove(at: place)
        if edge.event == nil { others.remove(at: otherPlace(of: edge.number)) }
    }

    /// The first place in `others` whose number is not below `number`.
    private func otherPlace(of number: UInt32) -> Int {
        var low = 0
        var high = others.count
        while low < high {
            let middle = (low + high) / 2
            if others[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// One event in 64 bits: 42 of time (milliseconds, to the year 2109), 2 of kind, and 20 of weight: the
/// exponent and the first 12 bits of the fraction of a single-precision number, which hold every whole
/// number to 8,192 and every half to 4,096 exactly.
struct PackedEvent: Sendable {
    private static let timeLimit: UInt64 = 1 << 42
    private static let kindShift: UInt64 = 20
    private static let timeShift: UInt64 = 22
    private static let fractionShift: UInt32 = 11
    /// The kind that stands for none.
    static let elsewhere = PackedEvent(bits: 3 << kindShift)

    let bits: UInt64

    init(bits: UInt64) { self.bits = bits }

    /// Nil when the event does not fit without loss.
    init?(_ event: Holding.Event) {
        let single = Float(event.weight)
        let code = single.bitPattern >> Self.fractionShift
        guard event.time < Self.timeLimit, single.isFinite,
            Double(Float(bitPattern: code << Self.fractionShift)) == event.weight
        else { return nil }
        bits =
            event.time << Self.timeShift | UInt64(event.kind.rawValue) << Self.kindShift
            | UInt64(code)
    }

    /// Nil when the edge stands elsewhere.
    var event: Holding.Event? {
        guard let kind = Interaction.Kind(rawValue: UInt8(bits >> Self.kindShift & 3)) else {
            return nil
        }
        let code = UInt32(truncatingIfNeeded: bits & (1 << Self.kindShift - 1))
        return Holding.Event(
            time: bits >> Self.timeShift, kind: kind,
            weight: Double(Float(bitPattern: code << Self.fractionShift)))
    }
}
