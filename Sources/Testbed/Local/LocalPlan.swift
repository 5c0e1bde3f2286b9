import Primitives

/// What a run of real daemons is made of; the times are milliseconds since all of them were linked.
public struct LocalPlan: Sendable {
    /// Two nodes, by number, of which the first dials the second through a relay.
    public struct Link: Hashable, Sendable {
        public var from: Int
        public var to: Int
    }

    public struct Kill: Hashable, Sendable {
        public var node: Int
        public var atMilliseconds: Int
        public var restartMilliseconds: Int
    }

    public struct Cut: Sendable {
        public var fromMilliseconds: Int
        public var untilMilliseconds: Int
        /// By node: on which of the two sides it is.
        public var side: [Bool]
    }

    public struct Reset: Hashable, Sendable {
        public var atMilliseconds: Int
        public var link: Int
    }

    public struct Publication: Hashable, Sendable {
        public var atMilliseconds: Int
        public var node: Int
        public var item: String
    }

    /// How large, how long and how bad.
    public struct Size: Hashable, Sendable {
        public var nodes = 8
        /// Links that each node dials, at most.
        public var dialledLinks = 3
        public var activeSeconds = 30
        public var settleSeconds = 60
        public var sampleSeconds = 1
        /// Mean seconds between two records of one user.
        public var actionSeconds = 1.0
        public var delayMilliseconds = 20
        public var jitterMilliseconds = 10
        public var lossPerMillion = 0
        public var kills = 0
        public var halves = 0
        public var isolations = 0
        public var partitionSeconds = 10
        public var resets = 0
        /// What each daemon may have; 0: as much as this process.
        public var descriptors = 0
        public var memoryMebibytes = 0

        public init() {}
    }

    public let size: Size
    public let seed: UInt64
    public let links: [Link]
    public let kills: [Kill]
    public let cuts: [Cut]
    public let resets: [Reset]
    /// Ascending by time.
    public let publications: [Publication]

    /// Draws a plan: the same size and seed give the same plan. Requires at least two nodes.
    public init(_ size: Size, seed: UInt64) {
        self.size = size
        self.seed = seed
        let links = Self.links(size, seed)
        self.links = links
        let end = size.activeSeconds * 1000
        var faults = SeededRandom(seed: seed, stream: "local-faults")
        // The last fifth of the active phase is for restarts and healing.
        let latest = max(1, end * 4 / 5)
        kills = (0..<size.kills).map { _ in
            let at = faults.below(latest)
            return Kill(
                node: faults.below(size.nodes), atMilliseconds: at,
                restartMilliseconds: at + 500 + faults.below(2_000))
        }
        cuts = (0..<(size.halves + size.isolations)).map { number in
            let from = faults.below(latest)
            let lasts = 1_000 + faults.below(max(1, size.partitionSeconds * 1000))
            var order = Array(0..<size.nodes)
            faults.shuffle(&order)
            let apart = Set(order.prefix(number < size.halves ? max(1, size.nodes / 2) : 1))
            return Cut(
                fromMilliseconds: from, untilMilliseconds: min(end, from + lasts),
                side: (0..<size.nodes).map(apart.contains))
        }
        resets = (0..<size.resets).map { _ in
            Reset(atMilliseconds: faults.below(latest), link: faults.below(links.count))
        }
        publications = Self.publications(size, seed)
    }

    /// A ring, so that everybody is reached, and dials to others besides.
    private static func links(_ size: Size, _ seed: UInt64) -> [Link] {
        var random = SeededRandom(seed: seed, stream: "local-links")
        var links: [Link] = []
        func add(_ from: Int, _ to: Int) {
            let isNew = !links.contains {
                ($0.from, $0.to) == (from, to) || ($0.from, $0.to) == (to, from)
            }
            if from != to, isNew { links.append(Link(from: from, to: to)) }
        }
        for node in 0..<size.nodes { add(node, (node + 1) % size.nodes) }
        for node in 0..<size.nodes {
            for _ in 1..<max(2, size.dialledLinks) { add(node, random.below(size.nodes)) }
        }
        return links
    }

    private static func publications(_ size: Size, _ seed: UInt64) -> [Publication] {
        var random = SeededRandom(seed: seed, stream: "local-workload")
        var publications: [Publication] = []
        for node in 0..<size.nodes {
            var time = 0.0
            var number = 0
            while true {
                time += size.actionSeconds * 1000 * (0.5 + random.unit())
                guard time < Double(size.activeSeconds * 1000) else { break }
                number += 1
                publications.append(
                    Publication(
                        atMilliseconds: Int(time), node: node, item: "local:\(node)-\(number)"))
            }
        }
        return publications.sorted {
            ($0.atMilliseconds, $0.node) < ($1.atMilliseconds, $1.node)
        }
    }
}
