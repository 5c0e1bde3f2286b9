/// The file formats that can be read. The raw value is the name on the command line.
public enum DatasetFormat: String, Hashable, Sendable, CaseIterable {
    /// user, item, [weight], [time], by tabs, commas or spaces; a header line is optional and then
    /// names the columns in any order.
    case plain = "tsv"
    /// RecBole's atomic interactions: `user_id:token`, `item_id:token`, `rating:float` ...
    case inter
    /// RecBole's social graph: `source_id:token`, `target_id:token`.
    case net
    /// `user_artists.dat` of HetRec 2011 Last.fm: plays by user and artist.
    case hetrec
    /// `user_friends.dat` of the same set.
    case hetrecFriends = "hetrec-friends"
    /// user, user, [weight]: who trusts whom, directed.
    case trust

    /// Whether its rows are trust edges rather than interactions.
    public var holdsTrust: Bool {
        switch self {
        case .net, .hetrecFriends, .trust: true
        case .plain, .inter, .hetrec: false
        }
    }
}

extension DatasetFormat {
    /// What a file looks like.
    public enum Detection: Hashable, Sendable {
        case format(DatasetFormat)
        /// A file that says nothing we could use, and why.
        case ignored(reason: String)
        /// No known format, and the next step.
        case unknown(reason: String)
    }

    /// Bytes from the start of a file that are enough for `detect`.
    public static let headBytes = 4096

    /// Recognises a file by the first bytes, then by its name. Plain interactions are the rest.
    public static func detect(fileName: String, head: [UInt8]) -> Detection {
        if let packed = packed(head) { return .unknown(reason: packed) }
        let name = fileName.split(separator: "/").last.map { $0.lowercased() } ?? ""
        for (suffix, format) in [(".inter", DatasetFormat.inter), (".net", .net)]
        where name.hasSuffix(suffix) { return .format(format) }
        if let side = [".item", ".user", ".kg", ".link"].first(where: { name.hasSuffix($0) }) {
            return .ignored(reason: "RecBole \(side) files hold no interactions and no trust")
        }
        let first = head.split(separator: 0x0a).first { $0.first != 0x23 } ?? []
        let names = (FieldSeparator.guess(from: first).split(first) ?? []).map(ColumnRole.plainName)
        if let detection = byHeader(names, typed: first.contains(0x3a)) { return detection }
        let isTrust = ["trust", "friends", "social", "follow"].contains { name.contains($0) }
        return .format(isTrust ? .trust : .plain)
    }

    private static func byHeader(_ names: [String], typed: Bool) -> Detection? {
        if names.contains("userid"), names.contains("tagid") {
            return .ignored(
                reason: "tags are not used: import user_artists.dat and user_friends.dat")
        }
        switch names {
        case ["userid", "artistid", "weight"]: return .format(.hetrec)
        case ["userid", "friendid"]: return .format(.hetrecFriends)
        case ["id", "name", "url", "pictureurl"], ["tagid", "tagvalue"]:
            return .ignored(reason: "names of artists and tags are not imported")
        default: break
        }
        guard typed else { return nil }
        if names.contains("userid"), names.contains("itemid") { return .format(.inter) }
        if names.contains("sourceid"), names.contains("targetid") { return .format(.net) }
        return nil
    }

    private static func packed(_ head: [UInt8]) -> String? {
        let magics: [([UInt8], String)] = [
            ([0x50, 0x4b, 0x03, 0x04], "a zip archive: unpack it and import the files in it"),
            ([0x1f, 0x8b], "gzip: unpack it with gunzip"),
            ([0x28, 0xb5, 0x2f, 0xfd], "zstd: unpack it with zstd -d"),
            (Array("SQLite format 3".utf8), "an SQLite database: export a table as TSV"),
        ]
        for (magic, reason) in magics where head.starts(with: magic) { return "this is \(reason)" }
        if head.contains(0) { return "this is not text (it holds NUL bytes)" }
        if let first = head.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }),
            [0x7b, 0x5b].contains(first)
        {
            return "this looks like JSON, which this version does not import"
        }
        return nil
    }
}
