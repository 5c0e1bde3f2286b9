/// A method that has learnt from train and ranks for one user after another.
///
/// The same data, settings and seed give the same lists, whatever the number of threads.
public protocol Recommender: Sendable {
    /// The best items for a user, best first, ties by item; without what the user has in train.
    func recommend(_ user: Int, count: Int) -> [UInt32]
}

/// A recommender that gives every item a score for a user.
protocol Scorer: Recommender {
    /// Users by items: what is left out of the lists.
    var known: SparseRows { get }
    /// The score of each item; items without a positive reason to be listed score `-infinity` or 0
    /// as `floor` says.
    func scores(_ user: Int) -> [Double]
    /// Scores at or below it are not listed.
    var floor: Double { get }
}

extension Scorer {
    var floor: Double { 0 }

    func recommend(_ user: Int, count: Int) -> [UInt32] {
        var scores = scores(user)
        for item in known.row(user) { scores[Int(item)] = -.infinity }
        return TopItems.best(scores, count: count, above: floor)
    }
}

/// The largest scores of an array.
enum TopItems {
    /// The places of the largest values, largest first, ties by place; only values above `floor`.
    /// O(values + kept log count) in the usual case, by a heap of `count` places.
    static func best(_ values: [Double], count: Int, above floor: Double) -> [UInt32] {
        var heap: [(value: Double, place: UInt32)] = []
        heap.reserveCapacity(count)
        guard count > 0 else { return [] }
        for place in values.indices where values[place] > floor {
            let entry = (value: values[place], place: UInt32(place))
            if heap.count < count {
                heap.append(entry)
                rise(&heap)
            } else if isWorse(heap[0], entry) {
                heap[0] = entry
                sink(&heap)
            }
        }
        return heap.sorted { isWorse($1, $0) }.map(\.place)
    }

    private typealias Entry = (value: Double, place: UInt32)

    private static func isWorse(_ left: Entry, _ right: Entry) -> Bool {
        left.value != right.value ? left.value < right.value : left.place > right.place
    }

    private static func rise(_ heap: inout [Entry]) {
        var place = heap.count - 1
        while place > 0, isWorse(heap[place], heap[(place - 1) / 2]) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    private static func sink(_ heap: inout [Entry]) {
        var place = 0
        while true {
            var worst = place
            for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
                if isWorse(heap[child], heap[worst]) { worst = child }
            }
            guard worst != place else { return }
            heap.swapAt(place, worst)
            place = worst
        }
    }
}
