/// A JSON document that answers a request. `schema` is `vouchbird.NAME/1`; within a major version
/// fields are only added. Keys are snake_case on the wire, ids never shortened.
public protocol Document: Codable, Sendable {
    static var schemaName: String { get }
    var schema: String { get }
}

public struct StatusDocument: Document {
    public static let schemaName = "vouchbird.status/1"
    public var schema = Self.schemaName
    public var name: String
    public var version: String
    public var author: String
    public var feed: String
    public var nodeKey: String
    public var network: String
    public var listen: [String]
    public var processId: Int32
    public var startedAt: String
    public var uptimeSeconds: Double
    public var links: Links
    public var records: Records
    public var trust: Trust
    public var recommendations: Recommendations
    public var store: Store
    public var frontier: Frontier
    /// Median of the linked peers' clocks less ours; absent below three peers.
    public var clockSkewMilliseconds: Int64?
    /// Every bounded map: how full it is.
    public var maps: [Map]
    public var warnings: [String]

    public struct Links: Codable, Sendable {
        public var connected: Int
        public var inbound: Int
        public var outbound: Int
        public var configured: Int
        /// What all connections carried since the start: bytes of their TCP streams.
        public var receivedBytes: UInt64
        public var sentBytes: UInt64
    }
    public struct Records: Codable, Sendable {
        public var own: UInt64
        public var known: UInt64
        public var feeds: Int
        public var forkedFeeds: Int
        /// Verdicts since the start, by name: `accepted`, `ignored.duplicate`, `rejected.bad-signature` ...
        public var verdicts: [String: UInt64]
    }
    public struct Trust: Codable, Sendable {
        public var direct: Int
        public var reachable: Int
        public var unreachable: Int
    }
    public struct Recommendations: Codable, Sendable {
        public var engine: String
        public var ready: Int
        public var computedAt: String?
        public var rankMilliseconds: Double?
        /// Whether the graph has changed since.
        public var isStale: Bool
    }
    public struct Store: Codable, Sendable {
        /// `ok`, `full`, `io-error` or `corrupt`.
        public var state: String
        public var ownBytes: UInt64
        public var netBytes: UInt64
        public var budgetBytes: UInt64
    }
    public struct Frontier: Codable, Sendable {
        public var feeds: Int
        /// Digest of every (feed, sequence, head): equal on nodes that agree.
        public var digest: String
    }
    public struct Map: Codable, Sendable {
        public var name: String
        public var count: Int
        public var cap: Int
    }
}

public struct PublishDocument: Document {
    public static let schemaName = "vouchbird.publish/1"
    public var schema = Self.schemaName
    public var items: [Result]

    public struct Result: Codable, Sendable {
        public enum Outcome: String, Codable, Sendable { case written, duplicate, refused }
        public var outcome: Outcome
        /// In the own feed; absent when kept private.
        public var sequence: UInt64?
        public var reason: String?
    }
}

public struct RetractDocument: Document {
    public static let schemaName = "vouchbird.retract/1"
    public var schema = Self.schemaName
    public var item: String
    /// Sequences of the records taken back.
    public var retracted: [UInt64]
    /// Private entries removed.
    public var removedPrivate: Int
}

public struct HistoryDocument: Document {
    public static let schemaName = "vouchbird.history/1"
    public var schema = Self.schemaName
    public var items: [Entry]
    public var nextCursor: UInt64?

    public struct Entry: Codable, Sendable {
        public var kind: String
        public var item: String?
        public var title: String?
        public var author: String?
        public var weight: Double?
        public var time: String
        public var isPrivate: Bool
        /// In the own feed; absent when private.
        public var sequence: UInt64?
        public var isRetracted: Bool
    }
}

/// An author as people see one.
public struct AuthorReference: Codable, Hashable, Sendable {
    public var author: String
    /// The name given on this node, if any.
    public var name: String?
}

public struct TrustListDocument: Document {
    public static let schemaName = "vouchbird.trust-list/1"
    public var schema = Self.schemaName
    public var items: [Entry]

    public struct Entry: Codable, Sendable {
        public var author: String
        public var name: String?
        public var weight: Double
        /// Share of the ego's trust flow that reaches this author.
        public var trust: Double
        public var isBlocked: Bool
    }
}

public struct TrustPathDocument: Document {
    public static let schemaName = "vouchbird.trust-path/1"
    public var schema = Self.schemaName
    public var author: AuthorReference
    public var isReachable: Bool
    /// From the user to the author, both included; empty when unreachable.
    public var path: [AuthorReference]
    /// Product of the normalised trust along the path.
    public var strength: Double
    /// Share of the ego's trust flow that reaches this author.
    public var trust: Double
}

public struct PeerListDocument: Document {
    public static let schemaName = "vouchbird.peers/1"
    public var schema = Self.schemaName
    public var items: [Entry]
    /// Nil when `gossip.peer_exchange` is off.
    public var overlay: Overlay?

    /// What this node knows of nodes that nobody named.
    public struct Overlay: Codable, Sendable {
        /// The setting.
        public var exchange: String
        /// Where others are told that this node is; nil when they are not told.
        public var announced: String?
        /// Nodes that were only told of, and nodes that answered.
        public var new: Int
        public var tried: Int
        /// Nodes among them that this one chose and is linked with.
        public var outbound: Int
    }

    public struct Entry: Codable, Sendable {
        public var nodeKey: String
        public var address: String?
        public var author: String?
        public var name: String?
        /// `connected`, `connecting`, `refused` ...
        public var state: String
        public var direction: String
        public var isConfigured: Bool
        public var roundTripMilliseconds: Double?
        public var detail: String?
    }
}

