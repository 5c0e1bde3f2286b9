/// The dominator tree of the trust graph from the ego: which authors stand on every path to an author
/// (section B of `docs/ranking.md`).
///
/// By moving parents up (`ShallowDominators`) where the tree is as shallow as among people, which takes a
/// fifth of the time; else by Lengauer & Tarjan (TOPLAS 1979) with path compression: O(edges log authors)
/// whatever the graph, so that a region built to be slow costs no more than another one.
public struct TrustDominators: Sendable {
    /// The nearest dominator of each author; nil for the ego and for authors out of reach.
    public let immediate: [AuthorIndex?]
    /// The group of each author: the child of the ego above it in the tree, one voice however many
    /// identities stand behind it. The ego is its own group; nil out of reach.
    public let groups: [AuthorIndex?]

    public init(_ snapshot: GraphSnapshot, ego: AuthorIndex) {
        self.init(snapshot, ego: ego, stepsPerEdge: Self.stepsPerEdge)
    }

    /// A second look at every edge, a third where something changed, and room to climb: four times what a
    /// network of people takes.
    private static let stepsPerEdge = 8

    /// `stepsPerEdge`: what the shallow way may take before the other one is gone.
    init(_ snapshot: GraphSnapshot, ego: AuthorIndex, stepsPerEdge: Int) {
        let count = snapshot.authorCount
        guard snapshot.contains(ego) else {
            immediate = [AuthorIndex?](repeating: nil, count: count)
            groups = immediate
            return
        }
        let (order, dominator) =
            ShallowDominators(snapshot.trust, root: ego.position, stepsPerEdge: stepsPerEdge)
            .map { ($0.order, $0.above) } ?? DominatorFinder.solved(snapshot.trust, ego.position)
        var immediate = [AuthorIndex?](repeating: nil, count: count)
        var groups = immediate
        groups[ego.position] = ego
        for number in 1..<max(1, order.count) {
            let author = Int(order[number])
            let above = Int(order[Int(dominator[number])])
            immediate[author] = AuthorIndex(position: above)
            groups[author] = above == ego.position ? AuthorIndex(position: author) : groups[above]
        }
        self.immediate = immediate
        self.groups = groups
    }

    /// The authors other than the ego that stand on every path to `author`, nearest to the ego first.
    public func strictDominators(of author: AuthorIndex) -> [AuthorIndex] {
        var chain: [AuthorIndex] = []
        var next = immediate[author.position]
        while let above = next, let further = immediate[above.position] {
            chain.append(above)
            next = further
        }
        return chain.reversed()
    }

    /// The number of groups beside the ego's own. O(authors).
    public func groupCount(ego: AuthorIndex) -> Int {
        groups.indices.count { groups[$0] == AuthorIndex(position: $0) && $0 != ego.position }
    }
}

/// The working arrays of Lengauer & Tarjan, by number in depth-first order; 0 is the root.
private struct DominatorFinder {
    private var order: [UInt32] = []
    private var dominator: [UInt32] = []
    private let rows: CompressedRows
    private let root: Int
    private var number: [UInt32]
    private var parent: [UInt32] = []
    private var semi: [UInt32] = []
    private var ancestor: [UInt32] = []
    private var best: [UInt32] = []
    /// What `evaluate` walks along; kept, because it is asked once for each edge.
    private var path: [UInt32] = []

    private static let unseen = UInt32.max

    private init(_ rows: CompressedRows, root: Int) {
        self.rows = rows
        self.root = root
        number = [UInt32](repeating: Self.unseen, count: rows.rowCount)
    }

    /// Authors in an order in which dominators come first, and the place of each one's in it.
    static func solved(
        _ rows: CompressedRows, _ root: Int
    ) -> (order: [UInt32], dominator: [UInt32]) {
        var finder = DominatorFinder(rows, root: root)
        finder.solve()
        return (finder.order, finder.dominator)
    }

