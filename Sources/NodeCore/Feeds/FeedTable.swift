import Primitives
import Records

/// A dense number for a feed held here; reused after an eviction.
struct FeedIndex: Hashable, Sendable {
    let raw: Int
}

/// What the core knows of one feed: a hash chain from its base up to the tip, and a window past it.
struct FeedState: Sendable {
    let key: PublicKey
    /// Who speaks here, as far as is committed: the delegating author, or the key itself, or what that changed to.
    var author: PublicKey
    /// The same as far as is verified.
    private(set) var tipAuthor: PublicKey
    /// Who speaks at the first place that is held.
    private(set) var baseAuthor: PublicKey
    /// Places 1 ... base are not held; unless it is 0, a checkpoint follows.
    private(set) var base: UInt64 = 0
    /// Id of the place at the base.
    private(set) var baseID: RecordID = .zero
    /// Checkpoints that are verified, ascending.
    private(set) var checkpoints: [FeedCheckpoint] = []
    /// A range that should have begun with a checkpoint did not: the feed is held from its first record or not.
    var lacksCheckpoints = false
    /// Highest contiguous sequence that is committed.
    var frontier: UInt64 = 0
    var head: RecordID = .zero
    var headTime = Instant(milliseconds: 0)
    /// Highest contiguous sequence that is verified; the store may still be writing it.
    var tip: UInt64 = 0
    var tipID: RecordID = .zero
    var tipTime = Instant(milliseconds: 0)
    /// `IDFingerprint` of the records base + 1 ... tip.
    private(set) var fingerprints: [UInt64] = []
    /// Verified records past a gap, ascending by sequence.
    var window: [WaitingRecord] = []
    /// The place that was signed twice; nothing at or after it counts.
    var frozenAt: UInt64?
    /// Links that push the feed to us, the fastest first.
    var upstreams: [LinkID] = []
    /// Value of the table's clock when the frontier last moved.
    var changedAt: UInt64 = 0
    /// What it is charged of its author's share: up to the tip, and up to the frontier.
    var bytes: UInt64 = 0
    var committedBytes: UInt64 = 0
    /// What its verified places are charged, base + 1 ... tip.
    private var placeBytes: UInt64 = 0
    /// More of it was refused because its author's share is used up.
    var isHeldBack = false

    init(key: PublicKey) {
        self.key = key
        (author, tipAuthor, baseAuthor) = (key, key, key)
    }

    /// Says who speaks at the first place.
    mutating func open(for author: PublicKey) {
        (self.author, tipAuthor, baseAuthor) = (author, author, author)
    }

    var isFrozen: Bool { frozenAt != nil }
    /// Whether anything of it is committed.
    var isHeld: Bool { frontier > base }

    /// `IDFingerprint` of a verified place; nil for one that is not held.
    func fingerprint(at sequence: UInt64) -> UInt64? {
        sequence > base && sequence <= tip ? fingerprints[Int(sequence - base) - 1] : nil
    }

    /// `IDFingerprint` of the record at the tip, if any is held.
    var tipPrint: UInt64? { fingerprints.last }

    /// Begins a feed of which nothing is held yet behind a place with this id.
    mutating func begin(after sequence: UInt64, _ id: RecordID) {
        require(tip == base && checkpoints.isEmpty, "a base is set before anything is held")
        (base, frontier, tip) = (sequence, sequence, sequence)
        (baseID, head, tipID) = (id, id, id)
    }

    /// Appends a verified record, or the place of a retracted one, at the tip.
    mutating func extend(by place: ChainPlace, fingerprint: UInt64) {
        if let checkpoint = FeedCheckpoint(place, offset: placeBytes) {
            checkpoints.append(checkpoint)
        }
        extend(
            id: place.id, time: place.time, fingerprint: fingerprint, bytes: place.chargedBytes)
        if let rotation = place.rotation { tipAuthor = rotation.new }
    }

