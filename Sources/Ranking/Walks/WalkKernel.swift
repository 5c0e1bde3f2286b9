internal import Primitives

/// Random walks on a snapshot, many at a time.
///
/// A single walk waits for memory at every step. Here `width` walkers take turns: all draw and look up
/// where their next edge lies, then all follow it, so that the processor has many reads under way at
/// once. Every walk draws from its own stream, and what is counted are integers: the width changes the
/// time, never the result.
///
/// Walks begin at `start` and take edges of `forth`; where there are rows `back`, every second step
/// is one of those (from an author to an item and back). Before each step forth a walk stops with
/// the chance alpha, before a step back only when `stopsAtBack`. A vertex without edges ends it.
struct WalkKernel {
    /// Walkers under way at once: `make bench BENCH=walk` prints the widths, and 64 was the fastest.
    static let defaultWidth = 64

    let start: UInt32
    let forth: WalkRows
    let back: WalkRows?
    let stopsAtBack: Bool
    let streams: WalkStreams
    let seed: UInt64
    let width: Int
    /// A word whose upper 53 bits are below this stops a walk: `unit() < alpha`, without a division.
    private let stopBelow: UInt64

    init(
        from start: UInt32, forth: WalkRows, back: WalkRows? = nil, alpha: Double,
        stopsAtBack: Bool = false, seed: UInt64, streams: WalkStreams = .independent,
        width: Int = WalkKernel.defaultWidth
    ) {
        require(alpha > 0 && alpha <= 1, "a walk stops with a positive chance")
        require(width > 0, "at least one walker walks")
        self.start = start
        self.forth = forth
        self.back = back
        self.stopsAtBack = stopsAtBack
        self.streams = streams
        self.seed = seed
        self.width = width
        stopBelow = UInt64((alpha * 0x1p53).rounded(.up))
    }

    /// Runs the walks of these numbers and returns the number of steps. The start must be a row of
    /// `forth`. O(steps).
    func run<Sink: WalkSink>(_ walks: Range<UInt64>, into sink: inout Sink) -> Int {
        let count = Int(min(UInt64(width), UInt64(walks.count)))
        var store = (0..<count).map { slot in
            WalkLane(random: SeededRandom(seed: 0), vertex: start, slot: slot)
        }
        var lanes = store.mutableSpan
        var waiting = walks
        var active = 0
        var steps = 0
        while true {
            while active < count, !waiting.isEmpty {
                begin(&lanes[active], &waiting, &sink)
                active += 1
            }
            guard active > 0 else { return steps }
            settle(&lanes, &active, &waiting, &sink)
            choose(from: forth, &lanes, &active, &sink)
            follow(forth, &lanes, active)
            sink.wentForth(lanes, active)
            steps &+= active
            guard let back else { continue }
            if stopsAtBack { stop(&lanes, &active, &sink) }
            choose(from: back, &lanes, &active, &sink)
            follow(back, &lanes, active)
            sink.wentBack(lanes, active)
            steps &+= active
        }
    }

    @inline(__always)
    private func follow(_ rows: WalkRows, _ lanes: inout MutableSpan<WalkLane>, _ active: Int) {
        let columns = rows.columns.span
        for lane in 0..<active { lanes[lane].vertex = columns[Int(lanes[lane].entry)] }
    }

    @inline(__always)
    private func begin<Sink: WalkSink>(
        _ lane: inout WalkLane, _ waiting: inout Range<UInt64>, _ sink: inout Sink
    ) {
        let walk = waiting.lowerBound
        waiting = walk + 1..<waiting.upperBound
        lane.random = streams.generator(seed: seed, walk: walk)
        lane.vertex = start
        sink.began(walk: walk, slot: lane.slot)
    }

    /// Walks that stop by chance before a step forth give their lanes to the next ones.
    @inline(__always)
    private func settle<Sink: WalkSink>(
        _ lanes: inout MutableSpan<WalkLane>, _ active: inout Int, _ waiting: inout Range<UInt64>,
        _ sink: inout Sink
    ) {
        var lane = 0
        while lane < active {
            let word = lanes[lane].random.next()
            if word >> 11 >= stopBelow, !sink.isFull(slot: lanes[lane].slot) {
                lane &+= 1
                continue
            }
            sink.ended(slot: lanes[lane].slot)
            if waiting.isEmpty {
                active &-= 1
                lanes.swapAt(lane, active)
            } else {
                begin(&lanes[lane], &waiting, &sink)
            }
        }
    }

    /// Walks that stop by chance before a step back leave their lanes empty until the next round.
    private func stop<Sink: WalkSink>(
        _ lanes: inout MutableSpan<WalkLane>, _ active: inout Int, _ sink: inout Sink
    ) {
        for lane in stride(from: active - 1, through: 0, by: -1)
        where lanes[lane].random.next() >> 11 < stopBelow {
            sink.ended(slot: lanes[lane].slot)
            active -= 1
            lanes.swapAt(lane, active)
        }
    }

    /// Every walk draws the edge that it will follow; walks at vertices without edges end.
    @inline(__always)
    private func choose<Sink: WalkSink>(
        from rows: WalkRows, _ lanes: inout MutableSpan<WalkLane>, _ active: inout Int,
        _ sink: inout Sink
    ) {
        let offsets = rows.offsets.span
        var isStuck = false
        if rows.sums.isEmpty {
            for lane in 0..<active {
                let word = lanes[lane].random.next()
                let vertex = Int(lanes[lane].vertex)
                let (first, end) = (offsets[vertex], offsets[vertex &+ 1])
                if first == end { isStuck = true }
                lanes[lane].entry = WalkRows.entry(first, end, word)
            }
        } else {
            let sums = rows.sums.span
            for lane in 0..<active {
                let word = lanes[lane].random.next()
                let vertex = Int(lanes[lane].vertex)
                let (first, end) = (offsets[vertex], offsets[vertex &+ 1])
                if first == end { isStuck = true }
                lanes[lane].entry = WalkRows.entry(first, end, word, sums)
            }
        }
        guard isStuck else { return }
        for lane in stride(from: active - 1, through: 0, by: -1) {
            let vertex = Int(lanes[lane].vertex)
            guard offsets[vertex] == offsets[vertex + 1] else { continue }
            sink.ended(slot: lanes[lane].slot)
            active -= 1
            lanes.swapAt(lane, active)
        }
    }
}
