import HeapModule
import Primitives

/// Events to come, ordered by (time, sequence): what was scheduled first happens first.
///
/// A wheel of one bucket a millisecond holds what comes soon, each bucket a list in the order of scheduling; a heap
/// holds the rest and gives it to the wheel in time (Varghese & Lauck, SOSP 1987). O(1) a push and a pop for
/// what comes within `span`, O(log pending) beyond. Events lie still in slots.
struct EventQueue {
    /// When a later event happens. Equal times keep the order of scheduling.
    private struct Key: Comparable {
        let time: UInt64
        let sequence: UInt64
        let slot: Int

        static func < (left: Self, right: Self) -> Bool {
            (left.time, left.sequence) < (right.time, right.sequence)
        }
    }

    /// First and last slot of a millisecond; -1 for none.
    private struct Bucket {
        var first: Int32 = -1
        var last: Int32 = -1
    }

    /// Milliseconds from `base` on that have a bucket: longer than most delays and disks, shorter than most timers.
    private static let span: UInt64 = 4096

    private var buckets = [Bucket](repeating: Bucket(), count: Int(Self.span))
    /// No event is earlier; later ones than `base + span` wait in the heap, and only these.
    private var base: UInt64 = 0
    private var near = 0
    private var far = Heap<Key>()
    private var slots: [Event?] = []
    /// By slot: the next of the same millisecond.
    private var following: [Int32] = []
    private var free: [Int32] = []
    private var scheduled: UInt64 = 0

    var count: Int { near + far.count }

    /// Requires that `time` is not before the last event that was popped, nor before an `end` that was reached.
    mutating func push(_ event: Event, at time: UInt64) {
        require(time >= base, "nothing happens before what has happened")
        let slot = store(event)
        if time < base + Self.span {
            append(slot, at: time)
        } else {
            far.insert(Key(time: time, sequence: scheduled, slot: Int(slot)))
        }
        scheduled += 1
    }

    /// The next event, unless it is later than `end`.
    mutating func pop(through end: UInt64) -> (time: UInt64, event: Event)? {
        while true {
            if near == 0 {
                guard let next = far.min?.time, next <= end else { return nil }
                move(to: next)
            }
            let bucket = Int(base % Self.span)
            let slot = buckets[bucket].first
            if slot >= 0 {
                buckets[bucket].first = following[Int(slot)]
                if following[Int(slot)] < 0 { buckets[bucket].last = -1 }
                near -= 1
                free.append(slot)
                guard let event = slots[Int(slot)].take() else { return nil }
                return (base, event)
            }
            guard base < end else { return nil }
            move(to: base + 1)
        }
    }

    private mutating func store(_ event: Event) -> Int32 {
        if let slot = free.popLast() {
            slots[Int(slot)] = event
            return slot
        }
        slots.append(event)
        following.append(-1)
        return Int32(slots.count - 1)
    }

    private mutating func append(_ slot: Int32, at time: UInt64) {
        let bucket = Int(time % Self.span)
        following[Int(slot)] = -1
        if buckets[bucket].last >= 0 {
            following[Int(buckets[bucket].last)] = slot
        } else {
            buckets[bucket].first = slot
        }
        buckets[bucket].last = slot
        near += 1
    }

    /// Turns the wheel. What enters it from the heap was scheduled before anything that will be put beside it.
    private mutating func move(to time: UInt64) {
        base = time
        while let key = far.min, key.time < base + Self.span {
            far.removeMin()
            append(Int32(key.slot), at: key.time)
        }
    }
}
