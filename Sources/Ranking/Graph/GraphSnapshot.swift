public import Primitives

/// The graph at one instant, immutable: what every engine reads.
///
/// Authors stand in the order of their keys and items in the order of their identifiers, so that the
/// order in which records arrived cannot show. Copying it copies references only.
public struct GraphSnapshot: Sendable {
    public let authorCount: Int
    public let itemCount: Int
    /// Row: author; columns: the authors that it trusts.
    public let trust: CompressedRows
    /// Row: author; columns: items; weights after the `Weighting`.
    public let interactions: CompressedRows
    /// Column: item; the authors that have it.
    public let holders: TransposedRows
    /// The author that the snapshot was taken for.
    public let ego: AuthorIndex?
    /// Ascending; empty when the snapshot was made from plain lists.
    public let authorKeys: [PublicKey]
    /// Ascending; empty when the snapshot was made from plain lists.
    public let itemIDs: [ItemID]
    /// Which snapshot this is, and from which it was made by replacing rows.
    let token = SnapshotToken()
    let origin: SnapshotOrigin?

    init(
        trust: CompressedRows, interactions: CompressedRows, holders: TransposedRows? = nil,
        itemCount: Int, ego: AuthorIndex?, authorKeys: [PublicKey], itemIDs: [ItemID],
        origin: SnapshotOrigin? = nil
    ) {
        require(trust.rowCount == interactions.rowCount, "a snapshot has one row per author")
        authorCount = trust.rowCount
        self.itemCount = itemCount
        self.trust = trust
        self.interactions = interactions
        self.holders = holders ?? TransposedRows(interactions, columnCount: itemCount)
        self.ego = ego
        self.authorKeys = authorKeys
        self.itemIDs = itemIDs
        self.origin = origin
    }

    /// From plain edge lists, weights as given; entries of one place add up.
    ///
    /// Requires indices inside the counts. Self loops and weights that are not positive and finite do
    /// not enter.
    public init(
        authorCount: Int, itemCount: Int, trust: [TrustEdge], interactions: [InteractionEdge],
        ego: AuthorIndex? = nil
    ) {
        let trustEntries: [(row: UInt32, column: UInt32, weight: Double)] = trust.compactMap {
            guard $0.weight > 0, $0.weight.isFinite, $0.from != $0.to else { return nil }
            require(
                $0.from.position < authorCount && $0.to.position < authorCount,
                "a trust edge stays inside the snapshot")
            return ($0.from.value, $0.to.value, $0.weight)
        }
        let itemEntries: [(row: UInt32, column: UInt32, weight: Double)] = interactions.compactMap {
            guard $0.weight > 0, $0.weight.isFinite else { return nil }
            require(
                $0.author.position < authorCount && $0.item.position < itemCount,
                "an interaction stays inside the snapshot")
            return ($0.author.value, $0.item.value, $0.weight)
        }
        self.init(
            trust: CompressedRows(rowCount: authorCount, entries: trustEntries),
            interactions: CompressedRows(rowCount: authorCount, entries: itemEntries),
            itemCount: itemCount, ego: ego, authorKeys: [], itemIDs: [])
    }

    /// O(log authors).
    public func index(of key: PublicKey) -> AuthorIndex? {
        authorKeys.sortedPosition(of: key).map { AuthorIndex(position: $0) }
    }

    /// O(log items).
    public func index(of item: ItemID) -> ItemIndex? {
        itemIDs.sortedPosition(of: item).map { ItemIndex(position: $0) }
    }

    /// Nil outside the snapshot, and in one made from plain lists.
    public func key(of author: AuthorIndex) -> PublicKey? {
        author.position < authorKeys.count ? authorKeys[author.position] : nil
    }

    /// Nil outside the snapshot, and in one made from plain lists.
    public func id(of item: ItemIndex) -> ItemID? {
        item.position < itemIDs.count ? itemIDs[item.position] : nil
    }

    public func contains(_ author: AuthorIndex) -> Bool { author.position < authorCount }
    public func contains(_ item: ItemIndex) -> Bool { item.position < itemCount }

    /// The items of an author, ascending.
    public func items(of author: AuthorIndex) -> [ItemIndex] {
        guard contains(author) else { return [] }
        return interactions.entries(author.position).map { ItemIndex(interactions.columns[$0]) }
    }

    /// The authors that have an item, ascending.
    public func authors(of item: ItemIndex) -> [AuthorIndex] {
        guard contains(item) else { return [] }
        return holders.places(item.position).map { AuthorIndex(holders.row(at: $0)) }
    }

    /// Whether an author has an item. O(log of its items).
    public func has(_ author: AuthorIndex, _ item: ItemIndex) -> Bool {
        contains(author)
            && interactions.entry(row: author.position, column: item.value) != nil
    }

    /// The authors that an author trusts with the normalised weights, which sum to 1.
    public func trusted(by author: AuthorIndex) -> [(author: AuthorIndex, probability: Double)] {
        guard contains(author) else { return [] }
        let scale = trust.scales[author.position]
        return trust.entries(author.position).map {
            (AuthorIndex(trust.columns[$0]), trust.weights[$0] * scale)
        }
    }

    /// The same indices without the edges from, to and of some authors, as if nobody had ever heard of
    /// them. O(edges).
    public func removing(_ authors: [AuthorIndex]) -> GraphSnapshot {
        var removed = [Bool](repeating: false, count: authorCount)
        for author in authors where contains(author) { removed[author.position] = true }
        return GraphSnapshot(
            trust: trust.removing(rows: removed, columns: removed),
            interactions: interactions.removing(
                rows: removed, columns: [Bool](repeating: false, count: itemCount)),
            itemCount: itemCount, ego: ego, authorKeys: authorKeys, itemIDs: itemIDs)
    }
}

/// An edge of trust in a plain list.
public struct TrustEdge: Hashable, Sendable {
    public var from: AuthorIndex
    public var to: AuthorIndex
    public var weight: Double

    public init(from: AuthorIndex, to: AuthorIndex, weight: Double) {
        self.from = from
        self.to = to
        self.weight = weight
    }
}

/// An edge from an author to an item in a plain list.
public struct InteractionEdge: Hashable, Sendable {
    public var author: AuthorIndex
    public var item: ItemIndex
    public var weight: Double

    public init(author: AuthorIndex, item: ItemIndex, weight: Double) {
        self.author = author
        self.item = item
        self.weight = weight
    }
}

extension Array where Element: Comparable {
    /// The position of an element of an ascending array, or nil. O(log count).
    func sortedPosition(of element: Element) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle] < element { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == element ? low : nil
    }
}