    private mutating func solve() {
        numberAuthors()
        let count = order.count
        let (offsets, predecessors) = predecessorsByNumber()
        semi = (0..<UInt32(count)).map { $0 }
        best = semi
        dominator = [UInt32](repeating: 0, count: count)
        ancestor = [UInt32](repeating: Self.unseen, count: count)
        var buckets = LinkedBuckets(count: count)
        for vertex in stride(from: count - 1, to: 0, by: -1) {
            for place in Int(offsets[vertex])..<Int(offsets[vertex + 1]) {
                let candidate = semi[Int(evaluate(predecessors[place]))]
                semi[vertex] = min(semi[vertex], candidate)
            }
            buckets.add(UInt32(vertex), to: semi[vertex])
            let above = parent[vertex]
            ancestor[vertex] = above
            while let waiting = buckets.take(from: above) {
                let lowest = evaluate(waiting)
                dominator[Int(waiting)] = semi[Int(lowest)] < semi[Int(waiting)] ? lowest : above
            }
        }
        for vertex in 1..<max(1, count) where dominator[vertex] != semi[vertex] {
            dominator[vertex] = dominator[Int(dominator[vertex])]
        }
    }

    private mutating func numberAuthors() {
        var stack: [(author: Int, next: Int)] = []
        visit(root, from: 0)
        stack.append((root, Int(rows.offsets[root])))
        while let (author, next) = stack.last {
            guard next < Int(rows.offsets[author + 1]) else {
                stack.removeLast()
                continue
            }
            stack[stack.count - 1].next += 1
            let child = Int(rows.columns[next])
            guard number[child] == Self.unseen else { continue }
            visit(child, from: number[author])
            stack.append((child, Int(rows.offsets[child])))
        }
    }

    private mutating func visit(_ author: Int, from above: UInt32) {
        number[author] = UInt32(order.count)
        order.append(UInt32(author))
        parent.append(above)
    }

    private func predecessorsByNumber() -> (offsets: [UInt32], predecessors: [UInt32]) {
        var offsets = [UInt32](repeating: 0, count: order.count + 1)
        for author in order {
            for entry in rows.entries(Int(author)) {
                offsets[Int(number[Int(rows.columns[entry])]) + 1] += 1
            }
        }
        for vertex in 0..<order.count { offsets[vertex + 1] += offsets[vertex] }
        var next = offsets
        var predecessors = [UInt32](repeating: 0, count: Int(offsets[order.count]))
        for (vertex, author) in order.enumerated() {
            for entry in rows.entries(Int(author)) {
                let child = Int(number[Int(rows.columns[entry])])
                predecessors[Int(next[child])] = UInt32(vertex)
                next[child] += 1
            }
        }
        return (offsets, predecessors)
    }

    /// The vertex of the smallest semidominator on the linked path above `vertex`.
    private mutating func evaluate(_ vertex: UInt32) -> UInt32 {
        guard ancestor[Int(vertex)] != Self.unseen else { return vertex }
        path.removeAll(keepingCapacity: true)
        var next = vertex
        while ancestor[Int(ancestor[Int(next)])] != Self.unseen {
            path.append(next)
            next = ancestor[Int(next)]
        }
        while let step = path.popLast() {
            let above = ancestor[Int(step)]
            if semi[Int(best[Int(above)])] < semi[Int(best[Int(step)])] {
                best[Int(step)] = best[Int(above)]
            }
            ancestor[Int(step)] = ancestor[Int(above)]
        }
        return best[Int(vertex)]
    }
}

/// For each number a list of numbers, each in one list at a time.
private struct LinkedBuckets {
    private var heads: [UInt32]
    private var following: [UInt32]
    private static let end = UInt32.max

    init(count: Int) {
        heads = [UInt32](repeating: Self.end, count: count)
        following = heads
    }

    mutating func add(_ element: UInt32, to bucket: UInt32) {
        following[Int(element)] = heads[Int(bucket)]
        heads[Int(bucket)] = element
    }

    mutating func take(from bucket: UInt32) -> UInt32? {
        let head = heads[Int(bucket)]
        guard head != Self.end else { return nil }
        heads[Int(bucket)] = following[Int(head)]
        return head
    }
}