    mutating func extend(id: RecordID, time: Instant?, fingerprint: UInt64, bytes: UInt64) {
        tip += 1
        placeBytes += bytes
        tipID = id
        if let time { tipTime = time }
        fingerprints.append(fingerprint)
    }

    /// Forgets what was verified but not committed.
    mutating func rollBack() {
        tip = frontier
        tipID = head
        tipTime = headTime
        bytes = committedBytes
        placeBytes = committedBytes - min(committedBytes, StorageLimits.feedBytes)
        tipAuthor = author
        fingerprints.removeLast(fingerprints.count - Int(frontier - base))
        while let last = checkpoints.last, last.sequence > frontier { checkpoints.removeLast() }
        window = []
    }

    /// Forgets what is before a checkpoint that is committed. What that was charged.
    mutating func trim(before checkpoint: FeedCheckpoint) -> UInt64 {
        let sequence = checkpoint.sequence
        let dropped = checkpoint.offset
        require(sequence > base && sequence <= frontier, "only what is held is dropped")
        fingerprints.removeFirst(Int(sequence - base) - 1)
        checkpoints.removeAll { $0.sequence < sequence }
        for place in checkpoints.indices { checkpoints[place].offset -= dropped }
        placeBytes -= dropped
        bytes -= dropped
        committedBytes -= dropped
        (base, baseID, baseAuthor) = (sequence - 1, checkpoint.previous, checkpoint.speaker)
        return dropped
    }

    /// Puts committed places before the base.
    mutating func prepend(_ block: FeedBlock) {
        require(block.base + UInt64(block.fingerprints.count) == base, "a block ends at the base")
        fingerprints.insert(contentsOf: block.fingerprints, at: 0)
        for place in checkpoints.indices { checkpoints[place].offset += block.bytes }
        checkpoints.insert(contentsOf: block.checkpoints, at: 0)
        placeBytes += block.bytes
        bytes += block.bytes
        committedBytes += block.bytes
        (base, baseID, baseAuthor) = (block.base, block.baseID, block.baseAuthor)
    }
}

/// Places that were fetched to go before the base of a feed.
struct FeedBlock: Sendable {
    /// The base with them.
    let base: UInt64
    let baseID: RecordID
    let baseAuthor: PublicKey
    let fingerprints: [UInt64]
    let checkpoints: [FeedCheckpoint]
    /// What they are charged.
    let bytes: UInt64
}

/// Where a feed can be held from.
struct FeedCheckpoint: Hashable, Sendable {
    let sequence: UInt64
    let previous: RecordID
    let speaker: PublicKey
    /// What the places between the base and it are charged.
    var offset: UInt64

    /// Nil for any other place.
    init?(_ place: ChainPlace, offset: UInt64) {
        self.offset = offset
        guard case .record(let record) = place, case .checkpoint = record.body.payload else {
            return nil
        }
        sequence = record.body.sequence
        previous = record.body.previous
        speaker = record.speaker
    }
}

