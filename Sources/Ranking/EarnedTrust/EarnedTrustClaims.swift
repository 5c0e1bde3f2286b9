public import Primitives

/// Who claimed which item, and when this node first saw it: by author, items ascending.
///
/// Times are those of this node's clock at arrival, never an author's: nothing can be back-dated.
public struct ClaimTimes: Hashable, Sendable {
    /// One claim: the first time that this node saw an author have to do with an item.
    public struct Claim: Hashable, Sendable {
        public var item: ItemIndex
        public var seen: Instant

        public init(item: ItemIndex, seen: Instant) {
            self.item = item
            self.seen = seen
        }
    }

    public let itemCount: Int
    let offsets: [Int]
    let items: [UInt32]
    let seen: [UInt64]
    /// Claims of each author that are not listed: taken back, or forgotten at a cap. They count in how
    /// much an author claims in all.
    let unlisted: [Int]

    /// From one row per author; of several claims of one item the earliest stays. Requires items below
    /// `itemCount`; `unlisted` is empty or has one number per author. O(claims log claims).
    public init(itemCount: Int, rows: [[Claim]], unlisted: [Int] = []) {
        require(
            unlisted.isEmpty || unlisted.count == rows.count,
            "unlisted claims are one number per author")
        var offsets = [0]
        var items: [UInt32] = []
        var seen: [UInt64] = []
        for row in rows {
            for claim in row.sorted(by: { ($0.item, $0.seen) < ($1.item, $1.seen) }) {
                require(claim.item.position < itemCount, "a claim is about an item")
                if items.count > offsets[offsets.count - 1], items.last == claim.item.value {
                    continue
                }
                items.append(claim.item.value)
                seen.append(claim.seen.milliseconds)
            }
            offsets.append(items.count)
        }
        self.itemCount = itemCount
        self.offsets = offsets
        self.items = items
        self.seen = seen
        self.unlisted = unlisted.isEmpty ? [Int](repeating: 0, count: rows.count) : unlisted
    }

    public var authorCount: Int { offsets.count - 1 }

    /// The places of an author's claims in `items` and `seen`.
    func claims(_ author: Int) -> Range<Int> { offsets[author]..<offsets[author + 1] }

    /// How much an author claims in all.
    func count(_ author: Int) -> Int { claims(author).count + unlisted[author] }
}

/// When the ego found an item: from then on nobody can earn with it.
public struct Discovery: Hashable, Comparable, Sendable {
    public var item: ItemIndex
    public var found: Instant

    public init(item: ItemIndex, found: Instant) {
        self.item = item
        self.found = found
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.found, left.item) < (right.found, right.item)
    }
}
