/// The edges that walks follow: by vertex, with what a choice among them needs.
struct WalkRows: Sendable {
    /// `vertices + 1` numbers.
    let offsets: [UInt32]
    /// Where each edge leads.
    let columns: [UInt32]
    /// The sum of the weights of a row up to and with each edge; empty: all edges of a row are alike.
    let sums: [Double]

    /// Every edge of a row with the same chance.
    init(uniform rows: CompressedRows) {
        (offsets, columns, sums) = (rows.offsets, rows.columns, [])
    }

    /// From a column to any row that has it, with the same chance.
    init(uniform holders: TransposedRows) {
        (offsets, columns, sums) = (holders.offsets, holders.rows, [])
    }

    /// Edges in proportion to their weights. O(edges), 8 bytes each.
    ///
    /// Running sums and not alias tables, because the shared traces of `TrustWalks` are drawn by this
    /// rule. A search costs tens of nanoseconds more than a uniform choice, which a ranking of 10,000
    /// walks does not feel.
    init(weighted rows: CompressedRows) {
        offsets = rows.offsets
        columns = rows.columns
        var sums = rows.weights
        for row in 0..<rows.rowCount {
            var sum = 0.0
            for entry in rows.entries(row) {
                sum += sums[entry]
                sums[entry] = sum
            }
        }
        self.sums = sums
    }

    /// One of `first ..< end`, all alike, by multiplication as `SeededRandom.below`; `first` when there
    /// is none.
    @inline(__always)
    static func entry(_ first: UInt32, _ end: UInt32, _ word: UInt64) -> UInt32 {
        let part = word.multipliedFullWidth(by: UInt64(end &- first)).high
        return first &+ UInt32(truncatingIfNeeded: part)
    }

    /// The first of `first ..< end` whose running sum passes the drawn part of the whole; `first` when
    /// there is none.
    @inline(__always)
    static func entry(
        _ first: UInt32, _ end: UInt32, _ word: UInt64, _ sums: Span<Double>
    ) -> UInt32 {
        guard first < end else { return first }
        let target = Double(word >> 11) * 0x1p-53 * sums[Int(end) - 1]
        var low = first
        // The last one takes what rounding leaves over, so it needs no look.
        var length = end - first - 1
        while length > 0 {
            let half = length - length / 2
            let middle = low + half
            if sums[Int(middle) - 1] <= target { low = middle }
            length -= half
        }
        return low
    }
}