extension ChainPlace {
    var rotation: Rotation? {
        if case .record(let record) = self, case .rotate(let rotation) = record.body.payload {
            rotation
        } else {
            nil
        }
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
    /// Slots by the hash of their key, under secret keys of the node: nobody can aim keys at one another.
    private var numbers = HashedNumbers()
    private let mixer: IDFingerprint
    /// A slot that is free keeps an empty state without a meaning: an optional would be copied out and in by
    /// every change.
    private var slots: [FeedState] = []
    private var spots: [FeedSpot] = []
    private var isUsed: [Bool] = []
    private var free: [FeedIndex] = []
    /// The slot of a tag; of two feeds with one tag the first has it. Only looked up.
    private var tags: [FeedTag: Int] = [:]
    /// Moves with every frontier, so that a link can be told what changed since.
    private(set) var clock: UInt64 = 0

    init(capacity: Int, mixer: IDFingerprint) {
        self.capacity = capacity
        self.mixer = mixer
    }

    var count: Int { numbers.count }
    var isFull: Bool { numbers.count >= capacity }

    func index(of key: PublicKey) -> FeedIndex? {
        slot(of: key).map { FeedIndex(raw: $0) }
    }

    func index(of tag: FeedTag) -> FeedIndex? { tags[tag].map { FeedIndex(raw: $0) } }

    func isUsed(_ index: FeedIndex) -> Bool { isUsed[index.raw] }

    /// Every slot in use.
    var indices: [FeedIndex] {
        isUsed.indices.filter { isUsed[$0] }.map { FeedIndex(raw: $0) }
    }

    /// What of a feed tells a replay. Requires a slot in use.
    func spot(_ index: FeedIndex) -> FeedSpot { spots[index.raw] }

    /// A copy of the state of a feed that is held. For one field ask for the index first.
    subscript(key: PublicKey) -> FeedState? { index(of: key).map { slots[$0.raw] } }

    /// The state in a slot that is in use.
    subscript(index: FeedIndex) -> FeedState {
        _read {
            require(isUsed[index.raw], "a feed index lives no longer than its feed")
            yield slots.span[index.raw]
        }
        _modify {
            require(isUsed[index.raw], "a feed index lives no longer than its feed")
            // Field by field: the whole state would be copied, with every reference in it.
            defer {
                spots[index.raw].update(
                    tip: slots.span[index.raw].tip, tipPrint: slots.span[index.raw].tipPrint,
                    isFrozen: slots.span[index.raw].isFrozen)
            }
            yield &slots[index.raw]
        }
    }

    /// Adds a feed. Requires that it is new and the table not full.
    mutating func add(_ key: PublicKey) -> FeedIndex {
        require(!isFull && index(of: key) == nil, "a new feed needs a free slot")
        let state = FeedState(key: key)
        let index: FeedIndex
        if let reused = free.popLast() {
            index = reused
            slots[index.raw] = state
            spots[index.raw] = FeedSpot(key: key)
            isUsed[index.raw] = true
        } else {
            index = FeedIndex(raw: slots.count)
            slots.append(state)
            spots.append(FeedSpot(key: key))
            isUsed.append(true)
        }
        numbers.insert(index.raw, hash: hash(key))
        if tags[FeedTag(key)] == nil { tags[FeedTag(key)] = index.raw }
        return index
    }

    mutating func remove(_ index: FeedIndex) {
        let key = self[index].key
        numbers.remove(index.raw, hash: hash(key))
        if tags[FeedTag(key)] == index.raw { tags[FeedTag(key)] = nil }
        slots[index.raw] = FeedState(key: key)
        isUsed[index.raw] = false
        free.append(index)
    }

    /// Notes that the frontier of a feed moved.
    mutating func touch(_ index: FeedIndex) {
        clock += 1
        slots[index.raw].changedAt = clock
    }

    /// The highest verified sequence of a feed; 0 when it is not held.
    func tip(of key: PublicKey) -> UInt64 {
        slot(of: key).map { spots[$0].tip } ?? 0
    }

    /// Who speaks in a feed as far as is committed; of one that is not held, its key.
    func author(of key: PublicKey) -> PublicKey {
        slot(of: key).map { slots.span[$0].author } ?? key
    }

    /// Every feed in the order of the slots: deterministic, not sorted.
    func forEach(_ body: (FeedIndex, FeedState) -> Void) {
        for position in slots.indices where isUsed[position] {
            body(FeedIndex(raw: position), slots[position])
        }
    }

    private func slot(of key: PublicKey) -> Int? {
        var probe = numbers.probe(hash(key))
        while let slot = numbers.next(&probe) {
            if spots[slot].key == key { return slot }
        }
        return nil
    }

    private func hash(_ key: PublicKey) -> UInt32 {
        UInt32(truncatingIfNeeded: mixer.mix(key.raw) >> 32)
    }
}
