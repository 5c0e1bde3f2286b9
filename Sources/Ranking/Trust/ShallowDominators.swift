/// Dominators where few stand in a row: each author's parent in the tree begins as who leads to it first
/// and moves up until it stands above everybody who leads there (Cooper, Harvey & Kennedy 2001).
///
/// Breadth first, so that parents come before children and most authors are below the root after one look
/// at each edge; who is there stays there and is not looked at again. Deep trees would take as many
/// steps as they have levels, for each edge: it counts them and gives up.
struct ShallowDominators {
    /// Authors within reach, nearest first; the root stands first.
    private(set) var order: [UInt32] = []
    /// The place in `order` of each one's immediate dominator; 0 for the root itself.
    private(set) var above: [UInt32] = []
    private var places: [UInt32]
    /// Steps left.
    private var left: Int

    private static let unseen = UInt32.max

    /// Nil when it would take more than `stepsPerEdge` for each edge and author.
    init?(_ rows: CompressedRows, root: Int, stepsPerEdge: Int) {
        places = [UInt32](repeating: Self.unseen, count: rows.rowCount)
        left = stepsPerEdge * (rows.entryCount + rows.rowCount)
        order.reserveCapacity(rows.rowCount)
        above.reserveCapacity(rows.rowCount)
        see(UInt32(truncatingIfNeeded: root), from: 0)
        while let changed = pass(rows) {
            if !changed { return }
        }
        return nil
    }

    private mutating func see(_ author: UInt32, from place: UInt32) {
        places[Int(author)] = UInt32(truncatingIfNeeded: order.count)
        order.append(author)
        above.append(place)
    }

    /// Looks at each edge once; whether a parent changed, nil when steps are used up.
    private mutating func pass(_ rows: CompressedRows) -> Bool? {
        let columns = rows.columns.span
        var (changed, place) = (false, 0)
        while place < order.count {
            let range = rows.entries(Int(order[place]))
            left -= range.count
            for entry in range {
                let child = places[Int(columns[entry])]
                if child == Self.unseen {
                    see(columns[entry], from: UInt32(truncatingIfNeeded: place))
                    changed = true
                } else if above[Int(child)] != 0 {
                    let shared = nearest(UInt32(truncatingIfNeeded: place), above[Int(child)])
                    guard shared != above[Int(child)] else { continue }
                    above[Int(child)] = shared
                    changed = true
                }
            }
            guard left >= 0 else { return nil }
            place += 1
        }
        return changed
    }

    /// The nearest place above, or at, both. Places get smaller on the way up.
    private mutating func nearest(_ one: UInt32, _ other: UInt32) -> UInt32 {
        var (one, other) = (one, other)
        while one != other {
            left -= 1
            if one > other { one = above[Int(one)] } else { other = above[Int(other)] }
        }
        return one
    }
}
