import Foundation
import Primitives
import Ranking
import Testing

@testable import Evaluation

@Suite("Baselines")
struct BaselineTests {
    private typealias Dense = [[Double]]

    private func dense(_ matrix: SparseRows, binary: Bool = false) -> [[Double]] {
        (0..<matrix.rowCount).map { row in
            var values = [Double](repeating: 0, count: matrix.columnCount)
            for entry in matrix.entries(row) {
                values[Int(matrix.columns[entry])] = binary ? 1 : matrix.values[entry]
            }
            return values
        }
    }

    private func isClose(_ left: [Double], _ right: [Double], _ tolerance: Double = 1e-9) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { abs($0 - $1) <= tolerance }
    }

    @Test("the best of an array are those of a full sort", arguments: 1...20)
    func topItems(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let values = (0..<200).map { _ in Double(random.below(30)) - 5 }
        let sorted = values.indices.filter { values[$0] > 0 }
            .sorted { (-values[$0], $0) < (-values[$1], $1) }.map(UInt32.init)
        for count in [0, 1, 7, 199, 500] {
            #expect(
                TopItems.best(values, count: count, above: 0) == Array(sorted.prefix(count)),
                "seed \(seed), \(count)")
        }
    }

    @Test("ItemKNN sums cosines to the items that the user has")
    func itemKNN() async throws {
        let train = try crowdData(seed: 1).train
        let settings = ItemKNN.Settings(transform: .log1p, neighbours: 1000, shrink: 2)
        let fitted = await ItemKNN.fit(train, settings, threads: 2)
        let scorer = try #require(fitted as? LinkedItems)
        let matrix = dense(train).map { $0.map { log(1 + $0) } }
        let count = train.columnCount
        func dot(_ i: Int, _ j: Int) -> Double { matrix.reduce(0) { $0 + $1[i] * $1[j] } }
        for user in [0, 5, 11] {
            let expected = (0..<count).map { j in
                (0..<count).filter { $0 != j }.reduce(0.0) { sum, i in
                    let norms = (dot(i, i) * dot(j, j)).squareRoot() + 2
                    return sum + matrix[user][i] * dot(i, j) / norms
                }
            }
            #expect(isClose(scorer.scores(user), expected))
        }
    }

    @Test("UserKNN sums what the nearest users have, by cosine")
    func userKNN() throws {
        let train = try crowdData(seed: 2).train
        let scorer = UserKNN(train, .init(transform: .binary, neighbours: 3, shrink: 0))
        let matrix = dense(train, binary: true)
        func dot(_ u: Int, _ v: Int) -> Double {
            zip(matrix[u], matrix[v]).reduce(0) { $0 + $1.0 * $1.1 }
        }
        for user in 0..<10 {
            let alike = matrix.indices.filter { $0 != user }.map { other in
                (other, dot(user, other) / (dot(user, user) * dot(other, other)).squareRoot())
            }.sorted { (-$0.1, $0.0) < (-$1.1, $1.0) }.prefix(3)
            let expected = (0..<train.columnCount).map { item in
                alike.reduce(0) { $0 + $1.1 * matrix[$1.0][item] }
            }
            #expect(isClose(scorer.scores(user), expected), "user \(user)")
        }
    }

    @Test("RP3beta is the product of three transitions over popularity; beta 0 is P3alpha")
    func walks() async throws {
        let train = try crowdData(seed: 3).train
        let matrix = dense(train, binary: true)
        let users = matrix.map { $0.reduce(0, +) }
        let items = train.columnCounts.map(Double.init)
        for beta in [0, 0.6] {
            let fitted = await WalkLinks.fit(
                train, .init(transform: .binary, alpha: 0.8, beta: beta, neighbours: 1000),
                threads: 2)
            let scorer = try #require(fitted as? LinkedItems)
            for user in [0, 7] {
                let expected = items.indices.map { j in
                    items.indices.filter { $0 != j && items[$0] > 0 }.reduce(0.0) { sum, i in
                        let back = matrix.indices.reduce(0.0) { part, v in
                            guard users[v] > 0 else { return part }
                            return part + matrix[v][i] * pow(1 / items[i], 0.8)
                                * matrix[v][j] * pow(1 / users[v], 0.8)
                        }
                        return sum + matrix[user][i] * pow(1 / users[user], 0.8) * back
                    } * pow(max(1, items[j]), -beta)
                }
                #expect(isClose(scorer.scores(user), expected), "beta \(beta), user \(user)")
            }
        }
    }

    @Test("a dense inverse times its matrix is the identity", arguments: [1, 2, 3, 17, 40])
    func inverse(size: Int) {
        var random = SeededRandom(seed: UInt64(size))
        let factor = (0..<size).map { _ in (0..<size).map { _ in random.unit() - 0.5 } }
        var matrix = DenseSymmetric(size: size)
        for row in 0..<size {
            for column in 0..<size {
                let product = (0..<size).reduce(0) { $0 + factor[row][$1] * factor[column][$1] }
                matrix.values[row * size + column] = product + (row == column ? 0.1 : 0)
            }
        }
        let original = matrix.values
        let isInverted = matrix.invert()
        #expect(isInverted)
        for row in 0..<size {
            for column in 0..<size {
                let product = (0..<size).reduce(0) {
                    $0 + original[row * size + $1] * matrix.values[$1 * size + column]
                }
                #expect(abs(product - (row == column ? 1 : 0)) < 1e-9)
            }
        }
        var indefinite = DenseSymmetric(size: size)
        indefinite.values[0] = -1
        let isRefused = !indefinite.invert()
        #expect(isRefused)
    }

    /// More items than users, and more users than items: the two ways to the same model.
    @Test("EASE^R by users and by items is the closed form", arguments: [(12, 30), (40, 12)])
    func ease(shape: (users: Int, items: Int)) throws {
        let train = try crowdData(seed: 5, users: shape.users, items: shape.items).train
        let scorer = try Ease(train, .init(lambda: 3))
        let matrix = dense(train, binary: true)
        let count = train.columnCount
        var gram = DenseSymmetric(size: count)
        for i in 0..<count {
            for j in 0..<count {
                gram.values[i * count + j] =
                    matrix.reduce(0) { $0 + $1[i] * $1[j] } + (i == j ? 3 : 0)
            }
        }
        let isInverted = gram.invert()
        #expect(isInverted)
        for user in 0..<min(12, train.rowCount) {
            let scores = scorer.scores(user)
            for j in 0..<count where matrix[user][j] == 0 {
                let expected = (0..<count).filter { $0 != j }.reduce(0.0) { sum, i in
                    sum - matrix[user][i] * gram.values[i * count + j]
                        / gram.values[j * count + j]
                }
                #expect(abs(scores[j] - expected) < 1e-9, "user \(user), item \(j)")
            }
        }
    }

    @Test("a sweep of iALS solves the normal equations: the loss never rises")
    func implicitALS() async throws {
        let train = try crowdData(seed: 6).train
        let matrix = dense(train, binary: true)
        var settings = ImplicitALS.Settings(factors: 4, sweeps: 1)
        settings.lambda = 0.05
        var losses: [Double] = []
        for sweeps in [1, 2, 4, 16] {
            settings.sweeps = sweeps
            let fitted = await ImplicitALS.fit(train, settings, threads: 2)
            let model = try #require(fitted as? ImplicitALS)
            losses.append(model.loss(matrix, settings))
        }
        #expect(losses == losses.sorted(by: >), "\(losses)")
        #expect(losses[0] - losses[3] > 1)
    }

    @Test(
        "every baseline knows two crowds apart",
        arguments: [
            MethodName.itemknn, .userknn, .p3alpha, .rp3beta, .ease, .ials, .salsa, .taste,
            .tasteOpen,
        ])
    func crowdsApart(method: MethodName) async throws {
        let data = try crowdData(seed: 7)
        let evaluator = Evaluator(data, lengths: [5], threads: 2)
        var settings = MethodSettings()
        try settings.set("ials.factors", to: "4")
        try settings.set("ease.lambda", to: "5")
        let lists = try #require(try await evaluator.lists(method, settings)).lists
        var own = 0
        var all = 0
        for (user, list) in zip(data.users, lists.byUser) {
            for item in list {
                let number = Int(data.items[Int(item)].dropFirst()) ?? 0
                own += number % 2 == (Int(user.dropFirst()) ?? 0) % 2 ? 1 : 0
                all += 1
            }
        }
        #expect(all == data.scoredUsers.count * 5, "\(method): every list is full")
        #expect(Double(own) > 0.8 * Double(all), "\(method): \(own) of \(all)")
    }

    @Test("lists do not depend on the number of threads", arguments: MethodName.allCases)
    func threads(method: MethodName) async throws {
        let data = try crowdData(seed: 8, timed: true)
        var settings = MethodSettings()
        settings.ranking.walks = 200
        try settings.set("ials.factors", to: "4")
        let one = try await Evaluator(data, lengths: [10], threads: 1).lists(method, settings)
        let three = try await Evaluator(data, lengths: [10], threads: 3).lists(method, settings)
        #expect(try #require(one).lists == #require(three).lists)
        #expect(one?.lists.byUser.contains { !$0.isEmpty } == true)
    }

    @Test("a setting that does not exist or is out of range is refused")
    func settings() throws {
        var settings = MethodSettings()
        try settings.set("taste.b", to: "0.75")
        #expect(settings.ranking.taste.b == 0.75)
        for (name, value) in [
            ("taste.b", "1.5"), ("taste.x", "1"), ("ials.factors", "0"), ("ease.lambda", "nan"),
            ("engine.transform", "cube"),
        ] {
            let failure = #expect(throws: EvaluationFailure.self) {
                var copy = settings
                try copy.set(name, to: value)
            }
            #expect(failure?.code == .usage, "\(name)=\(value)")
        }
    }
}
