/// Who has each item and by which weight, as lists in one array that can grow: a list that is full moves to
/// the end, with room for half as many more.
struct ItemHolders {
    struct Holder {
        var author: UInt32
        /// As it stands in the author's row.
        var weight: Double
    }

    private struct List {
        var first: Int
        var count: Int
        var room: Int
    }

    private(set) var entries: [Holder] = []
    private var lists: [List]

    /// O(edges).
    init(_ snapshot: GraphSnapshot) {
        lists = (0..<snapshot.itemCount).map {
            let places = snapshot.holders.places($0)
            return List(first: places.lowerBound, count: 0, room: places.count)
        }
        let rows = snapshot.interactions
        entries.reserveCapacity(rows.entryCount + rows.entryCount / 4)
        entries.append(
            contentsOf: repeatElement(Holder(author: 0, weight: 0), count: rows.entryCount))
        for author in 0..<rows.rowCount {
            for entry in rows.entries(author) {
                append(author, rows.weights[entry], to: Int(rows.columns[entry]))
            }
        }
    }

    /// The places of an item's holders in `entries`, in no order.
    @inline(__always)
    func places(_ item: Int) -> Range<Int> {
        let list = lists[item]
        return list.first..<list.first + list.count
    }

    /// One holder more. O(1), now and then O(holders of the item).
    mutating func append(_ author: Int, _ weight: Double, to item: Int) {
        if lists[item].count == lists[item].room { move(item) }
        entries[lists[item].first + lists[item].count] = Holder(
            author: UInt32(truncatingIfNeeded: author), weight: weight)
        lists[item].count += 1
    }

    /// Another weight of a holder. O(holders of the item).
    mutating func replace(_ author: Int, _ weight: Double, in item: Int) {
        for place in places(item) where Int(entries[place].author) == author {
            entries[place].weight = weight
        }
    }

    private mutating func move(_ item: Int) {
        let (places, first) = (places(item), entries.count)
        for place in places { entries.append(entries[place]) }
        let more = places.count / 2 + 4
        entries.append(contentsOf: repeatElement(Holder(author: 0, weight: 0), count: more))
        lists[item] = List(first: first, count: places.count, room: places.count + more)
    }
}
