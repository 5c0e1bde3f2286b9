/// A map with a capacity that is iterated in the order of its slots.
///
/// Every map keyed by what a peer sends is one of these: it cannot grow past its cap, and its
/// iteration order follows from the sequence of operations alone, unlike `Dictionary`'s.
/// Lookup and insertion are O(1); removal is O(1) and moves the last entry into the gap.
public struct BoundedTable<Key: Hashable & Sendable, Value> {
    /// The largest number of entries.
    public let capacity: Int
    public private(set) var keys: [Key] = []
    public private(set) var values: [Value] = []
    private var slots: [Key: Int] = [:]

    public init(capacity: Int) { self.capacity = capacity }

    public var count: Int { keys.count }
    public var isEmpty: Bool { keys.isEmpty }
    public var isFull: Bool { keys.count >= capacity }

    public func contains(_ key: Key) -> Bool { slots[key] != nil }

    /// The slot of `key`: valid until the next removal.
    public func slot(of key: Key) -> Int? { slots[key] }

    /// Reads the value of `key`, or replaces the value of a key that is present.
    public subscript(key: Key) -> Value? { slots[key].map { values[$0] } }

    /// The value in a slot, to be changed in place.
    public subscript(slot slot: Int) -> Value {
        get { values[slot] }
        _modify { yield &values[slot] }
    }

    /// Sets the value of `key`. False, and nothing changes, when the key is new and the table full.
    @discardableResult
    public mutating func set(_ key: Key, _ value: Value) -> Bool {
        if let slot = slots[key] {
            values[slot] = value
            return true
        }
        guard keys.count < capacity else { return false }
        slots[key] = keys.count
        keys.append(key)
        values.append(value)
        return true
    }

    /// Changes the value of a present key in place; nil when it is absent.
    @discardableResult
    public mutating func update<Result>(_ key: Key, _ change: (inout Value) -> Result) -> Result? {
        guard let slot = slots[key] else { return nil }
        return change(&values[slot])
    }

    @discardableResult
    public mutating func remove(_ key: Key) -> Value? {
        guard let slot = slots.removeValue(forKey: key) else { return nil }
        let last = keys.count - 1
        if slot != last {
            keys.swapAt(slot, last)
            values.swapAt(slot, last)
            slots[keys[slot]] = slot
        }
        keys.removeLast()
        return values.removeLast()
    }
}

extension BoundedTable: Sendable where Value: Sendable {}
