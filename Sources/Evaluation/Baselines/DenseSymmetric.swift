internal import Primitives

/// A dense symmetric positive definite matrix, lower half by rows: what EASE^R inverts.
struct DenseSymmetric: Sendable {
    let size: Int
    /// `size * size` numbers by rows; only columns up to the row's own are used.
    var values: [Double]

    init(size: Int) {
        self.size = size
        values = [Double](repeating: 0, count: size * size)
    }

    /// Replaces the matrix by its inverse, both halves filled. False, with the content lost, when the
    /// matrix is not positive definite. n^3 multiplications.
    ///
    /// Cholesky factor L, its inverse M, then M^T M (Golub & Van Loan, section 4.2); all inner loops
    /// run along rows.
    mutating func invert() -> Bool {
        guard factor() else { return false }
        invertFactor()
        multiplyFactor()
        return true
    }

    /// L in the lower half, row by row in blocks: inner products of rows.
    private mutating func factor() -> Bool {
        for row in 0..<size {
            for column in 0...row {
                let sum = dot(row, column, count: column)
                let rest = values[row * size + column] - sum
                if column == row {
                    guard rest > 0 else { return false }
                    values[row * size + row] = rest.squareRoot()
                } else {
                    values[row * size + column] = rest / values[column * size + column]
                }
            }
        }
        return true
    }

    /// The inverse of L in the lower half: row i is `-(sum of L_ij row j) / L_ii`, with `1 / L_ii` at
    /// its end.
    private mutating func invertFactor() {
        let size = size
        var sums = [Double](repeating: 0, count: size)
        for row in 0..<size {
            let diagonal = values[row * size + row]
            for column in 0..<row { sums[column] = 0 }
            for middle in 0..<row {
                let weight = values[row * size + middle]
                guard weight != 0 else { continue }
                for column in 0...middle {
                    sums[column] += weight * values[middle * size + column]
                }
            }
            for column in 0..<row { values[row * size + column] = -sums[column] / diagonal }
            values[row * size + row] = 1 / diagonal
        }
    }

    /// M^T M into both halves: row k of M adds its products to the rows above and its own.
    private mutating func multiplyFactor() {
        let size = size
        var product = [Double](repeating: 0, count: size * size)
        for middle in 0..<size {
            for row in 0...middle {
                let weight = values[middle * size + row]
                guard weight != 0 else { continue }
                for column in 0...row {
                    product[row * size + column] += weight * values[middle * size + column]
                }
            }
        }
        for row in 0..<size {
            for column in 0..<row { product[column * size + row] = product[row * size + column] }
        }
        values = product
    }

    /// The inner product of the first `count` numbers of two rows, in four partial sums.
    private func dot(_ left: Int, _ right: Int, count: Int) -> Double {
        let span = values.span
        let one = left * size
        let other = right * size
        var sums = SIMD4<Double>.zero
        var place = 0
        while place + 4 <= count {
            let a = SIMD4(
                span[one + place], span[one + place + 1], span[one + place + 2],
                span[one + place + 3])
            let b = SIMD4(
                span[other + place], span[other + place + 1], span[other + place + 2],
                span[other + place + 3])
            sums += a * b
            place += 4
        }
        var sum = sums.sum()
        while place < count {
            sum += span[one + place] * span[other + place]
            place += 1
        }
        return sum
    }
}
