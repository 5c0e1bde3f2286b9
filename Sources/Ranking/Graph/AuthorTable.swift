import Primitives

/// The authors with edges of their own, in slots 0 ..< count: a `BoundedTable` whose entries lie in
/// segments, so that a reader's copy costs the writer little.
struct AuthorTable: Sendable {
    let capacity: Int
    /// By slot. Their order follows from the sequence of operations alone.
    private(set) var keys = SegmentedArray<PublicKey>()
    private(set) var entries = SegmentedArray<AuthorEntry>()
    /// Where each key's slot is found. It gives its slots as they are given here: the next one to whoever
    /// comes, a gap to the last.
    private var slots: BoundedTable<PublicKey, Void>
    /// The author that was asked for last: feeds arrive in runs of one author.
    private var recent: (key: PublicKey, slot: Int)?

    init(capacity: Int) {
        self.capacity = capacity
        slots = BoundedTable(capacity: capacity)
    }

    var count: Int { entries.count }
    var isFull: Bool { count >= capacity }

    func contains(_ key: PublicKey) -> Bool { slots.contains(key) }

    /// The slot of an author: valid until the next removal.
    func slot(of key: PublicKey) -> Int? {
        if let recent, recent.key == key { return recent.slot }
        return slots.slot(of: key)
    }

    /// The same, remembered for the next call.
    mutating func findSlot(of key: PublicKey) -> Int? {
        if let recent, recent.key == key { return recent.slot }
        guard let slot = slots.slot(of: key) else { return nil }
        recent = (key, slot)
        return slot
    }

    /// The slot where the search for a key of this hash begins, which may be another's.
    func likelySlot(_ hash: Int) -> Int? { slots.likelySlot(hash) }

    func holds(_ key: PublicKey, at slot: Int) -> Bool { slots.keys[slot] == key }

    subscript(key: PublicKey) -> AuthorEntry? { slot(of: key).map { entries[$0] } }

    subscript(slot slot: Int) -> AuthorEntry {
        _read { yield entries[slot] }
        _modify { yield &entries[slot] }
    }

    /// Adds an author that is not there yet; there must be room.
    mutating func insert(_ key: PublicKey, _ entry: AuthorEntry) -> Int {
        require(!isFull && !slots.contains(key), "an author enters once and where there is room")
        let slot = count
        slots.set(key, ())
        keys.append(key)
        entries.append(entry)
        return slot
    }

    /// Moves the last author into the gap.
    mutating func remove(_ key: PublicKey) {
        guard let slot = slots.slot(of: key) else { return }
        slots.remove(key)
        recent = nil
        let lastKey = keys.removeLast()
        let lastEntry = entries.removeLast()
        guard lastKey != key else { return }
        keys[slot] = lastKey
        entries[slot] = lastEntry
    }
}
