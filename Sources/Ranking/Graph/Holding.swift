import Primitives

/// What one author did with one item: single events in a canonical order, so that sums do not depend
/// on the order of arrival and a retraction undoes exactly one of them.
struct Holding: Sendable {
    struct Event: Equatable, Comparable, Sendable {
        var time: UInt64
        var kind: Interaction.Kind
        var weight: Double

        init(time: UInt64, kind: Interaction.Kind, weight: Double) {
            self.time = time
            self.kind = kind
            self.weight = weight
        }

        init(_ interaction: Interaction) {
            time = interaction.effectiveTime.milliseconds
            kind = interaction.kind
            weight = interaction.weight
        }

        static func < (left: Self, right: Self) -> Bool {
            (left.time, left.kind, left.weight) < (right.time, right.kind, right.weight)
        }
    }

    /// Ascending; never empty. The first stands apart because most holdings have one event only.
    private var first: Event
    private var later: [Event] = []

    init(_ event: Event) { first = event }

    var eventCount: Int { 1 + later.count }

    /// The event, while there is one only.
    var onlyEvent: Event? { later.isEmpty ? first : nil }

    /// The newest event's time.
    var time: Instant { Instant(milliseconds: (later.last ?? first).time) }

    /// The sum of the plays, the newest like and the newest rating; at most the largest finite number.
    var weight: Double {
        var plays = 0.0
        var like = 0.0
        var rating = 0.0
        for event in [first] + later {
            switch event.kind {
            case .play: plays += event.weight
            case .like: like = event.weight
            case .rate: rating = event.weight
            }
        }
        return min(plays + like + rating, .greatestFiniteMagnitude)
    }

    /// Adds an event; past `limit` the oldest one is forgotten. True when the count grew.
    mutating func add(_ event: Event, limit: Int) -> Bool {
        var added = event
        if event < first { swap(&added, &first) }
        let place = later.firstIndex { added < $0 } ?? later.count
        later.insert(added, at: place)
        guard eventCount > max(1, limit) else { return true }
        first = later.removeFirst()
        return false
    }

    enum Removal { case notFound, removed, removedLast }

    /// Removes one event equal to this one.
    mutating func remove(_ event: Event) -> Removal {
        if event == first {
            guard !later.isEmpty else { return .removedLast }
            first = later.removeFirst()
            return .removed
        }
        guard let place = later.firstIndex(of: event) else { return .notFound }
        later.remove(at: place)
        return .removed
    }
}
