/// What a person or a program asks of a running node.
///
/// One layer for every door: the command line sends these over the local socket; an HTTP service maps
/// its routes to the same cases. Each is answered by one `Document`, or by a `RequestFailure`.
/// Authors are `vb1...` text, node keys hexadecimal, times RFC 3339 in UTC.
public enum Request: Codable, Hashable, Sendable {
    case status
    /// At most `Request.maximumDrafts`; each gets a result of its own.
    case publish(drafts: [Draft])
    /// Takes every own like, rating and play of the item back, or only the named kind.
    case retract(item: String, kind: Draft.Kind?)
    case history(before: UInt64?, limit: Int)
    case trustList
    case trustPath(author: String)
    /// Names an author for this node's own eyes; nil forgets the name.
    case nameAuthor(author: String, name: String?)
    case blockAuthor(author: String, isBlocked: Bool)
    case peerList
    case peerAdd(address: String, nodeKey: String)
    case peerRemove(nodeKey: String)
    case inviteCreate(label: String?, lifetimeSeconds: UInt64)
    case inviteAccept(link: String)
    case inviteList
    case recommend(RecommendOptions)
    case why(item: String, engine: String?)
    /// Edges that this node knows: `own` for the user's, otherwise the whole local graph.
    case edges(own: Bool, kind: EdgeKind, after: String?, limit: Int)
    case identity
    case deviceList
    /// Of a device's feed nothing after a record counts; after what is held here when nil.
    case deviceRevoke(feed: String, after: UInt64?)
    case checkup
    case stop

    public static let maximumDrafts = 256

    public enum EdgeKind: String, Codable, Hashable, Sendable { case trust, interactions }
}

/// Something to write down: signed and gossiped, or kept for this node's own eyes.
public struct Draft: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
        case play, like, rate, dislike, hide, title, trust
    }

    public var kind: Kind
    /// The item, for every kind but `trust`.
    public var item: String?
    /// The trusted author, for `trust`.
    public var author: String?
    /// Plays, stars or trust; 1 when absent. Trust 0 withdraws.
    public var weight: Double?
    /// When it happened; now when absent. Own records keep the order of writing.
    public var time: String?
    public var title: String?
    /// Never signed, never sent: only the node's own ranking knows. Always so for `dislike` and `hide`.
    public var isPrivate: Bool
    /// Makes a repeated import a no-op: nothing is written when the same kind, item and weight (and time, if
    /// given) stands already.
    public var unlessPresent: Bool

    public init(
        kind: Kind, item: String? = nil, author: String? = nil, weight: Double? = nil,
        time: String? = nil, title: String? = nil, isPrivate: Bool = false,
        unlessPresent: Bool = false
    ) {
        self.kind = kind
        self.item = item
        self.author = author
        self.weight = weight
        self.time = time
        self.title = title
        self.isPrivate = isPrivate
        self.unlessPresent = unlessPresent
    }
}

public struct RecommendOptions: Codable, Hashable, Sendable {
    /// 1 to 1,000.
    public var count: Int
    /// An engine's name; nil for the configured mode's.
    public var engine: String?
    /// Contributors named for each item.
    public var reasons: Int
    /// Seed of engines that draw.
    public var seed: UInt64?

    public init(count: Int = 20, engine: String? = nil, reasons: Int = 3, seed: UInt64? = nil) {
        self.count = count
        self.engine = engine
        self.reasons = reasons
        self.seed = seed
    }
}

/// Why a request was not carried out: for a person, and as an exit code for a script.
public struct RequestFailure: Error, Codable, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Codable, Hashable, Sendable {
        case usage
        case badInput = "bad-input"
        case notFound = "not-found"
        case nothingToShow = "nothing-to-show"
        case unavailable
        case storage
        case timeout
        case fenced
    }

    public var code: Code
    /// What and why, one sentence.
    public var message: String
    /// The next command to try.
    public var hint: String?

    public init(code: Code, message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    public var description: String { hint.map { "\(message) (\($0))" } ?? message }
}
