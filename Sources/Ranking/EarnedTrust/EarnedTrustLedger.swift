public import Primitives

/// What a node must remember for earned trust: when it first saw each author claim each item, and when
/// its own person found items. Bounded; order of arrival does not show while no cap is reached.
///
/// Nothing of it is stored beside the records: every record is kept with the instant at which this node
/// first saw it, so a restart that notes all of them gives the same ledger.
public struct EarnedTrustLedger: Sendable {
    /// The caps: with them the ledger stays below about 40 MB.
    public struct Limits: Hashable, Sendable {
        /// As many as there are feeds (`CoreLimits.feeds`).
        public var authors = 12_288
        /// Claims of one author with their times; further ones only count.
        public var claimsPerAuthor = 1_024
        /// Claims of all authors together.
        public var claims = 1_000_000
        /// Discoveries of the ego, which are its claims.
        public var discoveries = 65_536

        public init() {}
    }

    /// One author's claims, ascending by number.
    private struct Entry: Sendable {
        var numbers: [UInt32] = []
        var seen: [UInt64] = []
        var unlisted = 0
    }

    public let limits: Limits
    private let ego: PublicKey
    private var entries: BoundedTable<PublicKey, Entry>
    private var items = ClaimedItems()
    private var claimCount = 0

    public init(ego: PublicKey, limits: Limits = Limits()) {
        self.ego = ego
        self.limits = limits
        entries = BoundedTable(capacity: max(1, limits.authors))
    }

    /// Notes that an author had to do with an item, first seen here at `seen`; for the ego itself the time
    /// at which it found the item. The earliest stays. O(log claims of the author), or O(its claims) for
    /// a new one.
    public mutating func note(_ author: PublicKey, _ item: ItemID, seen: Instant) {
        guard entries.contains(author) || entries.set(author, Entry()),
            let slot = entries.slot(of: author)
        else { return }
        if let number = items.number(of: item) {
            let place = Self.place(of: number, in: entries.values[slot].numbers)
            if place < entries.values[slot].numbers.count,
                entries.values[slot].numbers[place] == number
            {
                let known = entries.values[slot].seen[place]
                entries[slot: slot].seen[place] = min(known, seen.milliseconds)
                return
            }
        }
        let cap = author == ego ? limits.discoveries : limits.claimsPerAuthor
        guard entries[slot: slot].numbers.count < cap, claimCount < limits.claims else {
            entries[slot: slot].unlisted += 1
            return
        }
        let number = items.retain(item)
        let fresh = Self.place(of: number, in: entries[slot: slot].numbers)
        entries[slot: slot].numbers.insert(number, at: fresh)
        entries[slot: slot].seen.insert(seen.milliseconds, at: fresh)
        claimCount += 1
    }

    /// Notes that an author took something back: it still counts in how much that author claims in all,
    /// or one could claim everything and take back what did not win.
    public mutating func noteWithdrawal(by author: PublicKey) {
        guard entries.contains(author) || entries.set(author, Entry()) else { return }
        entries.update(author) { $0.unlisted += 1 }
    }

    /// Forgets an author, and with it what it earned. O(its claims).
    public mutating func forget(_ author: PublicKey) {
        guard let entry = entries.remove(author) else { return }
        claimCount -= entry.numbers.count
        for number in entry.numbers { items.release(number) }
    }

    /// What authors earned up to now, for the indices of a snapshot whose keys and items are known here.
    ///
    /// Claims on items that the snapshot does not hold count as unlisted. O(items log items + claims log
    /// discoveries + authors x discoveries).
    public func earned(
        in snapshot: GraphSnapshot, ego index: AuthorIndex, now: Instant,
        parameters: EarnedTrustParameters = EarnedTrustParameters()
    ) -> EarnedTrust {
        let places = items.ids.map { $0.flatMap { snapshot.index(of: $0) } }
        var rows: [[ClaimTimes.Claim]] = []
        var unlisted: [Int] = []
        rows.reserveCapacity(snapshot.authorCount)
        for key in snapshot.authorKeys {
            guard let entry = entries[key] else {
                rows.append([])
                unlisted.append(0)
                continue
            }
            let row = zip(entry.numbers, entry.seen).compactMap { number, seen in
                places[Int(number)].map {
                    ClaimTimes.Claim(item: $0, seen: Instant(milliseconds: seen))
                }
            }
            rows.append(row)
            unlisted.append(entry.unlisted + entry.numbers.count - row.count)
        }
        let discoveries = rows[index.position].map { Discovery(item: $0.item, found: $0.seen) }
        return EarnedTrust(
            ClaimTimes(itemCount: snapshot.itemCount, rows: rows, unlisted: unlisted),
            discoveries: discoveries, ego: index, now: now, parameters: parameters)
    }

    /// The size of each map beside its cap, for a status page.
    public var census: [MapCensus] {
        [
            MapCensus(name: "claimants", count: entries.count, capacity: entries.capacity),
            MapCensus(name: "claims", count: claimCount, capacity: limits.claims),
        ]
    }

    /// The first place whose number is not below `number`.
    private static func place(of number: UInt32, in numbers: [UInt32]) -> Int {
        var low = 0
        var high = numbers.count
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Small numbers for claimed items: an item is held once, however many claim it.
private struct ClaimedItems: Sendable {
    /// By number; nil where no claim is left.
    private(set) var ids: [ItemID?] = []
    private var numbers: [ItemID: UInt32] = [:]
    private var claims: [UInt32] = []
    private var free: [UInt32] = []

    func number(of item: ItemID) -> UInt32? { numbers[item] }

    /// Counts one more claim.
    mutating func retain(_ item: ItemID) -> UInt32 {
        let number = numbers[item] ?? free.popLast() ?? UInt32(truncatingIfNeeded: ids.count)
        if Int(number) == ids.count {
            ids.append(item)
            claims.append(0)
        }
        ids[Int(number)] = item
        numbers[item] = number
        claims[Int(number)] += 1
        return number
    }

    /// Counts one claim less; the last one frees the number.
    mutating func release(_ number: UInt32) {
        claims[Int(number)] -= 1
        guard claims[Int(number)] == 0, let item = ids[Int(number)] else { return }
        numbers[item] = nil
        ids[Int(number)] = nil
        free.append(number)
    }
}
