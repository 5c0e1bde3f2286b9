import Daemon
import Primitives

extension Session {
    /// The author that an argument names: `vb1...`, 64 hexadecimal digits, or a name given before.
    func author(_ text: String, _ client: NodeClient) throws -> String {
        if let key = PublicKey(text: text) { return key.text }
        let looksLikeKey = text.lowercased().hasPrefix("vb1") && text.utf8.count > 40
        guard !looksLikeKey else {
            throw CommandFailure.badInput(
                "\(text) is no author: a character is wrong or missing",
                hint: "ask for it again: vouchbird identity show")
        }
        let list = try client.ask(.trustList, for: TrustListDocument.self).document
        let named = list.items.filter { $0.name == text }
        guard let first = named.first, named.count == 1 else {
            throw CommandFailure.badInput(
                named.isEmpty
                    ? "nobody is called \"\(text)\" here, and it is no vb1... author"
                    : "\(named.count) authors are called \"\(text)\"",
                hint: command("trust list"))
        }
        return first.author
    }
}

/// Names for people: the one given here, or the short form of the key.
enum AuthorText {
    static func short(_ author: String, name: String?) -> String {
        if let name, !name.isEmpty { return TerminalText.safe(name) }
        return PublicKey(text: author)?.shortText ?? TerminalText.safe(author)
    }

    static func short(_ reference: AuthorReference) -> String {
        short(reference.author, name: reference.name)
    }

    /// `you -> Ben -> Dana`; the first of a path is the user.
    static func path(_ path: [AuthorReference]) -> String {
        (["you"] + path.dropFirst().map(short)).joined(separator: " -> ")
    }
}

/// An item's title, or its identifier where it has none.
enum ItemText {
    static func shown(_ item: String, title: String?) -> String {
        TerminalText.safe(title ?? item)
    }
}
