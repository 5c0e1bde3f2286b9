import ArgumentParser
import Daemon

struct InviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Links that connect two nodes in one step.",
        subcommands: [InviteCreate.self, InviteAccept.self, InviteList.self])
}

struct InviteCreate: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a link that works once. It grants no trust.")

    @OptionGroup var global: GlobalOptions
    @Option(help: "For whom; stays on this node.") var label: String?
    @Option(help: ArgumentHelp("Valid this long, as 30m, 12h or 7d.", valueName: "time"))
    var expires = "7d"

    func validate() throws {
        guard lifetimeSeconds != nil else {
            throw ValidationError("--expires takes 1m to 365d, as 30m, 12h or 7d")
        }
    }

    func execute(_ session: Session) async throws {
        let request = Request.inviteCreate(label: label, lifetimeSeconds: lifetimeSeconds ?? 0)
        guard let answer = try session.ask(request, for: InviteDocument.self) else { return }
        session.console.line(TerminalText.safe(answer.link))
        session.console.note(
            "Send it over a channel you trust; it works once, until "
                + "\(TerminalText.safe(answer.expiresAt)). There: vouchbird invite accept LINK")
    }

    private var lifetimeSeconds: UInt64? {
        let units: [Character: UInt64] = ["m": 60, "h": 3600, "d": 86_400]
        guard let last = expires.last, let unit = units[last],
            let amount = UInt64(expires.dropLast()), (1...525_600).contains(amount),
            amount * unit <= 365 * 86_400
        else { return nil }
        return amount * unit
    }
}

struct InviteAccept: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "accept", abstract: "Connect to the node that made LINK, and pin its keys.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "vouchbird://...") var link: String

    func execute(_ session: Session) async throws {
        let request = Request.inviteAccept(link: link)
        guard let answer = try session.ask(request, for: InviteAcceptDocument.self) else { return }
        session.console.line("Connecting to \(TerminalText.safe(answer.address))")
        session.console.line("Author      \(TerminalText.safe(answer.author))")
        session.console.line("Trust them  \(TerminalText.safe(answer.next))")
    }
}

struct InviteList: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The invitations that you made.")

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) async throws {
        guard let list = try session.ask(.inviteList, for: InviteListDocument.self) else { return }
        guard !list.items.isEmpty else {
            return session.console.note("None yet. Make one: \(session.command("invite create"))")
        }
        let rows = list.items.map { entry in
            [
                TerminalText.safe(entry.label ?? "-"), TerminalText.safe(entry.createdAt),
                TerminalText.safe(entry.expiresAt), TerminalText.safe(entry.usedBy ?? "unused"),
            ]
        }
        let table = TerminalText.table([["label", "made", "expires", "used by"]] + rows)
        session.console.line(session.console.bold(table[0]))
        session.console.lines(Array(table.dropFirst()))
    }
}
