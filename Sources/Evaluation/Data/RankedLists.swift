internal import Foundation

/// What a method recommends to each scored user, best first.
public struct RankedLists: Hashable, Sendable {
    /// By user; empty for users that are not scored or get nothing. An item outside the data set is
    /// `items.count` or more.
    public var byUser: [[UInt32]]

    public init(_ byUser: [[UInt32]]) { self.byUser = byUser }

    /// Tab-separated `user item rank`, as `--save-lists` writes them and other evaluators read them.
    /// Requires items of the data set.
    public func text(_ data: EvaluationData) -> String {
        var text = ""
        for (user, list) in byUser.enumerated() {
            for (place, item) in list.enumerated() {
                text += "\(data.users[user])\t\(data.items[Int(item)])\t\(place + 1)\n"
            }
        }
        return text
    }

    /// Lists that somebody else made: lines of user and item by tabs, best first. Users that are not
    /// scored are skipped; an item that the data set does not name keeps a number of its own.
    ///
    /// Throws `.file` when the file cannot be read.
    public init(path: String, data: EvaluationData) throws(EvaluationFailure) {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw EvaluationFailure(code: .file, operation: "read \(path)", message: "\(error)")
        }
        let users = Dictionary(uniqueKeysWithValues: zip(data.users, data.users.indices))
        var items = Dictionary(uniqueKeysWithValues: zip(data.items, data.items.indices))
        let scored = Set(data.scoredUsers)
        var lists = [[UInt32]](repeating: [], count: data.users.count)
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let fields = line.split(separator: "\t")
            guard fields.count >= 2, let user = users[String(fields[0])], scored.contains(user)
            else { continue }
            let item = items[String(fields[1])] ?? items.count
            items[String(fields[1])] = item
            lists[user].append(UInt32(item))
        }
        byUser = lists
    }
}