public struct InviteDocument: Document {
    public static let schemaName = "vouchbird.invite/1"
    public var schema = Self.schemaName
    public var link: String
    public var label: String?
    public var expiresAt: String
}

public struct InviteListDocument: Document {
    public static let schemaName = "vouchbird.invites/1"
    public var schema = Self.schemaName
    public var items: [Entry]

    public struct Entry: Codable, Sendable {
        public var label: String?
        public var createdAt: String
        public var expiresAt: String
        public var usedBy: String?
    }
}

public struct InviteAcceptDocument: Document {
    public static let schemaName = "vouchbird.invite-accept/1"
    public var schema = Self.schemaName
    public var author: String
    public var nodeKey: String
    public var address: String
    /// Trusting is a choice of its own; this is the command.
    public var next: String
}

/// One author's part in one item's score.
public struct Reason: Codable, Hashable, Sendable {
    public var author: String
    public var name: String?
    /// Of the item's whole score, 0 ... 1.
    public var fraction: Double
    /// From the user to the author, both included; empty for an author that no trust path reaches.
    public var path: [AuthorReference]
    /// What the author's voice owes to earned trust, 0 ... 1; absent unless the engine is `discover`.
    public var earned: Double?
    /// The discoveries of the user that earned most of it, the largest first: the author had each of these
    /// items here before.
    public var discoveries: [DiscoveryReference]?
}

/// An item that its person found, for a reader.
public struct DiscoveryReference: Codable, Hashable, Sendable {
    public var item: String
    public var title: String?
}

public struct RecommendDocument: Document {
    public static let schemaName = "vouchbird.recommend/1"
    public var schema = Self.schemaName
    public var engine: String
    public var computedAt: String
    /// Time that the answer took in the node, and that the ranking behind it took.
    public var answerMilliseconds: Double
    public var rankMilliseconds: Double
    /// Items that could be recommended at all.
    public var candidates: Int
    public var items: [Item]

    public struct Item: Codable, Sendable {
        public var rank: Int
        public var item: String
        public var title: String?
        public var score: Double
        public var share: Double
        /// `supported`, or `single-voice`: one group of authors only, in a young network.
        public var tier: String
        public var supporters: Int
        public var reasons: [Reason]
    }
}

public struct WhyDocument: Document {
    public static let schemaName = "vouchbird.why/1"
    public var schema = Self.schemaName
    public var item: String
    public var title: String?
    public var engine: String
    /// `recommended`, `already-known`, `disliked`, `hidden`, `no-one-in-reach`, `single-voice`, `below-cut`, `unknown-item`.
    public var standing: String
    /// One sentence for a person.
    public var sentence: String
    public var rank: Int?
    public var candidates: Int
    public var score: Double?
    public var share: Double?
    /// Trust-weighted popularity.
    public var popularity: Double?
    /// Largest share of one group of supporters, 0 ... 1.
    public var concentration: Double?
    /// How independent its supporters are, 0 ... 1; absent far down the list.
    public var independence: Double?
    /// Authors of average trust who have it outside the group of those that have most of it; absent in
    /// modes that do not ask.
    public var witnesses: Double?
    /// What concentration, independence and witnesses leave of the score, at most 1.
    public var factor: Double?
    public var rankWithoutLargest: Int?
    /// Authors known to this node who have the item, and those of them whom no trust path reaches.
    public var interactions: Int
    public var outOfReach: Int
    public var reasons: [Reason]
}

public struct EdgesDocument: Document {
    public static let schemaName = "vouchbird.edges/1"
    public var schema = Self.schemaName
    public var items: [Edge]
    public var nextCursor: String?

    public struct Edge: Codable, Sendable {
        /// The author whose statement it is.
        public var author: String
        /// The trusted author, or the item.
        public var target: String
        public var kind: String
        public var weight: Double
        public var time: String?
    }
}

public struct IdentityDocument: Document {
    public static let schemaName = "vouchbird.identity/1"
    public var schema = Self.schemaName
    public var name: String
    public var author: String
    /// Four words of the author key, to compare by voice.
    public var words: String
    public var feed: String
    public var nodeKey: String
}

public struct DeviceListDocument: Document {
    public static let schemaName = "vouchbird.devices/1"
    public var schema = Self.schemaName
    public var items: [Device]

    public struct Device: Codable, Sendable {
        public var feed: String
        /// Whom it speaks for: you, or one of your former keys.
        public var author: String
        public var isThis: Bool
        /// Records held here.
        public var records: UInt64
        public var newest: String?
        /// Its key signed two records for one place.
        public var isForked: Bool
        /// The last record that counts, where you revoked it.
        public var revokedAfter: UInt64?
    }
}

public struct CheckupDocument: Document {
    public static let schemaName = "vouchbird.checkup/1"
    public var schema = Self.schemaName
    public var items: [Check]

    public struct Check: Codable, Sendable {
        public enum State: String, Codable, Sendable { case ok, warning, failure }
        public var name: String
        public var state: State
        /// What was found, for programs: `forked`, `behind`, `revoked`, `clock-off`, `head-unknown`, `friend-forked`; absent
        /// for what has no name.
        public var finding: String?
        public var detail: String
        /// The next command, when there is something to do.
        public var fix: String?

        public init(
            name: String, state: State, finding: String? = nil, detail: String, fix: String? = nil
        ) {
            self.name = name
            self.state = state
            self.finding = finding
            self.detail = detail
            self.fix = fix
        }
    }
}

/// Answers a request that has nothing more to say than that it was carried out.
public struct DoneDocument: Document {
    public static let schemaName = "vouchbird.done/1"
    public var schema = Self.schemaName
    public var message: String

    public init(message: String) { self.message = message }
}
