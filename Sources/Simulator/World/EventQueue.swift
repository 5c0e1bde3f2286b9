import HeapModule

/// Events to come, ordered by (time, sequence): what was scheduled first happens first.
///
/// The heap holds small keys; the events lie still in slots. O(log pending) a push and a pop.
struct EventQueue {
    private struct Key: Comparable {
        let time: UInt64
        let sequence: UInt64
        let slot: Int

        static func < (left: Self, right: Self) -> Bool {
            (left.time, left.sequence) < (right.time, right.sequence)
        }
    }

    private var heap = Heap<Key>()
    private var slots: [Event?] = []
    private var free: [Int] = []
    private var scheduled: UInt64 = 0

    var nextTime: UInt64? { heap.min?.time }
    var count: Int { heap.count }

    mutating func push(_ event: Event, at time: UInt64) {
        let slot: Int
        if let reused = free.popLast() {
            slot = reused
            slots[slot] = event
        } else {
            slot = slots.count
            slots.append(event)
        }
        heap.insert(Key(time: time, sequence: scheduled, slot: slot))
        scheduled += 1
    }

    mutating func pop() -> (time: UInt64, event: Event)? {
        guard let key = heap.popMin(), let event = slots[key.slot] else { return nil }
        slots[key.slot] = nil
        free.append(key.slot)
        return (key.time, event)
    }
}
