import Primitives
import Records

/// A dense number for a feed held here; reused after an eviction.
struct FeedIndex: Hashable, Sendable {
    let raw: Int
}

/// What the core knows of one feed: a hash chain up to the tip, and a window past it.
struct FeedState: Sendable {
    let key: PublicKey
    /// Who speaks here: the delegating author, or the key itself.
    var author: PublicKey
    /// Highest contiguous sequence that is committed.
    var frontier: UInt64 = 0
    var head: RecordID = .zero
    var headTime = Instant(milliseconds: 0)
    /// Highest contiguous sequence that is verified; the store may still be writing it.
    var tip: UInt64 = 0
    var tipID: RecordID = .zero
    var tipTime = Instant(milliseconds: 0)
    /// `IDFingerprint` of the records 1 ... tip.
    var fingerprints: [UInt64] = []
    /// Verified records past a gap, ascending by sequence.
    var window: [WaitingRecord] = []
    /// The place that was signed twice; nothing at or after it counts.
    var frozenAt: UInt64?
    /// Value of the table's clock when the frontier last moved.
    var changedAt: UInt64 = 0

    init(key: PublicKey) {
        self.key = key
        author = key
    }

    var isFrozen: Bool { frozenAt != nil }

    /// Appends a verified record, or the place of a retracted one, at the tip.
    mutating func extend(id: RecordID, time: Instant?, fingerprint: UInt64) {
        tip += 1
        tipID = id
        if let time { tipTime = time }
        fingerprints.append(fingerprint)
    }

    /// Forgets what was verified but not committed.
    mutating func rollBack() {
        tip = frontier
        tipID = head
        tipTime = headTime
        fingerprints.removeLast(fingerprints.count - Int(frontier))
        window = []
    }
}

/// A record that waits for the gap before it to close.
struct WaitingRecord: Sendable {
    let record: Record
    let source: LinkID
}

/// The feeds held here, by dense index; bounded.
struct FeedTable: Sendable {
    let capacity: Int
    private var indices: [PublicKey: FeedIndex] = [:]
    private var slots: [FeedState?] = []
    private var free: [FeedIndex] = []
    /// Moves with every frontier, so that a link can be told what changed since.
    private(set) var clock: UInt64 = 0

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { indices.count }
    var isFull: Bool { indices.count >= capacity }

    func index(of key: PublicKey) -> FeedIndex? { indices[key] }

    subscript(key: PublicKey) -> FeedState? { indices[key].flatMap { slots[$0.raw] } }

    /// The state in a slot that is in use.
    subscript(index: FeedIndex) -> FeedState {
        get {
            guard let state = slots[index.raw] else {
                fatalError("invariant broken: a feed index outlived its feed")
            }
            return state
        }
        _modify {
            guard var state = slots[index.raw] else {
                fatalError("invariant broken: a feed index outlived its feed")
            }
            slots[index.raw] = nil
            defer { slots[index.raw] = state }
            yield &state
        }
    }

    /// Adds a feed. Requires that it is new and the table not full.
    mutating func add(_ key: PublicKey) -> FeedIndex {
        require(!isFull && indices[key] == nil, "a new feed needs a free slot")
        let index: FeedIndex
        if let reused = free.popLast() {
            index = reused
            slots[index.raw] = FeedState(key: key)
        } else {
            index = FeedIndex(raw: slots.count)
            slots.append(FeedState(key: key))
        }
        indices[key] = index
        return index
    }

    mutating func remove(_ index: FeedIndex) {
        indices[self[index].key] = nil
        slots[index.raw] = nil
        free.append(index)
    }

    /// Notes that the frontier of a feed moved.
    mutating func touch(_ index: FeedIndex) {
        clock += 1
        self[index].changedAt = clock
    }

    /// Every feed in the order of the slots: deterministic, not sorted.
    func forEach(_ body: (FeedIndex, FeedState) -> Void) {
        for (position, slot) in slots.enumerated() {
            if let state = slot { body(FeedIndex(raw: position), state) }
        }
    }
}
