/// People with tastes who trust each other: what a local network is fed with.
public struct Community: Hashable, Sendable {
    public struct Interaction: Hashable, Sendable {
        public enum Kind: String, Hashable, Sendable { case play, like }

        public var item: String
        public var kind: Kind
        /// Plays, or 1 for a like.
        public var weight: Double

        public init(item: String, kind: Kind, weight: Double) {
            self.item = item
            self.kind = kind
            self.weight = weight
        }
    }

    public struct TrustEdge: Hashable, Sendable {
        /// Index into `members`.
        public var target: Int
        public var weight: Double

        public init(target: Int, weight: Double) {
            self.target = target
            self.weight = weight
        }
    }

    public struct Member: Hashable, Sendable {
        /// A word of lower-case letters and digits: also the name of a folder.
        public var name: String
        /// What the member likes, in a few words; empty when nothing is known.
        public var taste: String
        public var interactions: [Interaction]
        public var trusted: [TrustEdge]

        public init(
            name: String, taste: String, interactions: [Interaction], trusted: [TrustEdge]
        ) {
            self.name = name
            self.taste = taste
            self.interactions = interactions
            self.trusted = trusted
        }
    }

    /// Where the community comes from, one sentence.
    public var origin: String
    /// What a reader should know about it, such as that its trust is made up.
    public var notes: [String]
    public var members: [Member]
    /// Titles of those items that have one.
    public var titles: [String: String]

    public init(
        origin: String, notes: [String], members: [Member], titles: [String: String]
    ) {
        self.origin = origin
        self.notes = notes
        self.members = members
        self.titles = titles
    }

    /// Items by the number of members that have them, the most popular first, ties by identifier.
    /// O(n log n) in the interactions.
    public var itemsByPopularity: [String] {
        var counts: [String: Int] = [:]
        for member in members {
            for interaction in member.interactions { counts[interaction.item, default: 0] += 1 }
        }
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }

    /// Steps of trust from `start` to everyone, nil where no path leads. O(members + edges).
    public func hops(from start: Int) -> [Int?] {
        var distance = [Int?](repeating: nil, count: members.count)
        distance[start] = 0
        var queue = [start]
        var next = 0
        while next < queue.count {
            let member = queue[next]
            next += 1
            for edge in members[member].trusted where distance[edge.target] == nil {
                distance[edge.target] = distance[member].map { $0 + 1 }
                queue.append(edge.target)
            }
        }
        return distance
    }
}
