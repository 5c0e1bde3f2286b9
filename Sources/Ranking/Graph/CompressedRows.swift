/// A sparse matrix of positive weights by rows (CSR): 12 bytes an entry.
///
/// Columns ascend inside a row and occur once. Weights lie between 2^-1022 and 2^500 and every row
/// that is not empty holds one of at least 2^-500: a row outside is multiplied as a whole by a power
/// of two, which changes no ratio in it, so that sums of rows and columns cannot overflow.
public struct CompressedRows: Sendable {
    /// The first entry of each row, and the number of entries at the end: `rowCount + 1` numbers.
    public private(set) var offsets: [UInt32] = [0]
    public private(set) var columns: [UInt32] = []
    public private(set) var weights: [Double] = []
    /// One over the sum of each row's weights; 0 for an empty row.
    public private(set) var scales: [Double] = []

    init(rowCapacity: Int = 0, entryCapacity: Int = 0) {
        offsets.reserveCapacity(rowCapacity + 1)
        scales.reserveCapacity(rowCapacity)
        columns.reserveCapacity(entryCapacity)
        weights.reserveCapacity(entryCapacity)
    }

    /// From entries in any order; entries of one place add up. Rows must lie in `0..<rowCount`.
    /// O(entries log (entries of a row)).
    init(rowCount: Int, entries: [(row: UInt32, column: UInt32, weight: Double)]) {
        self.init(rowCapacity: rowCount, entryCapacity: entries.count)
        var next = [Int](repeating: 0, count: rowCount + 1)
        for entry in entries { next[Int(entry.row) + 1] += 1 }
        for row in 0..<rowCount { next[row + 1] += next[row] }
        let starts = next
        var dealt = [(column: UInt32, weight: Double)](repeating: (0, 0), count: entries.count)
        for entry in entries {
            dealt[next[Int(entry.row)]] = (entry.column, entry.weight)
            next[Int(entry.row)] += 1
        }
        for row in 0..<rowCount {
            append(dealt[starts[row]..<starts[row + 1]].sorted { $0 < $1 })
        }
    }

    /// From the finished parts of a matrix: columns ascend inside a row and occur once, weights are
    /// positive.
    init(offsets: [UInt32], columns: [UInt32], weights: [Double]) {
        self.init(rowCapacity: offsets.count)
        self.columns = columns
        self.weights = weights
        for row in 1..<max(1, offsets.count) {
            closeRow(from: Int(offsets[row - 1]), to: Int(offsets[row]))
        }
    }

    public var rowCount: Int { scales.count }
    public var entryCount: Int { columns.count }

    /// The bytes of the arrays that say which entries there are: offsets and columns.
    package var structureByteCount: Int { (offsets.count + columns.count) * 4 }

    /// The places of a row's entries in `columns` and `weights`.
    @inlinable
    public func entries(_ row: Int) -> Range<Int> { Int(offsets[row])..<Int(offsets[row + 1]) }

