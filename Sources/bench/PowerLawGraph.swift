import Foundation
import Primitives
import Ranking

/// A seeded graph with the skew of real ones: few authors do most, few items and few people get most.
///
/// Interactions of author rank a are proportional to (a + 1)^-0.5, items are drawn with probability
/// proportional to (rank + 1)^-0.8, trusted authors with (rank + 1)^-0.6; ranks are dealt to ids by
/// a shuffle, so that what is popular is not together in memory. Exponents below 1 as measured on
/// rating and follower data (Clauset, Shalizi & Newman, SIAM Review 2009, state the same law by its
/// tail). Plays are 1 to 20, mostly 1; times lie within two years, in milliseconds.
struct PowerLawGraph {
    struct Shape {
        var authors: Int
        var items: Int
        var trustEdges: Int
        var interactions: Int
        /// The most interactions and trust edges of one author.
        var interactionCap = 256
        var trustCap = 64

        /// The bounded graph of a node at its caps.
        static let node = Shape(
            authors: 10_000, items: 50_000, trustEdges: 200_000, interactions: 1_000_000)
        /// A public network as one machine would hold it.
        static let million = Shape(
            authors: 1_000_000, items: 200_000, trustEdges: 2_000_000, interactions: 1_000_000)
        static let tenMillion = Shape(
            authors: 1_000_000, items: 200_000, trustEdges: 2_000_000, interactions: 10_000_000)
        /// Small enough for an instruction counter.
        static let gate = Shape(
            authors: 1_000, items: 5_000, trustEdges: 20_000, interactions: 50_000)
    }

    let shape: Shape
    /// Rows by author: offsets, then columns ascending inside a row.
    private(set) var trustOffsets: [Int] = [0]
    private(set) var trusted: [UInt32] = []
    private(set) var trustWeights: [Double] = []
    private(set) var itemOffsets: [Int] = [0]
    private(set) var items: [UInt32] = []
    private(set) var plays: [Double] = []
    private(set) var times: [UInt64] = []
    /// Has trust and interactions: the author of middle activity.
    let ego: UInt32

    init(_ shape: Shape, seed: UInt64) {
        self.shape = shape
        var random = SeededRandom(seed: seed, stream: "power law")
        let authorIDs = Self.ids(shape.authors, &random)
        let itemIDs = Self.ids(shape.items, &random)
        ego = authorIDs[shape.authors / 2]
        let activity = Self.degrees(
            shape.authors, total: shape.interactions,
            cap: min(shape.interactionCap, shape.items / 2))
        let sociability = Self.degrees(
            shape.authors, total: shape.trustEdges, cap: min(shape.trustCap, shape.authors / 2))
        var rankOfAuthor = [Int](repeating: 0, count: shape.authors)
        for (rank, author) in authorIDs.enumerated() { rankOfAuthor[Int(author)] = rank }
        var drawnItems = DistinctDraws(count: shape.items, exponent: 0.8)
        var drawnAuthors = DistinctDraws(count: shape.authors, exponent: 0.6)
        let start: UInt64 = 1_700_000_000_000
        for author in 0..<shape.authors {
            let rank = rankOfAuthor[author]
            for item in drawnItems.draw(activity[rank], ids: itemIDs, &random) {
                items.append(item)
                plays.append(Double(1 + powerLawRank(20, exponent: 1.5, random.unit())))
                times.append(start + random.next() % (2 * 365 * 86_400_000))
            }
            itemOffsets.append(items.count)
            // Somebody who does much trusts an unrelated number of people.
            let social = (rank &* 7_919) % shape.authors
            for other in drawnAuthors.draw(sociability[social], ids: authorIDs, &random)
            where other != UInt32(author) {
                trusted.append(other)
                trustWeights.append(Double(1 + random.below(5)))
            }
            trustOffsets.append(trusted.count)
        }
    }

