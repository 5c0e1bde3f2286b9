/// The authors within reach by their distance from the ego, and the ways that lead one step nearer.
///
/// Only trust edges that lead away from the ego are kept, so every way towards it is a shortest one:
/// a region cannot make its ways to the ego more by edges among its own, and none is longer than the
/// graph is deep.
struct TrustLevels {
    /// Authors within reach, nearest first; the ego stands first. Empty when it is not in the snapshot.
    let order: [UInt32]
    /// The place of an author in `order`; `unreached` for others. Per author.
    let places: [UInt32]
    /// Offsets into `nearer` and `shares`, one per place and one more.
    let offsets: [UInt32]
    /// For each place those of the authors one step nearer that trust it.
    let nearer: [UInt32]
    /// How much trust comes that way: visits of the nearer author times its normalised trust.
    let shares: [Double]

    static let unreached = UInt32.max

    /// `visits`: of each author by a trust walk from the ego. O(trust edges within reach).
    init(_ snapshot: GraphSnapshot, ego: AuthorIndex, visits: [Double]) {
        var places = [UInt32](repeating: Self.unreached, count: snapshot.authorCount)
        var levels = [UInt32](repeating: 0, count: snapshot.authorCount)
        var order: [UInt32] = []
        let rows = snapshot.trust
        if snapshot.contains(ego) {
            order.append(ego.value)
            places[ego.position] = 0
        }
        var next = 0
        while next < order.count {
            let author = Int(order[next])
            next += 1
            for entry in rows.entries(author)
            where places[Int(rows.columns[entry])] == Self.unreached {
                let child = rows.columns[entry]
                places[Int(child)] = UInt32(order.count)
                levels[Int(child)] = levels[author] + 1
                order.append(child)
            }
        }
        var offsets = [UInt32](repeating: 0, count: order.count + 1)
        Self.forEachStep(rows, order: order, levels: levels) { _, entry in
            offsets[Int(places[Int(rows.columns[entry])]) + 1] += 1
        }
        for place in 0..<order.count { offsets[place + 1] += offsets[place] }
        var filled = offsets
        var nearer = [UInt32](repeating: 0, count: Int(offsets[order.count]))
        var shares = [Double](repeating: 0, count: nearer.count)
        Self.forEachStep(rows, order: order, levels: levels) { author, entry in
            let place = Int(places[Int(rows.columns[entry])])
            let slot = Int(filled[place])
            filled[place] += 1
            nearer[slot] = places[author]
            shares[slot] = visits[author] * (rows.weights[entry] * rows.scales[author])
        }
        self.order = order
        self.places = places
        self.offsets = offsets
        self.nearer = nearer
        self.shares = shares
    }

    /// The ways from a place one step nearer.
    func ways(_ place: Int) -> Range<Int> { Int(offsets[place])..<Int(offsets[place + 1]) }

    /// The trust edges that lead one level down.
    private static func forEachStep(
        _ rows: CompressedRows, order: [UInt32], levels: [UInt32], _ body: (Int, Int) -> Void
    ) {
        for author in order.lazy.map(Int.init) {
            for entry in rows.entries(author)
            where levels[Int(rows.columns[entry])] == levels[author] + 1 {
                body(author, entry)
            }
        }
    }
}
