import GRDB
public import Primitives
public import Records

/// Whose data a directory holds; files of anybody else are refused.
public struct StoreOwner: Hashable, Sendable {
    /// The key that signs this device's records.
    public var feed: PublicKey
    public var author: PublicKey
    public var network: NetworkID

    public init(feed: PublicKey, author: PublicKey, network: NetworkID) {
        self.feed = feed
        self.author = author
        self.network = network
    }
}

extension StoreOwner {
    private var pairs: [(key: String, value: [UInt8])] {
        [("author", author.bytes), ("feed", feed.bytes), ("network", network.bytes)]
    }

    /// Writes itself into a new file.
    func write(_ db: Database) throws {
        for pair in pairs {
            try db.execute(
                sql: "INSERT INTO meta (key, value) VALUES (?, ?)",
                arguments: [pair.key, Columns.blob(pair.value)])
        }
    }

    /// Writes itself over the owner of a file.
    func replace(_ db: Database) throws {
        for pair in pairs {
            try db.execute(
                sql: "UPDATE meta SET value = ? WHERE key = ?",
                arguments: [Columns.blob(pair.value), pair.key])
        }
    }

    /// The keys of `meta` that name somebody else, or are missing. Empty when the file is ours.
    func differences(_ db: Database) throws -> [String] {
        var differences: [String] = []
        for pair in pairs {
            let row = try Row.fetchOne(
                db, sql: "SELECT value FROM meta WHERE key = ?", arguments: [pair.key])
            if try row.map({ try Columns($0).bytes(0) }) != pair.value {
                differences.append(pair.key)
            }
        }
        return differences
    }
}
