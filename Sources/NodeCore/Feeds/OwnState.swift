public import Primitives
public import Records

/// The own feed's side of the core: what was said, what is private, and whether saying more is safe.
struct OwnState: Sendable {
    var log = OwnLog()
    var privateLog = PrivateLog()
    /// A peer holds own records up to here that we lack: publishing would fork the feed.
    var lostThrough: UInt64?
    /// Links whose unproven claims have delayed a publication.
    var claims = 0
    /// Publications that wait until peers had time to tell what they hold of the own feed.
    var held: [(id: EffectID, drafts: [OwnDraft])] = []
    /// Whether what a restart found is all that was signed; nil once that is settled.
    var headCheck: HeadCheck?
    /// A commit failed without saying whether it happened.
    var isUncertain = false
    /// Why a commit failed on which all that are on their way build: the store refuses them, and nothing is signed before.
    var doomedBy: StoreFailure?

    var isFenced: Bool { lostThrough != nil }

    mutating func markRetracted(_ tombstone: Tombstone, own feed: PublicKey) {
        if tombstone.feed == feed { log.retract(tombstone.sequence) }
    }
}

/// Entries that only this node knows, in the order of their writing, and by item. Bounded by its user.
public struct PrivateLog: Sendable {
    private var slots: [PrivateEntry?] = []
    private var positions: [ItemID: [Int]] = [:]

    public var entries: [PrivateEntry] { slots.compactMap { $0 } }

    mutating func append(_ entry: PrivateEntry) {
        positions[entry.item, default: []].append(slots.count)
        slots.append(entry)
    }

    /// Removes the newest entry that equals `entry`. False when there is none.
    mutating func remove(_ entry: PrivateEntry) -> Bool {
        guard let place = positions[entry.item]?.lastIndex(where: { slots[$0] == entry }),
            let position = positions[entry.item]?.remove(at: place)
        else { return false }
        slots[position] = nil
        return true
    }

    /// What is kept about an item, oldest first.
    public func standing(about item: ItemID) -> [PrivateEntry] {
        (positions[item] ?? []).compactMap { slots[$0] }
    }
}

/// The own feed in memory, for history, for finding what to take back, and for repeated imports.
public struct OwnLog: Sendable {
    public struct Entry: Sendable {
        public let sequence: UInt64
        public let id: RecordID
        public let previous: RecordID
        public let time: Instant
        public let payload: Payload
        public internal(set) var isRetracted: Bool

        /// What takes this record back.
        public var retraction: Payload {
            .retract(sequence: sequence, id: id, previous: previous)
        }
    }

    /// Ascending by sequence; places whose body is gone are absent.
    public private(set) var entries: [Entry] = []
    private var positions: [ItemID: [Int]] = [:]

    mutating func append(_ record: Record) {
        if let item = record.body.payload.itemID {
            positions[item, default: []].append(entries.count)
        }
        entries.append(
            Entry(
                sequence: record.body.sequence, id: record.id, previous: record.body.previous,
                time: record.body.time, payload: record.body.payload, isRetracted: false))
    }

    mutating func retract(_ sequence: UInt64) {
        guard let position = entries.lastIndex(where: { $0.sequence == sequence }) else { return }
        entries[position].isRetracted = true
    }

    /// What stands about an item, oldest first.
    public func standing(about item: ItemID) -> [Entry] {
        (positions[item] ?? []).map { entries[$0] }.filter { !$0.isRetracted }
    }

    /// Whether exactly this was said before and stands; `time` only when given.
    public func contains(_ payload: Payload, time: Instant?) -> Bool {
        guard let item = payload.itemID else {
            return entries.contains { !$0.isRetracted && $0.payload == payload }
        }
        return standing(about: item).contains {
            $0.payload == payload && (time == nil || $0.time == time)
        }
    }
}

extension Payload {
    /// Whether a node of an earlier version keeps and forwards it without understanding it.
    var isIgnorable: Bool {
        switch self {
        case .rotate, .checkpoint, .revoke: true
        default: false
        }
    }

    /// The item that the payload is about, if it is about one.
    public var itemID: ItemID? {
        switch self {
        case .play(let item, _), .like(let item, _), .rate(let item, _), .item(let item, _): item
        case .trust, .retract, .delegate, .rotate, .checkpoint, .revoke, .unknown: nil
        }
    }
}
