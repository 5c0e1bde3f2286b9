internal import Primitives

/// One walker: the state of the walk that it is on.
struct WalkLane {
    var random: SeededRandom
    var vertex: UInt32
    /// The edge that was chosen last.
    var entry: UInt32 = 0
    /// The place that a sink keeps for this lane, also when lanes change their order: one walk at a
    /// time.
    let slot: Int
}

/// What becomes of the steps of walks. The first `active` lanes have just made one.
protocol WalkSink {
    mutating func began(walk: UInt64, slot: Int)
    mutating func wentForth(_ lanes: borrowing MutableSpan<WalkLane>, _ active: Int)
    mutating func wentBack(_ lanes: borrowing MutableSpan<WalkLane>, _ active: Int)
    mutating func ended(slot: Int)
    /// True: the walk ends here, whatever chance says.
    func isFull(slot: Int) -> Bool
}

extension WalkSink {
    @inline(__always) mutating func began(walk: UInt64, slot: Int) {}
    @inline(__always)
    mutating func wentBack(_ lanes: borrowing MutableSpan<WalkLane>, _ active: Int) {}
    @inline(__always) mutating func ended(slot: Int) {}
    @inline(__always) func isFull(slot: Int) -> Bool { false }
}

/// Counts how often walks came forth to each vertex, and nothing else: the fast path.
struct ArrivalCounts: WalkSink {
    private(set) var arrivals: [UInt32]

    init(vertexCount: Int) { arrivals = [UInt32](repeating: 0, count: vertexCount) }

    @inline(__always)
    mutating func wentForth(_ lanes: borrowing MutableSpan<WalkLane>, _ active: Int) {
        var arrivals = arrivals.mutableSpan
        for lane in 0..<active { arrivals[Int(lanes[lane].vertex)] &+= 1 }
    }
}

/// Counts the edges that walks took forth and the visits of the vertices between which they went.
struct EdgeCounts: WalkSink {
    private(set) var edges: [UInt32]
    private(set) var arrivals: [UInt32]
    /// Visits of the vertices that walks start from and come back to.
    private(set) var sources: [UInt32]
    private let start: Int

    init(from start: UInt32, edgeCount: Int, sourceCount: Int, vertexCount: Int) {
        self.start = Int(start)
        edges = [UInt32](repeating: 0, count: edgeCount)
        arrivals = [UInt32](repeating: 0, count: vertexCount)
        sources = [UInt32](repeating: 0, count: sourceCount)
    }

    mutating func began(walk: UInt64, slot: Int) { sources[start] += 1 }

    mutating func wentForth(_ lanes: borrowing MutableSpan<WalkLane>, _ active: Int) {
        for lane in 0..<active {
            edges[Int(lanes[lane].entry)] += 1
            arrivals[Int(lanes[lane].vertex)] += 1
        }
    }

    mutating func wentBack(_ lanes: borrowing MutableSpan<WalkLane>, _ active: Int) {
        for lane in 0..<active { sources[Int(lanes[lane].vertex)] += 1 }
    }
}

/// Keeps whole walks of a kernel without a way back. Four bytes a visit.
struct PathRecorder: WalkSink {
    private(set) var paths: WalkPaths
    private let first: UInt64
    private let start: UInt32
    private let limit: Int
    /// `limit` places for each slot.
    private var visits: [UInt32]
    private var lengths: [Int]
    private var numbers: [Int]

    /// Walks have at most `limit` vertices.
    init(_ walks: Range<UInt64>, from start: UInt32, limit: Int, slots: Int) {
        require(limit > 0, "a walk has at least one vertex")
        first = walks.lowerBound
        self.start = start
        self.limit = limit
        paths = WalkPaths(walkCount: walks.count)
        visits = [UInt32](repeating: start, count: limit * slots)
        lengths = [Int](repeating: 0, count: slots)
        numbers = lengths
    }

    mutating func began(walk: UInt64, slot: Int) {
        numbers[slot] = Int(walk - first)
        lengths[slot] = 0
        add(start, slot)
    }

    mutating func wentForth(_ lanes: borrowing MutableSpan<WalkLane>, _ active: Int) {
        for lane in 0..<active { add(lanes[lane].vertex, lanes[lane].slot) }
    }

    func isFull(slot: Int) -> Bool { lengths[slot] == limit }

    mutating func ended(slot: Int) {
        let begin = slot * limit
        paths.set(visits[begin..<begin + lengths[slot]], walk: numbers[slot])
    }

    private mutating func add(_ vertex: UInt32, _ slot: Int) {
        visits[slot * limit + lengths[slot]] = vertex
        lengths[slot] += 1
    }
}
