import ArgumentParser
import Daemon

struct HistoryCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "What you wrote down, newest first.")

    @OptionGroup var global: GlobalOptions
    @Option(name: .customShort("n"), help: ArgumentHelp("How many, 1 to 1000.", valueName: "count"))
    var count = 20
    @Option(
        help: ArgumentHelp("Go on before this cursor of the last page.", valueName: "cursor"))
    var before: UInt64?

    func validate() throws {
        guard (1...1000).contains(count) else { throw ValidationError("-n takes 1 to 1000") }
    }

    func execute(_ session: Session) async throws {
        let request = Request.history(before: before, limit: count)
        guard let page = try session.ask(request, for: HistoryDocument.self) else { return }
        guard !page.items.isEmpty else {
            return session.console.note("Nothing yet. Begin: \(session.command("like ITEM"))")
        }
        let rows = page.items.map { entry in
            [
                TerminalText.safe(entry.time), entry.kind, Self.subject(entry),
                entry.weight.map { TerminalText.score($0) } ?? "", Self.marks(entry),
            ]
        }
        session.console.lines(TerminalText.table(rows, right: [3]))
        if let cursor = page.nextCursor {
            session.console.note("More: \(session.command("history --before \(cursor)"))")
        }
    }

    private static func subject(_ entry: HistoryDocument.Entry) -> String {
        if let author = entry.author { return AuthorText.short(author, name: nil) }
        return TerminalText.clipped(
            ItemText.shown(entry.item ?? "", title: entry.title), to: 60)
    }

    private static func marks(_ entry: HistoryDocument.Entry) -> String {
        var marks: [String] = []
        if entry.isPrivate { marks.append("private") }
        if entry.isRetracted { marks.append("taken back") }
        if let sequence = entry.sequence { marks.append("#\(sequence)") }
        return marks.joined(separator: " ")
    }
}
