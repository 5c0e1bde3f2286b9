import GRDB
public import Primitives

/// The user's name for an author. Never sent.
public struct Petname: Hashable, Sendable {
    public var author: PublicKey
    public var name: String

    public init(author: PublicKey, name: String) {
        self.author = author
        self.name = name
    }
}

/// Authors that the user named or blocked. Nothing of it leaves the machine.
extension Store {
    /// By author.
    public func petnames() throws(StorageError) -> [Petname] {
        try attempt("read names", on: .own) {
            try own.read { db in
                try Row.fetchAll(db, sql: "SELECT author, name FROM petname ORDER BY author")
                    .map { row in
                        let columns = Columns(row)
                        return Petname(author: try columns.wrapped(0), name: try columns.text(1))
                    }
            }
        }
    }

    /// Names an author anew; nil takes the name away.
    public func setPetname(_ name: String?, for author: PublicKey) throws(StorageError) {
        try writeOwn("name an author") { db in
            let key = Columns.blob(author.bytes)
            guard let name else {
                return try db.execute(
                    sql: "DELETE FROM petname WHERE author = ?", arguments: [key])
            }
            try db.execute(
                sql: """
                    INSERT INTO petname (author, name) VALUES (?, ?)
                    ON CONFLICT (author) DO UPDATE SET name = excluded.name
                    """, arguments: [key, name])
        }
    }

    /// Ascending.
    public func blockedAuthors() throws(StorageError) -> [PublicKey] {
        try attempt("read blocked authors", on: .own) {
            try own.read { db in
                try Row.fetchAll(db, sql: "SELECT author FROM blocked ORDER BY author")
                    .map { try Columns($0).wrapped(0) }
            }
        }
    }

    public func setBlocked(_ author: PublicKey, _ isBlocked: Bool) throws(StorageError) {
        try writeOwn("block an author") { db in
            try db.execute(
                sql: isBlocked
                    ? "INSERT INTO blocked (author) VALUES (?) ON CONFLICT DO NOTHING"
                    : "DELETE FROM blocked WHERE author = ?",
                arguments: [Columns.blob(author.bytes)])
        }
    }

    /// One durable transaction on own.db.
    func writeOwn(_ operation: String, _ body: (Database) throws -> Void) throws(StorageError) {
        try attempt(operation, on: .own) { try own.write(body) }
    }

    /// Refuses one more row of a table that has `listCapacity` of them.
    func requireRoom(in table: String, _ db: Database) throws {
        let row = try Row.fetchOne(db, sql: "SELECT count(*) FROM \(table)")
        guard let row, try Columns(row).int(0) < Self.listCapacity else {
            throw StorageError(
                code: .full, operation: "add to \(table)",
                message: "there are \(Self.listCapacity) of them already: remove some first")
        }
    }
}
