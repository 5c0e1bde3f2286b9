import ArgumentParser
import Daemon
import Ranking

struct RecommendCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "recommend", abstract: "What you might like, and who says so.")

    @OptionGroup var global: GlobalOptions
    @Option(name: .customShort("n"), help: ArgumentHelp("How many, 1 to 1000.", valueName: "count"))
    var count = 20
    @OptionGroup var ranking: EngineChoice
    @Flag(help: "Show the people behind each item, one line a person.") var reasons = false
    @Option(help: ArgumentHelp("Starts the random streams of engines that draw.", valueName: "n"))
    var seed: UInt64?

    func validate() throws {
        guard (1...1000).contains(count) else { throw ValidationError("-n takes 1 to 1000") }
    }

    func execute(_ session: Session) async throws {
        let options = RecommendOptions(
            count: count, engine: ranking.engineName, reasons: reasons ? 8 : 3, seed: seed)
        let reply = try session.client().ask(.recommend(options), for: RecommendDocument.self)
        let answer = reply.document
        if session.console.isJSON {
            session.console.line(reply.json)
            if answer.items.isEmpty { throw ExitCode(.nothingToShow) }
            return
        }
        guard !answer.items.isEmpty else {
            throw CommandFailure(
                .nothingToShow, code: "nothing-to-show", "there is nothing to recommend yet",
                hints: [
                    "trust somebody:  vouchbird trust add vb1...",
                    "or import:       vouchbird import auto FILE",
                ])
        }
        print(answer, session)
    }

    private func print(_ answer: RecommendDocument, _ session: Session) {
        var rows = [["#", "score", "item", "why"]]
        for item in answer.items {
            rows.append([
                String(item.rank), TerminalText.score(item.score),
                TerminalText.clipped(ItemText.shown(item.item, title: item.title), to: 48),
                ReasonText.summary(item),
            ])
        }
        let table = TerminalText.table(rows, right: [0, 1])
        session.console.line(session.console.bold(table[0]))
        for (line, item) in zip(table.dropFirst(), answer.items) {
            session.console.line(line)
            guard reasons else { continue }
            for reason in item.reasons {
                session.console.line("      " + ReasonText.line(reason))
            }
        }
        session.console.note(
            "\(TerminalText.count(answer.candidates)) candidates, engine "
                + "\(TerminalText.safe(answer.engine)). Details: \(session.command("why --rank 1"))"
                + "   Feedback: \(session.command("like --rank 1"))")
    }
}

/// Which engine ranks: by mode or by its own name.
struct EngineChoice: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "trusted (exact, with proofs), balanced (trust admits, taste decides) or discover (and strangers "
                + "may earn a hearing)."))
    var mode: ModeArgument?
    @Option(help: "An engine by name: tsalsa, taste, discover, web3recommend, meritrank or salsa.")
    var engine: EngineArgument?

    func validate() throws {
        guard mode == nil || engine == nil else {
            throw ValidationError("--mode and --engine exclude each other")
        }
    }

    /// Nil: what the settings say.
    var engineName: String? { engine?.rawValue ?? mode?.mode.engine }
}

enum ModeArgument: String, ExpressibleByArgument, CaseIterable {
    case trusted, balanced, discover

    var mode: RankingMode {
        switch self {
        case .trusted: .trusted
        case .balanced: .balanced
        case .discover: .discover
        }
    }
}

enum EngineArgument: String, ExpressibleByArgument, CaseIterable {
    case tsalsa, taste, discover, web3recommend, meritrank, salsa

    var engine: EngineName {
        switch self {
        case .tsalsa: .tsalsa
        case .taste: .taste
        case .discover: .discover
        case .web3recommend: .web3recommend
        case .meritrank: .meritrank
        case .salsa: .salsa
        }
    }
}

/// Reasons in words.
enum ReasonText {
    /// `4 people you can reach, strongest: Ben, Cho`, or the path to a lone one.
    static func summary(_ item: RecommendDocument.Item) -> String {
        let voices = item.supporters == 1 ? "1 person" : "\(item.supporters) people"
        let single = item.tier == "supported" ? "" : " (one voice only)"
        guard let first = item.reasons.first else { return voices + single }
        if item.supporters <= 1, first.path.count > 2 {
            return "via \(AuthorText.path(first.path)) (\(first.path.count - 1) hops)" + single
        }
        let names = item.reasons.prefix(2).map { AuthorText.short($0.author, name: $0.name) }
        return "\(voices), strongest: \(names.joined(separator: ", "))" + single
    }

    /// `Dana  17 %  you -> Ben -> Dana`, or for a stranger `Dana  17 %  had before you: ...`.
    static func line(_ reason: Reason) -> String {
        let name = TerminalText.padded(AuthorText.short(reason.author, name: reason.name), to: 14)
        let part = TerminalText.padded(TerminalText.percent(reason.fraction), to: 5, right: true)
        if reason.path.count > 1 { return "\(name) \(part)  \(AuthorText.path(reason.path))" }
        guard let found = reason.discoveries, !found.isEmpty else { return "\(name) \(part)" }
        let items = found.map {
            TerminalText.clipped(ItemText.shown($0.item, title: $0.title), to: 24)
        }
        return "\(name) \(part)  had before you: \(items.joined(separator: ", "))"
    }
}
