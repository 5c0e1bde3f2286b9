import NodeCore
public import Primitives
import Records

/// Who trusts whom at the end of a run, for programs that read GraphML (graphml.graphdrawing.org).
public struct TrustGraph: Sendable {
    public struct Author: Hashable, Sendable {
        public var key: PublicKey
        /// `honest`, `byzantine` for the author of a hostile host, or `identity` for a further key.
        public var role: String
        /// The host whose own author it is.
        public var host: Int?
    }

    public struct Edge: Hashable, Sendable {
        /// Place in `authors`.
        public var from: Int
        public var to: Int
        public var weight: Double
    }

    /// Hosts in their order, then further keys ascending.
    public private(set) var authors: [Author] = []
    /// Ascending by (from, to).
    public private(set) var edges: [Edge] = []

    init(authors: [Author], weights: [(from: PublicKey, to: PublicKey, weight: Double)]) {
        self.authors = authors
        var places: [PublicKey: Int] = [:]
        for (place, author) in authors.enumerated() { places[author.key] = place }
        edges = weights.compactMap { weight in
            guard let from = places[weight.from], let to = places[weight.to] else { return nil }
            return Edge(from: from, to: to, weight: weight.weight)
        }.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    }

    /// The file form. O(authors + edges).
    public var graphML: String {
        var page = Markup()
        page.element("graphml", [("xmlns", "http://graphml.graphdrawing.org/xmlns")]) { page in
            for (name, goal, type) in [
                ("role", "node", "string"), ("host", "node", "int"), ("weight", "edge", "double"),
            ] {
                page.empty(
                    "key",
                    [("id", name), ("for", goal), ("attr.name", name), ("attr.type", type)])
            }
            page.element("graph", [("id", "trust"), ("edgedefault", "directed")]) { page in
                for (place, author) in authors.enumerated() {
                    page.element("node", [("id", "n\(place)")]) { page in
                        page.element("data", [("key", "role")], author.role)
                        if let host = author.host {
                            page.element("data", [("key", "host")], "\(host)")
                        }
                    }
                }
                for edge in edges {
                    page.element("edge", [("source", "n\(edge.from)"), ("target", "n\(edge.to)")]) {
                        $0.element("data", [("key", "weight")], "\(edge.weight)")
                    }
                }
            }
        }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + page.text
    }
}

extension Simulation {
    /// Honest hosts whose stores are searched for what strangers said: each holds about the same.
    private static let searchedHosts = 8

    /// Trust as the stores hold it: each honest author's from its own, everybody else's from what some honest hosts
    /// have of them. O(records of the searched stores).
    public var trustGraph: TrustGraph {
        var weights: [PublicKey: [PublicKey: Double]] = [:]
        func take(_ entry: Record, onlyHonest owner: PublicKey?) {
            let feed = entry.body.feed
            guard case .trust(let target, let weight) = entry.body.payload,
                owner.map({ $0 == feed }) ?? (oracle.owners[feed] == nil)
            else { return }
            weights[feed, default: [:]][target] = weight.value > 0 ? weight.value : nil
        }
        let honest = hosts.filter(\.isHonest)
        for (position, host) in honest.enumerated() {
            host.store.forEachEntry { entry in
                guard case .record(let stored) = entry else { return }
                take(stored.record, onlyHonest: host.publicKey)
                if position < Self.searchedHosts { take(stored.record, onlyHonest: nil) }
            }
        }
        var authors = hosts.map {
            TrustGraph.Author(
                key: $0.publicKey, role: $0.isHonest ? "honest" : "byzantine", host: $0.index)
        }
        let known = Set(authors.map(\.key))
        let others = Set(weights.keys).union(weights.values.flatMap(\.keys)).subtracting(known)
        authors += others.sorted().map {
            TrustGraph.Author(key: $0, role: "identity", host: nil)
        }
        return TrustGraph(
            authors: authors,
            weights: weights.flatMap { from, row in
                row.map { (from: from, to: $0.key, weight: $0.value) }
            })
    }
}
