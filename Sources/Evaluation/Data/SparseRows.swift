internal import Primitives

/// A sparse matrix of numbers by rows (CSR), columns ascending inside a row: 12 bytes an entry.
///
/// Unlike Ranking's `CompressedRows` it keeps values as they are and multiplies both ways, which is
/// what the baselines need.
public struct SparseRows: Hashable, Sendable {
    public let columnCount: Int
    /// `rowCount + 1` numbers.
    public let offsets: [Int]
    public let columns: [UInt32]
    public private(set) var values: [Double]

    /// One place of the matrix.
    public struct Entry: Hashable, Sendable {
        public var row: UInt32
        public var column: UInt32
        public var value: Double

        public init(row: Int, column: Int, value: Double) {
            self.row = UInt32(row)
            self.column = UInt32(column)
            self.value = value
        }
    }

    /// From entries in any order; of entries of one place the values add up. Requires places inside
    /// the shape. O(entries log entries).
    public init(rowCount: Int, columnCount: Int, entries: [Entry]) {
        let sorted = entries.sorted {
            ($0.row, $0.column, $0.value) < ($1.row, $1.column, $1.value)
        }
        var offsets = [0]
        var columns: [UInt32] = []
        var values: [Double] = []
        offsets.reserveCapacity(rowCount + 1)
        columns.reserveCapacity(sorted.count)
        values.reserveCapacity(sorted.count)
        var next = 0
        for row in 0..<rowCount {
            while next < sorted.count, Int(sorted[next].row) == row {
                let entry = sorted[next]
                require(Int(entry.column) < columnCount, "an entry lies inside its matrix")
                if columns.count > offsets[row], columns[columns.count - 1] == entry.column {
                    values[values.count - 1] += entry.value
                } else {
                    columns.append(entry.column)
                    values.append(entry.value)
                }
                next += 1
            }
            offsets.append(columns.count)
        }
        require(next == sorted.count, "an entry lies inside its matrix")
        self.columnCount = columnCount
        self.offsets = offsets
        self.columns = columns
        self.values = values
    }

    private init(columnCount: Int, offsets: [Int], columns: [UInt32], values: [Double]) {
        self.columnCount = columnCount
        self.offsets = offsets
        self.columns = columns
        self.values = values
    }

    public var rowCount: Int { offsets.count - 1 }
    public var entryCount: Int { columns.count }

    /// The places of a row's entries in `columns` and `values`.
    public func entries(_ row: Int) -> Range<Int> { offsets[row]..<offsets[row + 1] }

    /// The columns of a row, ascending.
    public func row(_ row: Int) -> ArraySlice<UInt32> { columns[entries(row)] }

    /// The number of entries in each column. O(entries).
    public var columnCounts: [Int] {
        var counts = [Int](repeating: 0, count: columnCount)
        for column in columns { counts[Int(column)] += 1 }
        return counts
    }

    /// The sum of each row.
    public var rowSums: [Double] {
        (0..<rowCount).map { row in entries(row).reduce(0) { $0 + values[$1] } }
    }

    /// Columns as rows, by counting. O(entries).
    public func transposed() -> SparseRows {
        var offsets = [Int](repeating: 0, count: columnCount + 1)
        for column in columns { offsets[Int(column) + 1] += 1 }
        for column in 0..<columnCount { offsets[column + 1] += offsets[column] }
        var next = offsets
        var rows = [UInt32](repeating: 0, count: columns.count)
        var turned = [Double](repeating: 0, count: columns.count)
        for row in 0..<rowCount {
            for entry in entries(row) {
                let place = next[Int(columns[entry])]
                next[Int(columns[entry])] += 1
                rows[place] = UInt32(row)
                turned[place] = values[entry]
            }
        }
        return SparseRows(columnCount: rowCount, offsets: offsets, columns: rows, values: turned)
    }

    /// The same places with other values.
    public func mapValues(_ transform: (Double) -> Double) -> SparseRows {
        SparseRows(
            columnCount: columnCount, offsets: offsets, columns: columns,
            values: values.map(transform))
    }

    /// The same places, the values of each row by a function of the row and the value.
    public func mapRows(_ transform: (Int, Double) -> Double) -> SparseRows {
        var copy = self
        for row in 0..<rowCount {
            for entry in entries(row) { copy.values[entry] = transform(row, values[entry]) }
        }
        return copy
    }
}
