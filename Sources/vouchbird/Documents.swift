/// The documents that the command line makes itself, in the style of the daemon's: `schema` first,
/// snake_case keys, lists as `items`, ids whole.
struct VersionDocument: Encodable {
    var schema = "vouchbird.version/1"
    var version: String
    /// Of the wire contract (docs/protocol.md, "Frames").
    var wireVersion: Int
    var libsodium: String
}

struct PathsDocument: Encodable {
    var schema = "vouchbird.paths/1"
    var configurationFile: String
    var stateDirectory: String
    var keysDirectory: String
    var ownDatabase: String
    var netDatabase: String
    var lockFile: String
    var runtimeDirectory: String
    var controlSocket: String
}

struct ConfigurationDocument: Encodable {
    var schema = "vouchbird.configuration/1"
    var file: String
    var items: [Entry]

    struct Entry: Encodable {
        var key: String
        /// As it would stand in the file.
        var value: String
        /// `default`, `file, line 12`, `environment` or `command line`.
        var origin: String
    }
}

struct InitDocument: Encodable {
    var schema = "vouchbird.init/1"
    var name: String
    var author: String
    var words: String
    var feed: String
    var nodeKey: String
    var network: String
    var listen: [String]
    /// Whether the author came from a backup.
    var isRestored: Bool
    var configurationFile: String
    var stateDirectory: String
}

struct BackupDocument: Encodable {
    var schema = "vouchbird.backup/1"
    var path: String
    /// Absent when the backup was checked without its passphrase.
    var author: String?
    var words: String?
    var label: String?
    var createdAt: String?
}

struct RotateDocument: Encodable {
    var schema = "vouchbird.rotate/1"
    var oldAuthor: String
    var author: String
    var words: String
    var oldKeyFile: String
}

struct ImportDocument: Encodable {
    var schema = "vouchbird.import/1"
    var files: [File] = []
    var read: UInt64 = 0
    var accepted: UInt64 = 0
    /// Stood already; absent in a dry run, which asks nobody.
    var duplicate: UInt64?
    /// Rows of other users.
    var skipped: UInt64 = 0
    var rejected: UInt64 = 0
    /// Whether what was accepted is signed and gossiped.
    var isPublished = false
    var isDryRun = false
    var isInterrupted = false
    /// The first rejected lines.
    var rejects: [Reject] = []

    static let maximumRejects = 20

    struct File: Encodable {
        var path: String
        /// Absent when the file was left out.
        var format: String?
        var leftOut: String?
    }

    struct Reject: Encodable {
        var file: String
        var line: UInt64
        var reason: String
    }
}

struct ExportDocument: Encodable {
    var schema = "vouchbird.export/1"
    var kind: String
    var format: String
    var path: String
    var rows: UInt64
    /// Rows that the format cannot express.
    var skipped: UInt64
}

struct CheckupSummary<Check: Encodable>: Encodable {
    var schema = "vouchbird.doctor/1"
    var items: [Check]
}

struct RankDocument: Encodable {
    var schema = "vouchbird.rank/1"
    var engine: String
    /// The author for whom was ranked.
    var ego: Int
    var users: Int
    var itemCount: Int
    var candidates: Int
    var items: [Item]
    /// Per author and per item, where they were asked for.
    var arrays: Arrays?

    struct Item: Encodable {
        var rank: Int
        var item: Int
        var score: Double
        var share: Double
        var popularity: Double
        var concentration: Double
        var factor: Double
        var supporters: Int
        var tier: String
    }

    struct Arrays: Encodable {
        /// The ego's trust in each author, expected visits of its trust walk, and its group (its own
        /// index for a lone voice, -1 out of reach).
        var authorTrust: [Double]
        var authorVisits: [Double]
        var authorGroups: [Int]
        var walkVisits: [Double]
        var itemVisits: [Double]
        var itemShares: [Double]
        var itemScores: [Double]
    }
}
