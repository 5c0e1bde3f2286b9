import Primitives

/// What one author did with which items: 12 bytes an edge, ascending by the item's number.
///
/// Most edges are one event with a weight that 20 bits hold exactly; it is packed beside the number.
/// The others stand in a list of their own as a `Holding`.
struct HoldingRow: Sendable {
    /// Numbers of the `ItemRegistry`, ascending.
    private(set) var numbers: [UInt32] = []
    private var events: [PackedEvent] = []
    /// The holdings of the edges that are not packed, ascending by number.
    private var others: [(number: UInt32, holding: Holding)] = []

    var count: Int { numbers.count }
    var isEmpty: Bool { numbers.isEmpty }

    /// The bytes of heap memory that the row holds, room for growth and array heads included.
    var byteCount: Int {
        let head = 32
        let parts = [
            numbers.capacity * MemoryLayout<UInt32>.stride,
            events.capacity * MemoryLayout<PackedEvent>.stride,
            others.capacity * MemoryLayout<(UInt32, Holding)>.stride,
        ]
        return parts.reduce(0) { $0 + ($1 > 0 ? head + $1 : 0) }
    }

    /// The place of an item's edge. O(log count).
    func place(of number: UInt32) -> Int? {
        let found = search(number)
        return found.isPresent ? found.place : nil
    }

    /// The first place whose number is not below `number`, and whether it is that number's. O(log count).
    func search(_ number: UInt32) -> (place: Int, isPresent: Bool) {
        let numbers = numbers.span
        var low = 0
        var length = numbers.count
        while length > 0 {
            let half = length / 2
            let isBelow = numbers[low + half] < number
            low = isBelow ? low + half + 1 : low
            length = isBelow ? length - half - 1 : half
        }
        return (low, low < numbers.count && numbers[low] == number)
    }

    /// The sum of the events at a place and the time of the newest one.
    func value(at place: Int) -> (weight: Double, time: Instant) {
        if let event = events[place].event {
            return (event.weight, Instant(milliseconds: event.time))
        }
        let holding = others[otherPlace(of: numbers[place])].holding
        return (holding.weight, holding.time)
    }

    func eventCount(at place: Int) -> Int {
        events[place].event == nil
            ? others[otherPlace(of: numbers[place])].holding.eventCount : 1
    }

    /// Makes an edge of one event at `place`, where `search` said that it belongs. O(count).
    mutating func insert(_ event: Holding.Event, number: UInt32, at place: Int) {
        if numbers.count == numbers.capacity {
            // A sixteenth of room: doubling would hold half as much again on average.
            let room = numbers.count + max(4, numbers.count / 16)
            numbers.reserveCapacity(room)
            events.reserveCapacity(room)
        }
        let packed = PackedEvent(event)
        numbers.insert(number, at: place)
        events.insert(packed ?? .elsewhere, at: place)
        if packed == nil {
            others.insert((number, Holding(event)), at: otherPlace(of: number))
        }
    }

    /// Adds an event to an edge; past `limit` the oldest is forgotten. True when the count grew.
    mutating func add(_ event: Holding.Event, at place: Int, limit: Int) -> Bool {
        let number = numbers[place]
        let other = otherPlace(of: number)
        guard let single = events[place].event else {
            return others[other].holding.add(event, limit: limit)
        }
        var holding = Holding(single)
        let grew = holding.add(event, limit: limit)
        if let only = holding.onlyEvent, let packed = PackedEvent(only) {
            events[place] = packed
        } else {
            events[place] = .elsewhere
            others.insert((number, holding), at: other)
        }
        return grew
    }

    /// Takes back one event equal to this one; `removedLast` leaves the edge to be removed.
    mutating func retract(_ event: Holding.Event, at place: Int) -> Holding.Removal {
        if let single = events[place].event { return single == event ? .removedLast : .notFound }
        let other = otherPlace(of: numbers[place])
        let removal = others[other].holding.remove(event)
        if removal == .removed, let only = others[other].holding.onlyEvent,
            let packed = PackedEvent(only)
        {
            events[place] = packed
            others.remove(at: other)
        }
        return removal
    }

    /// Removes an edge with all its events. O(count).
    mutating func remove(at place: Int) {
        if events[place].event == nil { others.remove(at: otherPlace(of: numbers[place])) }
        numbers.remove(at: place)
        events.remove(at: place)
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

    private let bits: UInt64

    private init(bits: UInt64) { self.bits = bits }

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
