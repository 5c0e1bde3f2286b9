import Foundation
import GRDB
public import NodeCore
public import Primitives
import Records

/// What never leaves the node: private entries, names, blocks, peers, invitations.
extension Store {
    public func privateEntries() throws(StorageError) -> [PrivateEntry] {
        try own.read("read private entries") { database in
            try Row.fetchAll(
                database, sql: "SELECT kind, item, weight, time FROM private_entry ORDER BY number"
            ).compactMap { row in
                let kind: String = row[0]
                let item: String = row[1]
                let weight: Int64 = row[2]
                let time: Int64 = row[3]
                guard let kind = PrivateEntry.Kind(rawValue: kind), let item = ItemID(item),
                    let weight = Weight(thousandths: UInt64(max(0, weight)))
                else { return nil }
                return PrivateEntry(
                    kind: kind, item: item, weight: weight,
                    time: Instant(milliseconds: UInt64(max(0, time))))
            }
        }
    }

    public func addPrivate(_ entries: [PrivateEntry]) throws(StorageError) {
        try own.write("keep private entries") { database in
            let statement = try database.cachedStatement(
                sql: "INSERT INTO private_entry (kind, item, weight, time) VALUES (?, ?, ?, ?)")
            for entry in entries { try statement.execute(arguments: Self.arguments(entry)) }
        }
    }

    /// Removes one row for each entry, the newest that equals it.
    public func removePrivate(_ entries: [PrivateEntry]) throws(StorageError) {
        try own.write("remove private entries") { database in
            let statement = try database.cachedStatement(
                sql: """
                    DELETE FROM private_entry WHERE number = (
                        SELECT max(number) FROM private_entry
                        WHERE kind = ? AND item = ? AND weight = ? AND time = ?)
                    """)
            for entry in entries { try statement.execute(arguments: Self.arguments(entry)) }
        }
    }

    private static func arguments(_ entry: PrivateEntry) -> StatementArguments {
        [
            entry.kind.rawValue, entry.item.description, Int64(entry.weight.thousandths),
            Int64(clamping: entry.time.milliseconds),
        ]
    }

    public func petnames() throws(StorageError) -> [Petname] {
        try own.read("read names") { database in
            try Row.fetchAll(database, sql: "SELECT author, name FROM petname ORDER BY author")
                .compactMap { row in
                    let author: Data = row[0]
                    return PublicKey(author).map { Petname(author: $0, name: row[1]) }
                }
        }
    }

    /// Nil forgets the name.
    public func setPetname(_ name: String?, for author: PublicKey) throws(StorageError) {
        try own.write("name an author") { database in
            try database.execute(
                sql: "DELETE FROM petname WHERE author = ?", arguments: [Data(author.bytes)])
            guard let name else { return }
            try database.execute(
                sql: "INSERT INTO petname VALUES (?, ?)", arguments: [Data(author.bytes), name])
        }
    }

    public func blockedAuthors() throws(StorageError) -> [PublicKey] {
        try own.read("read blocks") { database in
            try Data.fetchAll(database, sql: "SELECT author FROM blocked ORDER BY author")
                .compactMap { PublicKey($0) }
        }
    }

    public func setBlocked(_ author: PublicKey, _ isBlocked: Bool) throws(StorageError) {
        try own.write("block an author") { database in
            try database.execute(
                sql: isBlocked
                    ? "INSERT INTO blocked VALUES (?) ON CONFLICT DO NOTHING"
                    : "DELETE FROM blocked WHERE author = ?", arguments: [Data(author.bytes)])
        }
    }

    public func peers() throws(StorageError) -> [StoredPeer] {
        try own.read("read peers") { database in
            try Row.fetchAll(
                database, sql: "SELECT node_key, address, author, added FROM peer ORDER BY added"
            ).compactMap { row in
                let key: Data = row[0]
                let author: Data? = row[2]
                let added: Int64 = row[3]
                return NodeKey(key).map {
                    StoredPeer(
                        nodeKey: $0, address: row[1], author: author.flatMap { PublicKey($0) },
                        addedAt: Instant(milliseconds: UInt64(max(0, added))))
                }
            }
        }
    }

    public func setPeer(_ peer: StoredPeer) throws(StorageError) {
        try own.write("keep a peer") { database in
            try database.execute(
                sql: """
                    INSERT INTO peer VALUES (?, ?, ?, ?) ON CONFLICT (node_key) DO UPDATE SET
                        address = excluded.address, author = excluded.author
                    """,
                arguments: [
                    Data(peer.nodeKey.bytes), peer.address, peer.author.map { Data($0.bytes) },
                    Int64(clamping: peer.addedAt.milliseconds),
                ])
        }
    }

    public func removePeer(_ key: NodeKey) throws(StorageError) {
        try own.write("forget a peer") { database in
            try database.execute(
                sql: "DELETE FROM peer WHERE node_key = ?", arguments: [Data(key.bytes)])
        }
    }

    public func invitations() throws(StorageError) -> [StoredInvitation] {
        try own.read("read invitations") { database in
            try Row.fetchAll(database, sql: "SELECT * FROM invitation ORDER BY created, token")
                .map { row in
                    let token: Data = row["token"]
                    let created: Int64 = row["created"]
                    let expires: Int64 = row["expires"]
                    let usedBy: Data? = row["used_by"]
                    let author: Data? = row["used_by_author"]
                    return StoredInvitation(
                        token: Array(token),
                        createdAt: Instant(milliseconds: UInt64(max(0, created))),
                        expiresAt: Instant(milliseconds: UInt64(max(0, expires))),
                        label: row["label"], usedBy: usedBy.flatMap { NodeKey($0) },
                        usedByAuthor: author.flatMap { PublicKey($0) })
                }
        }
    }

    public func addInvitation(_ invitation: StoredInvitation) throws(StorageError) {
        try own.write("keep an invitation") { database in
            try database.execute(
                sql: "INSERT INTO invitation (token, created, expires, label) VALUES (?, ?, ?, ?)",
                arguments: [
                    Data(invitation.token), Int64(clamping: invitation.createdAt.milliseconds),
                    Int64(clamping: invitation.expiresAt.milliseconds), invitation.label,
                ])
        }
    }

    public func useInvitation(token: [UInt8], by key: NodeKey, author: PublicKey)
        throws(StorageError)
    {
        try own.write("use an invitation") { database in
            try database.execute(
                sql: "UPDATE invitation SET used_by = ?, used_by_author = ? WHERE token = ?",
                arguments: [Data(key.bytes), Data(author.bytes), Data(token)])
        }
    }
}
