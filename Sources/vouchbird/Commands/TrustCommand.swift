import ArgumentParser
import Daemon

struct TrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust",
        abstract: "Whom you trust: the only thing that recommendations rest on.",
        subcommands: [
            TrustAdd.self, TrustRemove.self, TrustList.self, TrustPathCommand.self,
            TrustBlock.self, TrustUnblock.self,
        ])
}

struct TrustAdd: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Trust AUTHOR; signed and gossiped.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "vb1..., or a name given before.") var author: String
    @Option(help: "What you call this author; stays on this node.") var name: String?
    @Option(help: ArgumentHelp("How much, against the others whom you trust.", valueName: "w"))
    var weight: Double = 1

    func validate() throws {
        guard weight > 0, weight <= 1e9 else {
            throw ValidationError("--weight takes 0.001 to 1e9")
        }
    }

    func execute(_ session: Session) async throws {
        let author = try session.author(self.author, try session.client())
        let draft = Draft(kind: .trust, author: author, weight: weight)
        try session.publish(
            [draft], sentence: "Trusting \(AuthorText.short(author, name: name))")
        guard let name else { return }
        let request = Request.nameAuthor(author: author, name: name)
        _ = try session.client().ask(request, for: DoneDocument.self)
    }
}

struct TrustRemove: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Trust AUTHOR no more.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "vb1..., or a name given before.") var author: String

    func execute(_ session: Session) async throws {
        let author = try session.author(self.author, try session.client())
        try session.publish(
            [Draft(kind: .trust, author: author, weight: 0)],
            sentence: "No longer trusting \(AuthorText.short(author, name: nil))")
    }
}

struct TrustList: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Whom you trust, and how much of your trust reaches them.")

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) async throws {
        guard let list = try session.ask(.trustList, for: TrustListDocument.self) else { return }
        guard !list.items.isEmpty else {
            return session.console.note("Nobody yet. Begin: \(session.command("trust add vb1..."))")
        }
        let rows = list.items.map { entry in
            [
                AuthorText.short(entry.author, name: entry.name),
                TerminalText.score(entry.weight), TerminalText.percent(entry.trust),
                entry.author, entry.isBlocked ? "blocked" : "",
            ]
        }
        let table = TerminalText.table(
            [["name", "weight", "flow", "author", ""]] + rows, right: [1, 2])
        session.console.line(session.console.bold(table[0]))
        session.console.lines(Array(table.dropFirst()))
    }
}

struct TrustPathCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "path", abstract: "How your trust reaches AUTHOR, if it does.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "vb1..., or a name given before.") var author: String

    func execute(_ session: Session) async throws {
        let author = try session.author(self.author, try session.client())
        let request = Request.trustPath(author: author)
        guard let answer = try session.ask(request, for: TrustPathDocument.self) else { return }
        guard answer.isReachable else {
            return session.console.line(
                "\(AuthorText.short(answer.author)) is out of reach: "
                    + "nobody you trust leads there, so it counts for 0.")
        }
        session.console.line(
            "\(AuthorText.path(answer.path))   strength \(TerminalText.score(answer.strength)), "
                + "\(TerminalText.percent(answer.trust)) of your trust")
    }
}

struct TrustBlock: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "block",
        abstract: "Rank as if nobody had ever heard of AUTHOR. Never leaves this node.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "vb1..., or a name given before.") var author: String

    func execute(_ session: Session) async throws {
        try setBlocked(author, true, session)
    }
}

struct TrustUnblock: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "unblock", abstract: "Undo `trust block`.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "vb1..., or a name given before.") var author: String

    func execute(_ session: Session) async throws {
        try setBlocked(author, false, session)
    }
}

private func setBlocked(_ author: String, _ isBlocked: Bool, _ session: Session) throws {
    let author = try session.author(author, try session.client())
    let request = Request.blockAuthor(author: author, isBlocked: isBlocked)
    guard let answer = try session.ask(request, for: DoneDocument.self) else { return }
    session.console.line(TerminalText.safe(answer.message))
}
