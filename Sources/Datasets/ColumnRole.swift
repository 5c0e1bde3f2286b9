/// What a column means.
enum ColumnRole: Hashable, Sendable, CaseIterable {
    case user, item, weight, time, title, target

    /// The role that a header name has in files of trust or of interactions; nil for none.
    init?(name: String, inTrust: Bool) {
        let roles = inTrust ? Self.trustRoles : Self.interactionRoles
        guard let role = roles[Self.plainName(name)] else { return nil }
        self = role
    }

    private static let trustRoles = roles([.user, .target, .weight], inTrust: true)
    private static let interactionRoles = roles(
        [.user, .item, .weight, .time, .title], inTrust: false)

    /// The role of each name; the first one where two share it.
    private static func roles(_ roles: [ColumnRole], inTrust: Bool) -> [String: ColumnRole] {
        let pairs = roles.flatMap { role in role.names(inTrust: inTrust).map { ($0, role) } }
        return Dictionary(pairs) { first, _ in first }
    }

    /// Header text without RecBole's `:type`, letter case, underscores and dashes.
    static func plainName(_ name: String) -> String {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        // Only RecBole's own types: `song:1` is an item, not a column called `song`.
        let isTyped = parts.count == 2 && atomicTypes.contains(String(parts[1]))
        let bare = isTyped ? String(parts[0]) : name
        return String(bare.lowercased().unicodeScalars.filter(isTold))
    }

    private static func isTold(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "_", "-", " ", "\"", "\u{feff}": false
        default: true
        }
    }

    /// Field types of RecBole's atomic files.
    private static let atomicTypes = ["token", "token_seq", "float", "float_seq"]

    private func names(inTrust: Bool) -> [String] {
        switch self {
        case .user:
            inTrust
                ? [
                    "userid", "user", "source", "sourceid", "from", "truster", "trustor",
                    "follower",
                ]
                : ["userid", "user", "uid", "username"]
        case .item:
            [
                "itemid", "item", "iid", "artistid", "artist", "movieid", "trackid", "track",
                "songid", "song", "businessid", "isbn", "asin",
            ]
        case .weight:
            [
                "weight", "rating", "stars", "score", "value", "plays", "playcount", "count",
                "listens", "trust",
            ]
        case .time: ["timestamp", "time", "ts", "date", "datetime"]
        case .title: ["title", "name", "itemname", "itemtitle"]
        case .target:
            ["friendid", "friend", "target", "targetid", "to", "trustee", "followee", "followed"]
        }
    }
}

/// Which columns to take, where the user says so: each a header name or a number from 1.
public struct ColumnChoice: Hashable, Sendable {
    public var user: String?
    public var item: String?
    public var weight: String?
    public var time: String?

    public init(
        user: String? = nil, item: String? = nil, weight: String? = nil, time: String? = nil
    ) {
        self.user = user
        self.item = item
        self.weight = weight
        self.time = time
    }

    var isEmpty: Bool { self == ColumnChoice() }

    /// The chosen columns with their roles, in a fixed order.
    func pairs(inTrust: Bool) -> [(ColumnRole, String)] {
        let all: [(ColumnRole, String?)] = [
            (.user, user), (inTrust ? .target : .item, item), (.weight, weight), (.time, time),
        ]
        return all.compactMap { role, text in text.map { (role, $0) } }
    }
}
