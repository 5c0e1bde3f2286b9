/// A map with a capacity that is iterated in the order of its slots.
///
/// Every map keyed by what a peer sends is one of these: it cannot grow past its cap, and its
/// iteration order follows from the sequence of operations alone, unlike `Dictionary`'s. Nothing that it does shows
/// its hashes, which differ from process to process (`Hasher`), so that nobody can aim keys at one another.
/// Inlinable throughout: an unspecialised generic of another module runs at a fiftieth of its speed.
/// Lookup and insertion are O(1) expected; so is removal, which moves the last entry into the gap. Beside keys and
/// values it takes 8 to 16 bytes an entry, a sixth of a `Dictionary` of slots.
public struct BoundedTable<Key: Hashable & Sendable, Value> {
    /// The largest number of entries.
    public let capacity: Int
    @usableFromInline var storedKeys: [Key] = []
    @usableFromInline var storedValues: [Value] = []
    @usableFromInline var index = SlotIndex()

    /// Requires a capacity below 2^24.
    @inlinable
    public init(capacity: Int) {
        require(capacity < SlotIndex.mostSlots, "a bounded table has fewer than 2^24 entries")
        self.capacity = capacity
    }

    @inlinable public var keys: [Key] { storedKeys }
    @inlinable public var values: [Value] { storedValues }
    @inlinable public var count: Int { storedKeys.count }
    @inlinable public var isEmpty: Bool { storedKeys.isEmpty }
    @inlinable public var isFull: Bool { storedKeys.count >= capacity }

    @inlinable
    public func contains(_ key: Key) -> Bool { slot(of: key) != nil }

    /// The slot of `key`: valid until the next removal.
    @inlinable
    public func slot(of key: Key) -> Int? {
        // A search by a few comparisons costs less than a hash.
        guard storedKeys.count > SlotIndex.fewest else { return storedKeys.firstIndex(of: key) }
        let hash = key.hashValue
        var place = index.home(hash)
        while let slot = index.slot(at: place) {
            if index.mayHold(hash, at: place), storedKeys[slot] == key { return slot }
            place = index.after(place)
        }
        return nil
    }

    /// The slot of a key with this hash, if that is where the search for it begins: a guess to be compared with the
    /// key. Made for many keys before any of them is searched for, so that their waits for memory overlap.
    @inlinable
    public func likelySlot(_ hash: Int) -> Int? {
        guard storedKeys.count > SlotIndex.fewest else { return nil }
        let place = index.home(hash)
        return index.mayHold(hash, at: place) ? index.slot(at: place) : nil
    }

    /// A copy of the value of `key`.
    @inlinable
    public subscript(key: Key) -> Value? {
        guard let slot = slot(of: key) else { return nil }
        return storedValues[slot]
    }

    /// The value in a slot, read and changed in place: a field of a large value costs no copy of the rest.
    @inlinable
    public subscript(slot slot: Int) -> Value {
        // Of an array the element would be copied, with every reference in it.
        _read { yield storedValues.span[slot] }
        _modify { yield &storedValues[slot] }
    }

    /// Sets the value of `key`. False, and nothing changes, when the key is new and the table full.
    @inlinable
    @discardableResult
    public mutating func set(_ key: Key, _ value: Value) -> Bool {
        if let slot = slot(of: key) {
            storedValues[slot] = value
            return true
        }
        guard storedKeys.count < capacity else { return false }
        storedKeys.append(key)
        storedValues.append(value)
        if storedKeys.count > SlotIndex.fewest { place(storedKeys.count - 1) }
        return true
    }

    /// Changes the value of a present key in place; nil when it is absent.
    @inlinable
    @discardableResult
    public mutating func update<Result>(_ key: Key, _ change: (inout Value) -> Result) -> Result? {
        guard let slot = slot(of: key) else { return nil }
        return change(&storedValues[slot])
    }

    @inlinable
    @discardableResult
    public mutating func remove(_ key: Key) -> Value? {
        guard let slot = slot(of: key) else { return nil }
        let last = storedKeys.count - 1
        if last >= SlotIndex.fewest {
            unplace(slot)
            if slot != last { index.replace(last, by: slot, from: storedKeys[last].hashValue) }
        }
        if slot != last {
            storedKeys.swapAt(slot, last)
            storedValues.swapAt(slot, last)
        }
        storedKeys.removeLast()
        let value = storedValues.removeLast()
        if storedKeys.count == SlotIndex.fewest { index = SlotIndex() }
        if storedKeys.isEmpty, storedKeys.capacity > SlotIndex.keptCapacity {
            storedKeys = []
            storedValues = []
        }
        return value
    }

    /// Enters a slot, or all of them where the index begins or grows.
    @inlinable
    mutating func place(_ slot: Int) {
        guard index.hasRoom(for: storedKeys.count) else {
            index = SlotIndex(for: storedKeys.count)
            for other in storedKeys.indices { index.put(other, storedKeys[other].hashValue) }
            return
        }
        index.put(slot, storedKeys[slot].hashValue)
    }

    /// Takes a slot out, and moves back what stands behind it (Knuth, TAOCP 6.4, algorithm R).
    @inlinable
    mutating func unplace(_ slot: Int) {
        var gap = index.place(of: slot, from: storedKeys[slot].hashValue)
        var place = index.after(gap)
        while let other = index.slot(at: place) {
            // It may move back unless its own home lies between the gap and where it is.
            if index.isFarther(from: storedKeys[other].hashValue, than: gap, to: place) {
                index.move(place, to: gap)
                gap = place
            }
            place = index.after(place)
        }
        index.clear(gap)
    }
}

extension BoundedTable: Sendable where Value: Sendable {}
