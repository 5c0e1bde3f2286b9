import NodeCore
import Primitives
import Records

/// The rows of many feeds, as a table with UNIQUE (feed, sequence) would hold them.
struct FeedRows {
    private var slots: [PublicKey: Int] = [:]
    private var rows: [[StoredEntry?]] = []
    private var keys: [PublicKey?] = []
    /// By slot: how many places from the first on are taken.
    private var filled: [UInt64] = []
    /// Of what is held, whatever the order in which it came: two tables with one value hold the same records and
    /// tombstones.
    private(set) var print: UInt64 = 0

    func entry(_ feed: PublicKey, _ sequence: UInt64) -> StoredEntry? {
        guard let slot = slots[feed], sequence >= 1, sequence <= UInt64(rows[slot].count) else {
            return nil
        }
        return rows[slot][Int(sequence) - 1]
    }

    func holds(_ feed: PublicKey) -> Bool { slots[feed] != nil }

    /// Highest sequence up to which, from the first place that is held, nothing is missing.
    func contiguous(_ feed: PublicKey) -> UInt64 {
        guard let slot = slots[feed] else { return 0 }
        if filled[slot] > 0 { return filled[slot] }
        guard var place = rows[slot].firstIndex(where: { $0 != nil }) else { return 0 }
        while place < rows[slot].count, rows[slot][place] != nil { place += 1 }
        return UInt64(place)
    }

    /// What is before a place goes.
    mutating func trim(_ feed: PublicKey, before sequence: UInt64) {
        guard let slot = slots[feed] else { return }
        for place in rows[slot].indices.prefix(Int(clamping: sequence) - 1) {
            print ^= Self.print(rows[slot][place])
            rows[slot][place] = nil
        }
        filled[slot] = 0
    }

    func last(_ feed: PublicKey) -> UInt64 {
        slots[feed].map { UInt64(rows[$0].count) } ?? 0
    }

    mutating func put(_ entry: StoredEntry) {
        let slot = slot(for: entry.feed)
        let place = Int(entry.sequence) - 1
        while rows[slot].count <= place { rows[slot].append(nil) }
        print ^= Self.print(rows[slot][place]) ^ Self.print(entry)
        rows[slot][place] = entry
        while filled[slot] < UInt64(rows[slot].count), rows[slot][Int(filled[slot])] != nil {
            filled[slot] += 1
        }
    }

    mutating func remove(_ feed: PublicKey) {
        guard let slot = slots.removeValue(forKey: feed) else { return }
        for entry in rows[slot] { print ^= Self.print(entry) }
        rows[slot] = []
        filled[slot] = 0
        keys[slot] = nil
    }

    /// Every entry, feeds in the order in which they came, each ascending.
    func forEach(_ body: (StoredEntry) -> Void) {
        for slot in keys.indices where keys[slot] != nil {
            for case let entry? in rows[slot] { body(entry) }
        }
    }

    /// The id covers feed, place and body.
    private static func print(_ entry: StoredEntry?) -> UInt64 {
        switch entry {
        case .record(let stored)?: stored.record.id.raw.words.0
        case .tombstone(let tombstone)?: tombstone.id.raw.words.1
        case nil: 0
        }
    }

    private mutating func slot(for feed: PublicKey) -> Int {
        if let slot = slots[feed] { return slot }
        slots[feed] = rows.count
        rows.append([])
        filled.append(0)
        keys.append(feed)
        return rows.count - 1
    }
}
