/// The two files of a data directory.
enum DatabaseKind: CaseIterable {
    /// What nobody can give back: own records, private entries, names, peers, invitations.
    case own
    /// What can be fetched again from peers, within a budget.
    case net

    var name: String {
        switch self {
        case .own: "own.db"
        case .net: "net.db"
        }
    }

    /// SQLite's application id in the header, so that swapped files are noticed: "vbOW", "vbNE".
    var applicationID: Int64 {
        switch self {
        case .own: 0x7662_4F57
        case .net: 0x7662_4E45
        }
    }

    /// What and what next, when the bytes are not what was written. For own.db opening adds where
    /// the copy is.
    var damageMessage: String {
        switch self {
        case .own: "own.db is damaged; it stays as it is: vouchbird identity restore"
        case .net: "net.db is damaged: a restart sets it aside and fetches it again from peers"
        }
    }
}