    /// The graph as engines read it, weights by `log1p` and without a half-life.
    func snapshot() -> GraphSnapshot {
        let weighting = Weighting()
        var trust: [TrustEdge] = []
        var interactions: [InteractionEdge] = []
        trust.reserveCapacity(trusted.count)
        interactions.reserveCapacity(items.count)
        for author in 0..<shape.authors {
            let index = AuthorIndex(UInt32(author))
            for edge in trustOffsets[author]..<trustOffsets[author + 1] {
                trust.append(
                    TrustEdge(
                        from: index, to: AuthorIndex(trusted[edge]), weight: trustWeights[edge]))
            }
            for edge in itemOffsets[author]..<itemOffsets[author + 1] {
                let instant = Instant(milliseconds: times[edge])
                let weight = weighting.effectiveWeight(plays[edge], time: instant, now: instant)
                interactions.append(
                    InteractionEdge(author: index, item: ItemIndex(items[edge]), weight: weight))
            }
        }
        return GraphSnapshot(
            authorCount: shape.authors, itemCount: shape.items, trust: trust,
            interactions: interactions, ego: AuthorIndex(ego))
    }

    /// One play more of an item by an author.
    mutating func addInteraction(_ author: Int, _ item: UInt32) {
        let place = itemOffsets[author + 1]
        items.insert(item, at: place)
        plays.insert(1, at: place)
        times.insert(times[0], at: place)
        for later in author + 1..<itemOffsets.count { itemOffsets[later] += 1 }
    }

    /// One trust edge more, of middle weight; none from an author to itself.
    mutating func addTrust(_ author: Int, _ other: UInt32) {
        let place = trustOffsets[author + 1]
        trusted.insert(other, at: place)
        trustWeights.insert(3, at: place)
        for later in author + 1..<trustOffsets.count { trustOffsets[later] += 1 }
    }

    private static func ids(_ count: Int, _ random: inout SeededRandom) -> [UInt32] {
        var ids = (0..<UInt32(count)).map { $0 }
        random.shuffle(&ids)
        return ids
    }

    /// Degrees proportional to (rank + 1)^-0.5 between 1 and `cap` that sum to `total` (or to the
    /// nearest that the bounds allow).
    private static func degrees(_ count: Int, total: Int, cap: Int) -> [Int] {
        let shares = (0..<count).map { 1 / Double($0 + 1).squareRoot() }
        var low = 0.0
        var high = Double(total)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            let sum = shares.reduce(0) { $0 + min(cap, max(1, Int($1 * middle))) }
            if sum < total { low = middle } else { high = middle }
        }
        var degrees = shares.map { min(cap, max(1, Int($0 * low))) }
        var missing = total - degrees.reduce(0, +)
        for rank in degrees.indices where missing > 0 && degrees[rank] < cap {
            degrees[rank] += 1
            missing -= 1
        }
        return degrees
    }
}

/// A rank below `count` with probability proportional to about (rank + 1)^-exponent, from a uniform
/// number: the inverse of the continuous law.
private func powerLawRank(_ count: Int, exponent: Double, _ uniform: Double) -> Int {
    let power = 1 - exponent
    let top = pow(Double(count + 1), power)
    let rank = pow(1 + uniform * (top - 1), 1 / power) - 1
    return min(count - 1, max(0, Int(rank)))
}

/// Draws ids without repetition inside one draw.
private struct DistinctDraws {
    private let exponent: Double
    private var stamps: [UInt32]
    private var round: UInt32 = 0

    init(count: Int, exponent: Double) {
        self.exponent = exponent
        stamps = [UInt32](repeating: 0, count: count)
    }

    /// Ascending. Expected O(count) while the count is at most half of what there is.
    mutating func draw(_ count: Int, ids: [UInt32], _ random: inout SeededRandom) -> [UInt32] {
        round += 1
        var drawn: [UInt32] = []
        drawn.reserveCapacity(count)
        while drawn.count < count {
            let id = ids[powerLawRank(stamps.count, exponent: exponent, random.unit())]
            guard stamps[Int(id)] != round else { continue }
            stamps[Int(id)] = round
            drawn.append(id)
        }
        drawn.sort()
        return drawn
    }
}
