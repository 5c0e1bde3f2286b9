/// The vertices of many walks, walk by walk.
struct WalkPaths {
    private(set) var vertices: [UInt32] = []
    /// Where each walk lies in `vertices`. Walks may stand there in any order.
    private(set) var ranges: [Range<Int>]

    init(walkCount: Int) { ranges = [Range<Int>](repeating: 0..<0, count: walkCount) }

    var walkCount: Int { ranges.count }

    mutating func set(_ path: ArraySlice<UInt32>, walk: Int) {
        let begin = vertices.count
        vertices.append(contentsOf: path)
        ranges[walk] = begin..<vertices.count
    }

    mutating func append(_ vertex: UInt32) { vertices.append(vertex) }

    /// Everything appended since the last walk ended is this walk.
    mutating func close(walk: Int) {
        let begin = walk == 0 ? 0 : ranges[walk - 1].upperBound
        ranges[walk] = begin..<vertices.count
    }

    /// How often walks visit each vertex, and how many walks do so at all.
    func counts(vertexCount: Int) -> (visits: [Int], hits: [Int]) {
        var visits = [Int](repeating: 0, count: vertexCount)
        var hits = visits
        var seen = [Int](repeating: -1, count: vertexCount)
        for (walk, range) in ranges.enumerated() {
            for place in range {
                let vertex = Int(vertices[place])
                visits[vertex] += 1
                guard seen[vertex] != walk else { continue }
                seen[vertex] = walk
                hits[vertex] += 1
            }
        }
        return (visits, hits)
    }

    /// What walks have in common before they come to a vertex first.
    struct Bottleneck: Hashable, Sendable {
        /// The largest share, over all other vertices, of the walks to this vertex that met it before.
        var ratio = 0.0
        /// That vertex, the smallest of equal ones; nil when no walk met any.
        var vertex: UInt32?
    }

    /// For each vertex of a range its bottleneck, `start` left aside.
    /// O(sum over first visits of the steps before them).
    func bottlenecks(
        of targets: Range<Int>, besides start: UInt32, vertexCount: Int
    ) -> [Bottleneck] {
        let first = firstVisits(of: targets)
        var counts = [UInt32](repeating: 0, count: vertexCount)
        var stamps = [Int](repeating: 0, count: vertexCount)
        var stamp = 0
        var touched: [UInt32] = []
        return (0..<targets.count).map { target in
            let visits = first.places[first.offsets[target]..<first.offsets[target + 1]]
            for (walk, place) in visits {
                stamp += 1
                for step in ranges[walk].lowerBound..<place where vertices[step] != start {
                    let vertex = vertices[step]
                    guard stamps[Int(vertex)] != stamp else { continue }
                    stamps[Int(vertex)] = stamp
                    if counts[Int(vertex)] == 0 { touched.append(vertex) }
                    counts[Int(vertex)] += 1
                }
            }
            var found = Bottleneck()
            var largest: UInt32 = 0
            for vertex in touched.sorted() where counts[Int(vertex)] > largest {
                largest = counts[Int(vertex)]
                found.vertex = vertex
            }
            if largest > 0 { found.ratio = Double(largest) / Double(visits.count) }
            for vertex in touched { counts[Int(vertex)] = 0 }
            touched.removeAll(keepingCapacity: true)
            return found
        }
    }

    /// By target: the walks that reach it, in ascending order, each with the place in `vertices` where
    /// it does so first.
    private func firstVisits(
        of targets: Range<Int>
    ) -> (offsets: [Int], places: [(walk: Int, place: Int)]) {
        var last = [Int](repeating: -1, count: targets.count)
        var found: [(target: Int, walk: Int, place: Int)] = []
        for (walk, range) in ranges.enumerated() {
            for place in range where targets.contains(Int(vertices[place])) {
                let target = Int(vertices[place]) - targets.lowerBound
                guard last[target] != walk else { continue }
                last[target] = walk
                found.append((target, walk, place))
            }
        }
        var offsets = [Int](repeating: 0, count: targets.count + 1)
        for visit in found { offsets[visit.target + 1] += 1 }
        for target in 0..<targets.count { offsets[target + 1] += offsets[target] }
        var next = offsets
        var places = [(walk: Int, place: Int)](repeating: (0, 0), count: found.count)
        for visit in found {
            places[next[visit.target]] = (visit.walk, visit.place)
            next[visit.target] += 1
        }
        return (offsets, places)
    }
}
