/// A path along trust edges, from the ego to another author.
public struct TrustPath: Hashable, Sendable {
    /// Both ends included.
    public let authors: [AuthorIndex]
    /// The product of the normalised trust along the path, in (0, 1]; without the decay per step.
    public let product: Double

    public var hops: Int { authors.count - 1 }
}

extension GraphSnapshot {
    /// The path of the largest product of normalised trust; of equal ones that with fewer steps, then
    /// the smaller indices. Nil when there is none. O(trust edges log authors).
    public func trustPath(from ego: AuthorIndex, to target: AuthorIndex) -> TrustPath? {
        TrustPathFinder(self, from: ego, until: target).path(to: target)
    }
}

/// Dijkstra's search for the largest products from one author.
struct TrustPathFinder {
    private let start: AuthorIndex
    private var product: [Double]
    private var hops: [UInt32]
    private var before: [UInt32]

    private static let none = UInt32.max

    /// Searches everything, or until the path to `target` is certain.
    init(_ snapshot: GraphSnapshot, from start: AuthorIndex, until target: AuthorIndex? = nil) {
        self.start = start
        product = [Double](repeating: 0, count: snapshot.authorCount)
        hops = [UInt32](repeating: Self.none, count: snapshot.authorCount)
        before = hops
        guard snapshot.contains(start) else { return }
        let rows = snapshot.trust
        var settled = [Bool](repeating: false, count: snapshot.authorCount)
        product[start.position] = 1
        hops[start.position] = 0
        var queue = PathQueue()
        queue.push(PathQueue.Entry(product: 1, hops: 0, author: start.value))
        while let next = queue.pop() {
            let author = Int(next.author)
            if settled[author] { continue }
            settled[author] = true
            if next.author == target?.value { return }
            for entry in rows.entries(author) {
                let child = Int(rows.columns[entry])
                let reached = next.product * (rows.weights[entry] * rows.scales[author])
                guard reached > 0, !settled[child] else { continue }
                let offer = PathQueue.Entry(
                    product: reached, hops: next.hops + 1, author: UInt32(child))
                guard improves(offer, before: next.author) else { continue }
                product[child] = reached
                hops[child] = offer.hops
                before[child] = next.author
                queue.push(offer)
            }
        }
    }

    func path(to target: AuthorIndex) -> TrustPath? {
        guard target.position < product.count, product[target.position] > 0 else { return nil }
        var authors = [target]
        while let last = authors.last, last != start {
            authors.append(AuthorIndex(before[last.position]))
        }
        return TrustPath(authors: authors.reversed(), product: product[target.position])
    }

    private func improves(_ offer: PathQueue.Entry, before author: UInt32) -> Bool {
        let child = Int(offer.author)
        if offer.product != product[child] { return offer.product > product[child] }
        return (offer.hops, author) < (hops[child], before[child])
    }
}

/// A binary heap of paths, the best on top.
private struct PathQueue {
    struct Entry {
        var product: Double
        var hops: UInt32
        var author: UInt32

        func precedes(_ other: Entry) -> Bool {
            if product != other.product { return product > other.product }
            return (hops, author) < (other.hops, other.author)
        }
    }

    private var heap: [Entry] = []

    mutating func push(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let above = (child - 1) / 2
            guard heap[child].precedes(heap[above]) else { break }
            heap.swapAt(child, above)
            child = above
        }
    }

    mutating func pop() -> Entry? {
        guard let top = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return top }
        heap[0] = last
        var above = 0
        while true {
            var child = 2 * above + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
            guard heap[child].precedes(heap[above]) else { break }
            heap.swapAt(child, above)
            above = child
        }
        return top
    }
}
