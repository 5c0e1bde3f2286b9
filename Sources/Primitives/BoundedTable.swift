/// A map with a capacity that is iterated in the order of its slots.
///
/// Every map keyed by what a peer sends is one of these: it cannot grow past its cap, and its
/// iteration order follows from the sequence of operations alone, unlike `Dictionary`'s.
/// Inlinable throughout: an unspecialised generic of another module runs at a fiftieth of its speed.
/// Lookup and insertion are O(1); removal is O(1) and moves the last entry into the gap.
public struct BoundedTable<Key: Hashable & Sendable, Value> {
    /// The largest number of entries.
    public let capacity: Int
    @usableFromInline var storedKeys: [Key] = []
    @usableFromInline var storedValues: [Value] = []
    @usableFromInline var slots: [Key: Int] = [:]

    @inlinable
    public init(capacity: Int) { self.capacity = capacity }

    @inlinable public var keys: [Key] { storedKeys }
    @inlinable public var values: [Value] { storedValues }
    @inlinable public var count: Int { storedKeys.count }
    @inlinable public var isEmpty: Bool { storedKeys.isEmpty }
    @inlinable public var isFull: Bool { storedKeys.count >= capacity }

    @inlinable
    public func contains(_ key: Key) -> Bool { slots[key] != nil }

    /// The slot of `key`: valid until the next removal.
    @inlinable
    public func slot(of key: Key) -> Int? { slots[key] }

    /// A copy of the value of `key`.
    @inlinable
    public subscript(key: Key) -> Value? {
        guard let slot = slots[key] else { return nil }
        return storedValues[slot]
    }

    /// The value in a slot, read and changed in place: a field of a large value costs no copy of the rest.
    @inlinable
    public subscript(slot slot: Int) -> Value {
        _read { yield storedValues[slot] }
        _modify { yield &storedValues[slot] }
    }

    /// Sets the value of `key`. False, and nothing changes, when the key is new and the table full.
    @inlinable
    @discardableResult
    public mutating func set(_ key: Key, _ value: Value) -> Bool {
        if let slot = slots[key] {
            storedValues[slot] = value
            return true
        }
        guard storedKeys.count < capacity else { return false }
        slots[key] = storedKeys.count
        storedKeys.append(key)
        storedValues.append(value)
        return true
    }

    /// Changes the value of a present key in place; nil when it is absent.
    @inlinable
    @discardableResult
    public mutating func update<Result>(_ key: Key, _ change: (inout Value) -> Result) -> Result? {
        guard let slot = slots[key] else { return nil }
        return change(&storedValues[slot])
    }

    @inlinable
    @discardableResult
    public mutating func remove(_ key: Key) -> Value? {
        guard let slot = slots.removeValue(forKey: key) else { return nil }
        let last = storedKeys.count - 1
        if slot != last {
            storedKeys.swapAt(slot, last)
            storedValues.swapAt(slot, last)
            slots[storedKeys[slot]] = slot
        }
        storedKeys.removeLast()
        return storedValues.removeLast()
    }
}

extension BoundedTable: Sendable where Value: Sendable {}
