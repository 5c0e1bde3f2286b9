import GRDB
public import Primitives

/// A node that the user wants to be linked with.
public struct StoredPeer: Hashable, Sendable {
    /// Tells peers apart: one node, one entry.
    public var nodeKey: NodeKey
    /// Where to dial it; nil for one that dials us.
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

/// A link that the user gave to somebody.
public struct StoredInvitation: Hashable, Sendable {
    /// The secret inside it.
    public var token: [UInt8]
    public var createdAt: Instant
    public var expiresAt: Instant
    public var label: String?
    /// The one node that may use it from now on.
    public var usedBy: NodeKey?
    public var usedByAuthor: PublicKey?

    public init(
        token: [UInt8], createdAt: Instant, expiresAt: Instant, label: String?,
        usedBy: NodeKey?, usedByAuthor: PublicKey?
    ) {
        self.token = token
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.label = label
        self.usedBy = usedBy
        self.usedByAuthor = usedByAuthor
    }
}

/// Peers and invitations: at most `listCapacity` of each.
extension Store {
    /// Oldest first.
    public func peers() throws(StorageError) -> [StoredPeer] {
        try attempt("read peers", on: .own) {
            try own.read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT node_key, address, author, added_at FROM peer
                        ORDER BY added_at, node_key
                        """
                ).map { row in
                    let columns = Columns(row)
                    return StoredPeer(
                        nodeKey: try columns.wrapped(0), address: try columns.optionalText(1),
                        author: try columns.optionalWrapped(2), addedAt: try columns.instant(3))
                }
            }
        }
    }

    /// Adds a peer, or gives one a new address and author; when it was added stays. Throws `.full`.
    public func setPeer(_ peer: StoredPeer) throws(StorageError) {
        try writeOwn("keep a peer") { db in
            let key = Columns.blob(peer.nodeKey.bytes)
            let author = peer.author.map { Columns.blob($0.bytes) }
            try db.execute(
                sql: "UPDATE peer SET address = ?, author = ? WHERE node_key = ?",
                arguments: [peer.address, author, key])
            guard db.changesCount == 0 else { return }
            try requireRoom(in: "peer", db)
            try db.execute(
                sql: "INSERT INTO peer (node_key, address, author, added_at) VALUES (?, ?, ?, ?)",
                arguments: [
                    key, peer.address, author, Columns.signed(peer.addedAt.milliseconds),
                ])
        }
    }

    /// One that is not there is fine.
    public func removePeer(_ key: NodeKey) throws(StorageError) {
        try writeOwn("remove a peer") { db in
            try db.execute(
                sql: "DELETE FROM peer WHERE node_key = ?",
                arguments: [Columns.blob(key.bytes)])
        }
    }

    /// Oldest first.
    public func invitations() throws(StorageError) -> [StoredInvitation] {
        try attempt("read invitations", on: .own) {
            try own.read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT token, created_at, expires_at, label, used_by, used_by_author
                        FROM invitation ORDER BY created_at, token
                        """
                ).map { row in
                    let columns = Columns(row)
                    return StoredInvitation(
                        token: try columns.bytes(0), createdAt: try columns.instant(1),
                        expiresAt: try columns.instant(2), label: try columns.optionalText(3),
                        usedBy: try columns.optionalWrapped(4),
                        usedByAuthor: try columns.optionalWrapped(5))
                }
            }
        }
    }

    /// Throws `.conflict` for a token that is there, `.full` at the cap.
    public func addInvitation(_ invitation: StoredInvitation) throws(StorageError) {
        try writeOwn("keep an invitation") { db in
            try requireRoom(in: "invitation", db)
            try db.execute(
                sql: """
                    INSERT INTO invitation
                    (token, created_at, expires_at, label, used_by, used_by_author)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    Columns.blob(invitation.token),
                    Columns.signed(invitation.createdAt.milliseconds),
                    Columns.signed(invitation.expiresAt.milliseconds), invitation.label,
                    invitation.usedBy.map { Columns.blob($0.bytes) },
                    invitation.usedByAuthor.map { Columns.blob($0.bytes) },
                ])
        }
    }

    /// Binds an invitation to the first node that uses it; the same node may again, because its
    /// answer may have been lost. Throws `.conflict` when it is unknown or another's. Whether it
    /// has expired is the caller's to say.
    public func useInvitation(
        token: [UInt8], by node: NodeKey, author: PublicKey
    ) throws(StorageError) {
        try writeOwn("use an invitation") { db in
            let key = Columns.blob(node.bytes)
            try db.execute(
                sql: """
                    UPDATE invitation SET used_by = ?, used_by_author = ?
                    WHERE token = ? AND (used_by IS NULL OR used_by = ?)
                    """,
                arguments: [key, Columns.blob(author.bytes), Columns.blob(token), key])
            guard db.changesCount == 1 else {
                throw StorageError(
                    code: .conflict, operation: "use an invitation",
                    message: "it is unknown or used by another node: vouchbird invite create")
            }
        }
    }

    /// One that is not there is fine.
    public func removeInvitation(token: [UInt8]) throws(StorageError) {
        try writeOwn("remove an invitation") { db in
            try db.execute(
                sql: "DELETE FROM invitation WHERE token = ?", arguments: [Columns.blob(token)])
        }
    }
}
