import Foundation

/// Tells whether own.db is the file that this node wrote last, or a copy that somebody put there.
///
/// A copy may be old, and publishing on it would sign places that were signed before. Every way of copying
/// files gives the copy another inode number, so the number is noted beside the file when that is made, and
/// at the first commit of each run. Not seen this way: a whole disk or machine set back to a snapshot.
struct OwnPlace: Sendable {
    private let database: String
    private let note: String

    init(stateDirectory: String) {
        database = stateDirectory + "/own.db"
        note = stateDirectory + "/own.place"
    }

    /// Whether own.db is not the file that was noted. O(1).
    var isMoved: Bool {
        number == nil || (try? String(contentsOfFile: note, encoding: .utf8)) != number
    }

    /// Nothing where it is noted already: a kill in between would leave a file of a name of its own behind.
    func write() {
        guard isMoved, let number else { return }
        // Without the note the next start waits for peers: safe, only slower.
        try? Data(number.utf8).write(to: URL(fileURLWithPath: note), options: .atomic)
        try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: note)
    }

    private var number: String? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: database)
        guard let file = attributes?[.systemFileNumber] as? NSNumber else { return nil }
        return "\(file.uint64Value)\n"
    }
}
