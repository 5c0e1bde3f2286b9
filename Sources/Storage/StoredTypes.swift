public import Primitives
public import Records

/// Whose data a store holds: opening it with other keys, or for another network, is refused.
public struct StoreOwner: Hashable, Sendable {
    public var feed: PublicKey
    public var author: PublicKey
    public var network: NetworkID

    public init(feed: PublicKey, author: PublicKey, network: NetworkID) {
        self.feed = feed
        self.author = author
        self.network = network
    }
}

/// A node that the user named, or that used an invitation.
public struct StoredPeer: Hashable, Sendable {
    public var nodeKey: NodeKey
    /// Nil: it dials us.
    public var address: String?
    public var author: PublicKey?
    public var addedAt: Instant

    public init(nodeKey: NodeKey, address: String?, author: PublicKey?, addedAt: Instant) {
        self.nodeKey = nodeKey
        self.address = address
        self.author = author
        self.addedAt = addedAt
    }
}

/// An invitation that this node gave out.
public struct StoredInvitation: Hashable, Sendable {
    /// 16 bytes, used once.
    public var token: [UInt8]
    public var createdAt: Instant
    public var expiresAt: Instant
    public var label: String?
    public var usedBy: NodeKey?
    public var usedByAuthor: PublicKey?

    public init(
        token: [UInt8], createdAt: Instant, expiresAt: Instant, label: String?, usedBy: NodeKey?,
        usedByAuthor: PublicKey?
    ) {
        self.token = token
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.label = label
        self.usedBy = usedBy
        self.usedByAuthor = usedByAuthor
    }
}

/// What the user calls an author.
public struct Petname: Hashable, Sendable {
    public var author: PublicKey
    public var name: String

    public init(author: PublicKey, name: String) {
        self.author = author
        self.name = name
    }
}

/// Bytes on disk, write-ahead logs included.
public struct StoreSizes: Hashable, Sendable {
    public var ownBytes: UInt64
    public var netBytes: UInt64
}
