import ArgumentParser
import Daemon
import Datasets

struct WhyCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Why ITEM is recommended, or why it is not.",
        discussion: """
            A number that no item has is taken for a rank of `recommend`: `why 3` is `why --rank 3` \
            unless there is an item called 3.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var target: ItemTarget
    @OptionGroup var ranking: EngineChoice

    func execute(_ session: Session) async throws {
        let client = try session.client()
        let asked = try target.resolve(session)
        let item = asked.item
        var reply = try client.ask(
            .why(item: item, engine: ranking.engineName), for: WhyDocument.self)
        if target.rank == nil, reply.document.standing == "unknown-item",
            let rank = target.item.flatMap(Int.init), (1...1000).contains(rank)
        {
            let found = try session.recommended(at: rank, client)
            reply = try client.ask(
                .why(item: found.item, engine: ranking.engineName), for: WhyDocument.self)
        }
        guard !session.console.isJSON else { return session.console.line(reply.json) }
        if reply.document.item == item, reply.document.title == nil {
            reply.document.title = asked.title
        }
        print(reply.document, session.console)
    }

    private func print(_ why: WhyDocument, _ console: Console) {
        let item = TerminalText.safe(why.item)
        let head = why.title.map { "\(console.bold(TerminalText.safe($0)))   \(item)" } ?? item
        if let rank = why.rank, let score = why.score {
            console.line(
                "\(head)   rank \(TerminalText.count(rank)) of "
                    + "\(TerminalText.count(why.candidates)), score \(TerminalText.score(score)) "
                    + "(engine \(TerminalText.safe(why.engine)))")
        } else {
            console.line(head)
        }
        console.line(TerminalText.safe(why.sentence))
        for reason in why.reasons {
            let kind =
                switch reason.path.count {
                case 0 where reason.earned != nil: "Earned"
                case 0, 1: "Yourself"
                case 2: "Direct"
                default: "Indirect"
                }
            console.line("\(TerminalText.padded(kind, to: 9)) \(ReasonText.line(reason))")
        }
        if let rank = why.rankWithoutLargest, let largest = why.reasons.first {
            console.line(
                "Without \(AuthorText.short(largest.author, name: largest.name)) it would be "
                    + "rank \(TerminalText.count(rank)).")
        }
        if let factor = why.factor, factor < 1, why.rank != nil {
            console.line(
                "Its score counts \(TerminalText.score(factor)) of itself: much of its support "
                    + "reaches you through few people.")
            if let witnesses = why.witnesses {
                console.line(
                    "Beside those who reach you through one person it is had by as many as "
                        + "\(TerminalText.score(witnesses)) people of average trust.")
            }
        }
        if why.interactions > 0 { console.line(Self.voices(why)) }
    }

    private static func voices(_ why: WhyDocument) -> String {
        let known =
            why.interactions == 1
            ? "1 known author has it"
            : "\(TerminalText.count(why.interactions)) known authors have it"
        if why.outOfReach == 0, why.reasons.contains(where: { $0.earned != nil }) {
            return known + ", all of them are heard."
        }
        guard why.outOfReach > 0 else { return known + ", all within reach of your trust." }
        return "\(known); \(TerminalText.count(why.outOfReach)) of them "
            + "\(why.outOfReach == 1 ? "counts" : "count") for 0: no trust path."
    }
}
