import Primitives

/// Who the users of a foreign trust file are here.
struct AuthorMap {
    private var authors: [String: String] = [:]

    /// Map files are read whole: at most so many bytes.
    private static let limitBytes: UInt64 = 64 << 20

    /// Reads lines of id, tab, author; `#` starts a comment. Throws with the first bad line.
    init(path: String) throws {
        let text = try Files.read(path, limitBytes: Self.limitBytes)
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        where !line.isEmpty && !line.hasPrefix("#") {
            let fields = line.split(whereSeparator: { $0 == "\t" || $0 == "\r" })
            guard fields.count == 2, let key = PublicKey(text: String(fields[1])) else {
                throw CommandFailure.badInput(
                    "\(path), line \(index + 1): an id, a tab and a vb1... author are expected")
            }
            authors[String(fields[0])] = key.text
        }
    }

    subscript(id: String) -> String? { authors[id] }
}