    /// The place of an entry, or nil. O(log of the row's length).
    public func entry(row: Int, column: UInt32) -> Int? {
        var range = entries(row)
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if columns[middle] == column { return middle }
            range =
                columns[middle] < column
                ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    /// Adds the next row. Its columns must ascend; neighbours of one column are added up; weights that
    /// are not positive stand for no entry.
    mutating func append(_ row: [(column: UInt32, weight: Double)]) {
        let first = columns.count
        for (column, weight) in row where weight > 0 {
            if columns.count > first, columns[columns.count - 1] == column {
                weights[weights.count - 1] += weight
            } else {
                columns.append(column)
                weights.append(weight)
            }
        }
        closeRow(from: first)
    }

    /// Adds a row of another matrix as it is.
    mutating func append(_ row: Int, of other: CompressedRows) {
        let range = other.entries(row)
        columns.append(contentsOf: other.columns[range])
        weights.append(contentsOf: other.weights[range])
        scales.append(other.scales[row])
        offsets.append(UInt32(columns.count))
    }

    /// The same matrix without some rows and without the entries in some columns.
    func removing(rows: [Bool], columns dropped: [Bool]) -> CompressedRows {
        var copy = CompressedRows(rowCapacity: rowCount, entryCapacity: entryCount)
        for row in 0..<rowCount {
            let first = copy.columns.count
            if !rows[row] {
                for entry in entries(row) where !dropped[Int(columns[entry])] {
                    copy.columns.append(columns[entry])
                    copy.weights.append(weights[entry])
                }
            }
            copy.closeRow(from: first)
        }
        return copy
    }

    private static let ceiling = 0x1p500
    private static let floor = 0x1p-500

    private mutating func closeRow(from first: Int) {
        closeRow(from: first, to: columns.count)
    }

    /// Brings the weights of the next row into their range and notes its end and its sum.
    private mutating func closeRow(from first: Int, to last: Int) {
        var largest = 0.0
        for entry in first..<last {
            weights[entry] = min(weights[entry], .greatestFiniteMagnitude)
            largest = max(largest, weights[entry])
        }
        if last > first, largest > Self.ceiling || largest < Self.floor {
            let target = largest > Self.ceiling ? 499 : -499
            for entry in first..<last {
                let shifted = Double(
                    sign: .plus, exponent: target - Int(largest.exponent),
                    significand: weights[entry])
                weights[entry] = shifted
            }
        }
        var sum = 0.0
        for entry in first..<last {
            weights[entry] = max(weights[entry], .leastNormalMagnitude)
            sum += weights[entry]
        }
        scales.append(last > first ? 1 / sum : 0)
        offsets.append(UInt32(last))
    }
}

/// The other direction of a `CompressedRows`: for each column the rows that have it, ascending.
///
/// A row's number takes 2 bytes while there are at most 65,536 rows, as in every node's bounded graph,
/// and 4 above.
public struct TransposedRows: Sendable {
    /// `columnCount + 1` numbers.
    public let offsets: [UInt32]
    private let narrow: [UInt16]
    private let wide: [UInt32]

    /// From the finished parts: rows ascend inside a column.
    init(offsets: [UInt32], rows: [UInt32], rowCount: Int) {
        self.offsets = offsets
        let isNarrow = rowCount <= 1 << 16
        narrow = isNarrow ? rows.map { UInt16(truncatingIfNeeded: $0) } : []
        wide = isNarrow ? [] : rows
    }

    /// O(entries), by counting.
    init(_ matrix: CompressedRows, columnCount: Int) {
        var offsets = [UInt32](repeating: 0, count: columnCount + 1)
        for column in matrix.columns { offsets[Int(column) + 1] += 1 }
        for column in 0..<columnCount { offsets[column + 1] += offsets[column] }
        var next = offsets
        var rows = [UInt32](repeating: 0, count: matrix.entryCount)
        for row in 0..<matrix.rowCount {
            for entry in matrix.entries(row) {
                let column = Int(matrix.columns[entry])
                rows[Int(next[column])] = UInt32(truncatingIfNeeded: row)
                next[column] += 1
            }
        }
        self.init(offsets: offsets, rows: rows, rowCount: matrix.rowCount)
    }

    /// The places of a column's entries.
    public func places(_ column: Int) -> Range<Int> {
        Int(offsets[column])..<Int(offsets[column + 1])
    }

    /// The rows of all places, 4 bytes each. O(entries) where they are held in 2.
    public var rows: [UInt32] { narrow.isEmpty ? wide : narrow.map { UInt32($0) } }

    /// The row at a place.
    public func row(at place: Int) -> UInt32 {
        narrow.isEmpty ? wide[place] : UInt32(narrow[place])
    }

    /// The place of a row in a column, or nil. O(log of the column's length).
    func place(of row: Int, in column: Int) -> Int? {
        var range = places(column)
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            let found = Int(self.row(at: middle))
            if found == row { return middle }
            range = found < row ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    /// The bytes of its arrays.
    package var byteCount: Int { offsets.count * 4 + narrow.count * 2 + wide.count * 4 }
}
