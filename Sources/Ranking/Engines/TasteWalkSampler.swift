internal import Primitives

/// Runs and counts the walks of `web3recommend` on authors and items.
///
/// At an author: stop by chance, else to one of its items in proportion to affinity, not back to the
/// item that it came from. At an item: stop by chance, else to an author whom the previous author
/// trusts and who has the item, in proportion to that author's affinity to it; without such an author
/// to anyone whom the previous author trusts, in proportion to trust. An item that nobody else has
/// ends the walk. Every walk draws from its own stream.
struct TasteWalkSampler {
    /// How often each author-item edge was walked from the author to the item.
    private(set) var edgeCounts: [UInt32]
    private(set) var itemCounts: [UInt32]
    private(set) var authorCounts: [UInt32]
    private let snapshot: GraphSnapshot
    private let parameters: RankingParameters
    private let ego: AuthorIndex
    private let trust: [Double]
    /// Sums of the weights of a row before each entry.
    private let before: [Double]
    /// The vertices of all walks in order: authors as they are, items after the authors.
    private var paths: WalkPaths
    private var choices: [(author: Int, weight: Double)] = []

    init(_ snapshot: GraphSnapshot, _ query: RankingQuery, trust: [Double]) {
        self.snapshot = snapshot
        self.trust = trust
        parameters = query.parameters
        ego = query.ego
        let rows = snapshot.interactions
        edgeCounts = [UInt32](repeating: 0, count: rows.entryCount)
        itemCounts = [UInt32](repeating: 0, count: snapshot.itemCount)
        authorCounts = [UInt32](repeating: 0, count: snapshot.authorCount)
        var before = [Double](repeating: 0, count: rows.entryCount)
        for row in 0..<rows.rowCount {
            var sum = 0.0
            for entry in rows.entries(row) {
                before[entry] = sum
                sum += rows.weights[entry]
            }
        }
        self.before = before
        paths = WalkPaths(walkCount: query.parameters.walks)
    }

    mutating func run() {
        guard snapshot.contains(ego) else { return }
        for walk in 0..<parameters.walks {
            var random = WalkStreams.independent.generator(
                seed: parameters.seed, walk: UInt64(walk))
            step(&random)
            paths.close(walk: walk)
        }
    }

    private mutating func step(_ random: inout SeededRandom) {
        var author = start(&random)
        var previous: UInt32?
        var length = 1
        visit(author: author)
        while length < parameters.walkLength {
            guard random.unit() >= parameters.alphaWalk,
                let entry = item(of: author, except: previous, &random)
            else { return }
            let item = snapshot.interactions.columns[entry]
            edgeCounts[entry] += 1
            itemCounts[Int(item)] += 1
            paths.append(UInt32(snapshot.authorCount) + item)
            length += 1
            guard length < parameters.walkLength, random.unit() >= parameters.alphaWalk,
                let next = holder(of: item, trustedBy: author, &random)
            else { return }
            author = next
            previous = item
            visit(author: author)
            length += 1
        }
    }

    private mutating func visit(author: Int) {
        authorCounts[author] += 1
        paths.append(UInt32(author))
    }

    /// The ego or, as far as it lacks items, a friend in proportion to the ego's trust.
    private mutating func start(_ random: inout SeededRandom) -> Int {
        let wanted = parameters.coldStartItems
        let own = snapshot.interactions.entries(ego.position).count
        guard own < wanted else { return ego.position }
        guard random.unit() * Double(wanted) < Double(wanted - own) else { return ego.position }
        choices.removeAll(keepingCapacity: true)
        for entry in snapshot.trust.entries(ego.position) {
            let friend = Int(snapshot.trust.columns[entry])
            choices.append((friend, trust[friend]))
        }
        return choose(&random) ?? ego.position
    }

    /// An edge to one of an author's items in proportion to weight; nil when there is no other item.
    private func item(
        of author: Int, except previous: UInt32?, _ random: inout SeededRandom
    ) -> Int? {
        let rows = snapshot.interactions
        let range = rows.entries(author)
        let left = previous.flatMap { rows.entry(row: author, column: $0) }
        guard range.count > (left == nil ? 0 : 1), let last = range.last else { return nil }
        let missing = left.map { rows.weights[$0] } ?? 0
        var target = random.unit() * (before[last] + rows.weights[last] - missing)
        if let left, target >= before[left] { target += missing }
        var low = range.lowerBound
        var high = last
        while low < high {
            let middle = low + (high - low + 1) / 2
            if before[middle] <= target { low = middle } else { high = middle - 1 }
        }
        // Rounding can end on the edge that is left out.
        return low == left ? (low < last ? low + 1 : low - 1) : low
    }

    private mutating func holder(
        of item: UInt32, trustedBy author: Int, _ random: inout SeededRandom
    ) -> Int? {
        guard snapshot.holders.places(Int(item)).count > 1 else { return nil }
        let rows = snapshot.interactions
        choices.removeAll(keepingCapacity: true)
        for entry in snapshot.trust.entries(author) {
            let friend = Int(snapshot.trust.columns[entry])
            guard let edge = rows.entry(row: friend, column: item) else { continue }
            let affinity = parameters.normalisesAffinity ? rows.scales[friend] : 1
            choices.append((friend, rows.weights[edge] * affinity))
        }
        if choices.isEmpty {
            for entry in snapshot.trust.entries(author) {
                choices.append(
                    (Int(snapshot.trust.columns[entry]), snapshot.trust.weights[entry]))
            }
        }
        return choose(&random)
    }

    /// One of `choices` in proportion to weight: the first whose running sum passes the target.
    private func choose(_ random: inout SeededRandom) -> Int? {
        guard let last = choices.last else { return nil }
        let target = random.unit() * choices.reduce(0) { $0 + $1.weight }
        var sum = 0.0
        for (author, weight) in choices {
            sum += weight
            if sum > target { return author }
        }
        return last.author
    }

    /// For each item the largest share, over all other vertices but the ego, of the walks to the item
    /// that met this vertex before. O(sum over first visits of the steps before them).
    func bottlenecks() -> [Double] {
        let authors = snapshot.authorCount
        let vertices = authors + snapshot.itemCount
        return paths.bottlenecks(of: authors..<vertices, besides: ego.value, vertexCount: vertices)
            .map(\.ratio)
    }
}
