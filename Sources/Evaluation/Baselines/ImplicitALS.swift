internal import Foundation
internal import Primitives

/// `ials`: matrix factorisation of implicit feedback by alternating least squares (Hu, Koren &
/// Volinsky, ICDM 2008), in the parametrisation and initialisation of Rendle et al. (RecSys 2022).
///
/// Minimises `sum over observed (1 - x.y)^2 + alpha0 sum over all (x.y)^2 + lambda sum over rows
/// (observed + alpha0 columns)^nu |x|^2`, each row exactly by Cholesky.
struct ImplicitALS: Scorer {
    struct Settings: Hashable, Sendable {
        var factors = 64
        var sweeps = 16
        /// Weight of what was not observed.
        var alpha0 = 0.1
        var lambda = 0.01
        var nu = 1.0
        /// Standard deviation of the first factors, times the root of their number.
        var deviation = 0.1
        var seed: UInt64 = 1
    }

    let known: SparseRows
    private let users: [Double]
    private let items: [Double]
    private let factors: Int

    var floor: Double { -.infinity }

    private init(known: SparseRows, users: [Double], items: [Double], factors: Int) {
        self.known = known
        self.users = users
        self.items = items
        self.factors = factors
    }

    /// Nil when cancelled. O(sweeps x (entries f^2 + rows f^3)).
    static func fit(
        _ train: SparseRows, _ settings: Settings, threads: Int
    ) async -> (any Recommender)? {
        let turned = train.transposed()
        var users = normal(train.rowCount, settings, stream: "users")
        var items = normal(train.columnCount, settings, stream: "items")
        for _ in 0..<settings.sweeps {
            guard let left = await sweep(train, against: items, settings, threads: threads),
                let right = await sweep(turned, against: left, settings, threads: threads)
            else { return nil }
            users = left
            items = right
        }
        return ImplicitALS(known: train, users: users, items: items, factors: settings.factors)
    }

    func scores(_ user: Int) -> [Double] {
        let first = user * factors
        let own = Array(users[first..<first + factors])
        return (0..<known.columnCount).map { item in
            var sum = 0.0
            let start = item * factors
            for place in 0..<factors { sum += own[place] * items[start + place] }
            return sum
        }
    }

    /// What `fit` minimises, for a dense binary matrix: for tests and diagnosis.
    func loss(_ matrix: [[Double]], _ settings: Settings) -> Double {
        var loss = 0.0
        for (user, row) in matrix.enumerated() {
            for (score, value) in zip(scores(user), row) {
                loss += settings.alpha0 * score * score
                if value > 0 { loss += (1 - score) * (1 - score) }
            }
        }
        func ridge(_ vectors: [Double], _ observed: [Int], _ others: Int) -> Double {
            observed.enumerated().reduce(0) { sum, next in
                let range = next.offset * factors..<(next.offset + 1) * factors
                let size = Double(next.element) + settings.alpha0 * Double(others)
                return sum + settings.lambda * pow(size, settings.nu)
                    * vectors[range].reduce(0) { $0 + $1 * $1 }
            }
        }
        let counts = (0..<known.rowCount).map { known.entries($0).count }
        return loss + ridge(users, counts, known.columnCount)
            + ridge(items, known.columnCounts, known.rowCount)
    }

    /// The factors of all rows for fixed factors of the columns.
    private static func sweep(
        _ rows: SparseRows, against other: [Double], _ settings: Settings, threads: Int
    ) async -> [Double]? {
        let factors = settings.factors
        let gram = gram(other, factors).map { $0 * settings.alpha0 }
        let solved = await Parallel.map(rows.rowCount, threads: threads) { row in
            solve(rows.row(row), columnCount: rows.columnCount, other, gram, settings)
        }
        return solved?.flatMap { $0 }
    }

    private static func solve(
        _ observed: ArraySlice<UInt32>, columnCount: Int, _ other: [Double], _ gram: [Double],
        _ settings: Settings
    ) -> [Double] {
        let factors = settings.factors
        guard !observed.isEmpty else { return [Double](repeating: 0, count: factors) }
        var matrix = gram
        var right = [Double](repeating: 0, count: factors)
        for column in observed {
            let first = Int(column) * factors
            for row in 0..<factors {
                let value = other[first + row]
                right[row] += value
                for place in 0...row {
                    matrix[row * factors + place] += value * other[first + place]
                }
            }
        }
        let size = Double(observed.count) + settings.alpha0 * Double(columnCount)
        let ridge = settings.lambda * pow(size, settings.nu)
        for row in 0..<factors { matrix[row * factors + row] += ridge }
        return solved(&matrix, right)
    }

    /// Cholesky in place, then the two triangular systems. The ridge keeps the matrix positive.
    private static func solved(_ matrix: inout [Double], _ right: [Double]) -> [Double] {
        let size = right.count
        for row in 0..<size {
            for column in 0...row {
                var sum = matrix[row * size + column]
                for place in 0..<column {
                    sum -= matrix[row * size + place] * matrix[column * size + place]
                }
                matrix[row * size + column] =
                    row == column
                    ? max(sum, .leastNormalMagnitude).squareRoot()
                    : sum / matrix[column * size + column]
            }
        }
        var solution = right
        for row in 0..<size {
            for place in 0..<row { solution[row] -= matrix[row * size + place] * solution[place] }
            solution[row] /= matrix[row * size + row]
        }
        for row in stride(from: size - 1, through: 0, by: -1) {
            solution[row] /= matrix[row * size + row]
            for place in 0..<row { solution[place] -= matrix[row * size + place] * solution[row] }
        }
        return solution
    }

    /// Lower half of the sum of outer products.
    private static func gram(_ vectors: [Double], _ factors: Int) -> [Double] {
        var gram = [Double](repeating: 0, count: factors * factors)
        for first in stride(from: 0, to: vectors.count, by: factors) {
            for row in 0..<factors {
                let value = vectors[first + row]
                guard value != 0 else { continue }
                for place in 0...row {
                    gram[row * factors + place] += value * vectors[first + place]
                }
            }
        }
        return gram
    }

    /// Normal deviates by Box and Muller (1958).
    private static func normal(_ rows: Int, _ settings: Settings, stream: String) -> [Double] {
        var random = SeededRandom(seed: settings.seed, stream: stream)
        let scale = settings.deviation / Double(settings.factors).squareRoot()
        return (0..<rows * settings.factors).map { _ in
            let radius = (-2 * log(1 - random.unit())).squareRoot()
            return scale * radius * cos(2 * .pi * random.unit())
        }
    }
}
