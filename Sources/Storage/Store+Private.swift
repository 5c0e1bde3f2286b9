import GRDB
public import NodeCore
import Primitives
import Records

/// What the user keeps to themselves: never signed, never sent, durable like own records.
extension Store {
    /// In the order in which they were added.
    public func privateEntries() throws(StorageError) -> [PrivateEntry] {
        try attempt("read private entries", on: .own) {
            try own.read { db in
                try Row.fetchAll(
                    db,
                    sql: "SELECT kind, item, weight, time FROM private_entry ORDER BY number"
                ).map { try entry(Columns($0)) }
            }
        }
    }

    /// Adds all or none, also those that equal an earlier one: two plays are two plays.
    public func addPrivate(_ entries: [PrivateEntry]) throws(StorageError) {
        guard !entries.isEmpty else { return }
        try writeOwn("keep private entries") { db in
            let statement = try db.cachedStatement(
                sql: "INSERT INTO private_entry (kind, item, weight, time) VALUES (?, ?, ?, ?)")
            for entry in entries { try statement.execute(arguments: arguments(entry)) }
        }
    }

    /// Removes, for each, the newest equal entry; one that is not there is fine. All or none.
    public func removePrivate(_ entries: [PrivateEntry]) throws(StorageError) {
        guard !entries.isEmpty else { return }
        try writeOwn("remove private entries") { db in
            let statement = try db.cachedStatement(
                sql: """
                    DELETE FROM private_entry WHERE number = (
                        SELECT max(number) FROM private_entry
                        WHERE kind = ? AND item = ? AND weight = ? AND time = ?)
                    """)
            for entry in entries { try statement.execute(arguments: arguments(entry)) }
        }
    }

    private func arguments(_ entry: PrivateEntry) -> StatementArguments {
        [
            entry.kind.rawValue, Columns.blob(entry.item.bytes),
            Int64(entry.weight.thousandths), Columns.signed(entry.time.milliseconds),
        ]
    }

    private func entry(_ columns: Columns) throws -> PrivateEntry {
        guard let kind = PrivateEntry.Kind(rawValue: try columns.text(0)) else {
            throw columns.damage(0, "a kind of private entry")
        }
        guard let item = ItemID(bytes: try columns.bytes(1)) else {
            throw columns.damage(1, "an item")
        }
        guard let weight = Weight(thousandths: try columns.unsigned(2)) else {
            throw columns.damage(2, "a weight")
        }
        return PrivateEntry(kind: kind, item: item, weight: weight, time: try columns.instant(3))
    }
}
