@testable import Ranking

/// The specification once more, by dense matrices and without any of the engines' code.
struct DenseReference {
    typealias Matrix = [[Double]]

    let users: Int
    let items: Int
    let ego: Int
    /// Raw weights.
    var trust: Matrix
    var listens: Matrix

    init(users: Int, items: Int, ego: Int, trust: [TrustEdge], listens: [InteractionEdge]) {
        self.users = users
        self.items = items
        self.ego = ego
        self.trust = Matrix(repeating: [Double](repeating: 0, count: users), count: users)
        self.listens = Matrix(repeating: [Double](repeating: 0, count: items), count: users)
        for edge in trust where edge.from != edge.to {
            self.trust[edge.from.position][edge.to.position] += edge.weight
        }
        for edge in listens {
            self.listens[edge.author.position][edge.item.position] += edge.weight
        }
    }

    /// From a graph file, with its half-life.
    init(_ file: GraphFile) {
        let trust = file.graph.trust.map {
            TrustEdge(
                from: AuthorIndex(UInt32($0[0])), to: AuthorIndex(UInt32($0[1])), weight: $0[2])
        }
        var listens: [InteractionEdge] = []
        for row in file.graph.listens {
            var weight = row[2]
            if row.count > 3, let halfLife = file.params?.halfLifeEpochs {
                for _ in 0..<Int(row[3]) { weight *= 1 / Self.root(2, of: halfLife) }
            }
            listens.append(
                InteractionEdge(
                    author: AuthorIndex(UInt32(row[0])), item: ItemIndex(UInt32(row[1])),
                    weight: weight))
        }
        self.init(
            users: file.graph.users, items: file.graph.items, ego: file.graph.seed, trust: trust,
            listens: listens)
    }

    /// The n-th root by bisection.
    private static func root(_ value: Double, of degree: Double) -> Double {
        var (low, high) = (1.0, value)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            var power = 1.0
            for _ in 0..<Int(degree) { power *= middle }
            if power < value { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// `G = (I - (1 - alpha) P)^-1`: row u holds the expected visits of walks from u.
    func green(alpha: Double) -> Matrix {
        var system = Matrix(repeating: [Double](repeating: 0, count: users), count: users)
        for user in 0..<users {
            let sum = trust[user].reduce(0, +)
            for other in 0..<users where sum > 0 {
                system[user][other] = -(1 - alpha) * trust[user][other] / sum
            }
            system[user][user] += 1
        }
        // Elimination leaves specks of 1e-17 where no path leads.
        return Self.inverse(system).map { row in row.map { abs($0) < 1e-14 ? 0 : $0 } }
    }

    /// The chance that a walk from a ever visits b, for all pairs.
    func hits(alpha: Double) -> Matrix {
        let green = green(alpha: alpha)
        return green.map { row in row.indices.map { row[$0] / green[$0][$0] } }
    }

    /// For each user the largest share of the walks to it that met one other vertex before, and that
    /// vertex.
    func trustBottleneck(alpha: Double) -> (ratio: [Double], cut: [Int]) {
        let hit = hits(alpha: alpha)
        var ratio = [Double](repeating: 0, count: users)
        var cut = [Int](repeating: -1, count: users)
        for user in 0..<users where user != ego && hit[ego][user] > 0 {
            for other in 0..<users where other != user && other != ego {
                let first =
                    (hit[ego][other] - hit[ego][user] * hit[user][other])
                    / (1 - hit[other][user] * hit[user][other])
                let share = first * hit[other][user] / hit[ego][user]
                if share > ratio[user] + 1e-12 { (ratio[user], cut[user]) = (share, other) }
            }
        }
        return (ratio, cut)
    }

    /// The user alone that, taken away, makes each user unreachable and is nearest to the ego; the user
    /// itself without one, -1 out of reach: the removal definition of groups.
    func groupsByRemoval() -> [Int] {
        let whole = reachable(without: nil)
        var dominators = [[Int]](repeating: [], count: users)
        for removed in 0..<users where removed != ego && whole[removed] {
            let left = reachable(without: removed)
            for user in 0..<users where whole[user] && !left[user] && user != removed {
                dominators[user].append(removed)
            }
        }
        return (0..<users).map { user in
            guard whole[user] else { return -1 }
            return dominators[user].first { top in dominators[top].isEmpty } ?? user
        }
    }

    func dominatorsByRemoval() -> [[Int]] {
        let whole = reachable(without: nil)
        return (0..<users).map { user in
            (0..<users).filter { removed in
                removed != ego && removed != user && whole[user]
                    && !reachable(without: removed)[user]
            }
        }
    }

    private func reachable(without removed: Int?) -> [Bool] {
        var seen = [Bool](repeating: false, count: users)
        var stack = [ego]
        seen[ego] = true
        while let user = stack.popLast() {
            for other in 0..<users where trust[user][other] > 0 && other != removed && !seen[other]
            {
                seen[other] = true
                stack.append(other)
            }
        }
        return seen
    }

    static func inverse(_ matrix: Matrix) -> Matrix {
        let count = matrix.count
        var left = matrix
        var right = Matrix(repeating: [Double](repeating: 0, count: count), count: count)
        for row in 0..<count { right[row][row] = 1 }
        for column in 0..<count {
            let pivot = (column..<count).max { abs(left[$0][column]) < abs(left[$1][column]) }
            guard let pivot, left[pivot][column] != 0 else { return right }
            left.swapAt(column, pivot)
            right.swapAt(column, pivot)
            let scale = 1 / left[column][column]
            for place in 0..<count {
                left[column][place] *= scale
                right[column][place] *= scale
            }
            for row in 0..<count where row != column && left[row][column] != 0 {
                let factor = left[row][column]
                for place in 0..<count {
                    left[row][place] -= factor * left[column][place]
                    right[row][place] -= factor * right[column][place]
                }
            }
        }
        return right
    }
}
