import ArgumentParser
import Daemon
import Datasets
import Primitives

/// An item by its name, or by its rank among the present recommendations.
struct ItemTarget: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The item: mbid:recording:UUID, isrc:, isbn:, doi:, a URL, any token, or plain text.",
            valueName: "item"))
    var item: String?

    @Option(help: ArgumentHelp("The item at this rank of `recommend`.", valueName: "n"))
    var rank: Int?

    func validate() throws {
        guard (item == nil) != (rank == nil) else {
            throw ValidationError("name an ITEM, or give its rank: --rank N")
        }
        guard rank.map({ (1...1000).contains($0) }) ?? true else {
            throw ValidationError("--rank takes 1 to 1000")
        }
    }

    /// An item as it was asked for.
    struct Resolved {
        var item: String
        /// What it is called, where that is known here.
        var title: String?
        /// Whether the title is this person's own wording, without which the item is only a digest.
        var isOwnWording = false
    }

    /// The canonical item.
    func resolve(_ session: Session) throws -> Resolved {
        guard let rank else {
            let name = try ItemName.argument(item ?? "")
            return Resolved(
                item: name.item.description, title: name.title, isOwnWording: name.title != nil)
        }
        let found = try session.recommended(at: rank, session.client())
        return Resolved(item: found.item, title: found.title)
    }

    /// Writes one draft about the item and prints a line, or the document.
    func publish(
        _ session: Session, _ kind: Draft.Kind, weight: Double? = nil, time: String? = nil,
        isPrivate: Bool, verb: String
    ) throws {
        let found = try resolve(session)
        var drafts = [
            Draft(kind: kind, item: found.item, weight: weight, time: time, isPrivate: isPrivate)
        ]
        if found.isOwnWording, !isPrivate {
            drafts.append(
                Draft(kind: .title, item: found.item, title: found.title, unlessPresent: true))
        }
        let shown = ItemText.shown(found.item, title: found.title)
        try session.publish(drafts, sentence: "\(verb) \(shown)")
    }
}

extension Session {
    /// The item at a rank of the present recommendations.
    func recommended(at rank: Int, _ client: NodeClient) throws -> RecommendDocument.Item {
        let options = RecommendOptions(count: rank, reasons: 0)
        let list = try client.ask(.recommend(options), for: RecommendDocument.self).document
        guard let found = list.items.first(where: { $0.rank == rank }) else {
            throw CommandFailure(
                .failed, code: "not-found", "there are only \(list.items.count) recommendations",
                hint: command("recommend"))
        }
        return found
    }

    /// Publishes drafts of which the first is what was asked for; a refusal of that one is a failure
    /// with the daemon's reason.
    func publish(_ drafts: [Draft], sentence: String) throws {
        let reply = try client().ask(.publish(drafts: drafts), for: PublishDocument.self)
        if let result = reply.document.items.first, result.outcome == .refused {
            throw CommandFailure.badInput(result.reason ?? "the node refused it")
        }
        guard !console.isJSON else { return console.line(reply.json) }
        let result = reply.document.items.first
        let place = result?.sequence.map { "record \($0)" } ?? "private"
        console.line("\(sentence)  (\(result?.outcome == .duplicate ? "as before" : place))")
    }
}
