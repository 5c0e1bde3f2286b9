internal import Primitives

/// The identity of a snapshot: copies share it.
final class SnapshotToken: Sendable {}

/// From which snapshot another was made, and the authors whose interactions were replaced.
struct SnapshotOrigin: Sendable {
    let earlier: SnapshotToken
    let authors: [UInt32]
}

/// The interactions of one author, all of them.
public struct InteractionRow: Sendable {
    public var author: AuthorIndex
    /// Weights after the `Weighting`; entries of one item add up, in any order.
    public var items: [(item: ItemIndex, weight: Double)]

    public init(author: AuthorIndex, items: [(item: ItemIndex, weight: Double)]) {
        self.author = author
        self.items = items
    }
}

extension GraphSnapshot {
    /// The same authors, items and trust with other interactions of a few authors; it knows which, so
    /// that a warm start need not look for them.
    ///
    /// Requires indices inside the snapshot, each author once. Weights that are not positive and finite
    /// do not enter. O(edges), a copy.
    public func replacing(_ rows: [InteractionRow]) -> GraphSnapshot {
        var replaced: [Int: [(column: UInt32, weight: Double)]] = [:]
        for row in rows {
            require(contains(row.author), "a replaced row is an author's")
            require(replaced[row.author.position] == nil, "an author's row is replaced once")
            let entries = row.items.filter { $0.weight > 0 && $0.weight.isFinite }
            require(entries.allSatisfy { contains($0.item) }, "a replaced row stays inside")
            replaced[row.author.position] = entries.map { ($0.item.value, $0.weight) }
                .sorted { $0 < $1 }
        }
        return GraphSnapshot(
            trust: trust, interactions: interactions.replacing(replaced), itemCount: itemCount,
            ego: ego, authorKeys: authorKeys, itemIDs: itemIDs,
            origin: SnapshotOrigin(earlier: token, authors: rows.map(\.author.value).sorted()))
    }

    /// The authors whose interactions differ from an earlier snapshot's, ascending, where nothing else
    /// does; nil where more does, or more than `limit` authors. O(1) for a snapshot that was made from
    /// the earlier one by replacing rows, else O(edges).
    func changedAuthors(since earlier: GraphSnapshot, limit: Int) -> [Int]? {
        guard authorCount == earlier.authorCount, itemCount == earlier.itemCount,
            authorKeys == earlier.authorKeys, itemIDs == earlier.itemIDs,
            trust.offsets == earlier.trust.offsets, trust.columns == earlier.trust.columns,
            trust.weights == earlier.trust.weights
        else { return nil }
        if let origin, origin.earlier === earlier.token {
            return origin.authors.count <= limit ? origin.authors.map { Int($0) } : nil
        }
        var changed: [Int] = []
        for author in 0..<authorCount
        where !interactions.hasSameRow(author, as: earlier.interactions) {
            guard changed.count < limit else { return nil }
            changed.append(author)
        }
        return changed
    }
}

extension CompressedRows {
    /// The same matrix with other rows in some places; their columns ascend.
    fileprivate func replacing(
        _ replaced: [Int: [(column: UInt32, weight: Double)]]
    ) -> CompressedRows {
        let added = replaced.values.reduce(0) { $0 + $1.count }
        var copy = CompressedRows(rowCapacity: rowCount, entryCapacity: entryCount + added)
        for row in 0..<rowCount {
            if let entries = replaced[row] {
                copy.append(entries)
            } else {
                copy.append(row, of: self)
            }
        }
        return copy
    }

    fileprivate func hasSameRow(_ row: Int, as other: CompressedRows) -> Bool {
        let (ours, theirs) = (entries(row), other.entries(row))
        guard ours.count == theirs.count else { return false }
        for (one, another) in zip(ours, theirs)
        where columns[one] != other.columns[another] || weights[one] != other.weights[another] {
            return false
        }
        return true
    }
}
