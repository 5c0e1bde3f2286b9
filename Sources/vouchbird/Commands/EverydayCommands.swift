import ArgumentParser
import Daemon
import Datasets
import Primitives

struct PlayCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "play", abstract: "Write down that you played, read or watched ITEM.",
        discussion: "Plays stay on this node unless --share is given or privacy.share_plays is set."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var target: ItemTarget
    @Option(help: ArgumentHelp("How many plays.", valueName: "n")) var count: Double = 1
    @Option(help: ArgumentHelp("When, as 2026-11-30T20:15:00Z.", valueName: "time"))
    var at: String?
    @Flag(inversion: .prefixedNo, help: "Sign and gossip it, or keep it here.") var share: Bool?

    func validate() throws {
        guard count > 0, count <= 1e9 else { throw ValidationError("--count takes 0.001 to 1e9") }
        guard at.map({ Instant(text: $0) != nil }) ?? true else {
            throw ValidationError("--at takes a time as 2026-11-30T20:15:00Z")
        }
    }

    func execute(_ session: Session) async throws {
        let isShared = try share ?? session.configuration().privacy.sharePlays
        try target.publish(
            session, .play, weight: count, time: at, isPrivate: !isShared, verb: "Played")
    }
}

struct LikeCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "like",
        abstract: "Like ITEM: signed, gossiped, and counted for those who trust you.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var target: ItemTarget
    @Option(help: ArgumentHelp("How much, against your other likes.", valueName: "w"))
    var weight: Double = 1
    @Flag(name: .customLong("private"), help: "Keep it on this node.") var isPrivate = false

    func validate() throws {
        guard weight > 0, weight <= 1e9 else {
            throw ValidationError("--weight takes 0.001 to 1e9")
        }
    }

    func execute(_ session: Session) async throws {
        try target.publish(session, .like, weight: weight, isPrivate: isPrivate, verb: "Liked")
    }
}

struct DislikeCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "dislike",
        abstract:
            "Never recommend ITEM, and trust those who pushed it less. Never leaves this node.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var target: ItemTarget

    func execute(_ session: Session) async throws {
        try target.publish(session, .dislike, isPrivate: true, verb: "Disliked")
    }
}

struct HideCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "hide", abstract: "Do not recommend ITEM. Never leaves this node.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var target: ItemTarget

    func execute(_ session: Session) async throws {
        try target.publish(session, .hide, isPrivate: true, verb: "Hidden")
    }
}

struct TitleCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "title", abstract: "Say what ITEM is called, for you and for your network.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The item.") var item: String
    @Argument(help: "What it is called.") var text: String

    func execute(_ session: Session) async throws {
        let draft = Draft(
            kind: .title, item: try ItemName.argument(item).item.description, title: text)
        try session.publish([draft], sentence: "Named \(TerminalText.safe(text))")
    }
}

struct UnlikeCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "unlike",
        abstract: "Take back what you said about ITEM.",
        discussion: "A tombstone is gossiped; nodes that have it drop the record's contents.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var target: ItemTarget
    @Option(help: "Only one kind: play, like, rate, dislike or hide.") var kind: ItemKind?

    func execute(_ session: Session) async throws {
        let found = try target.resolve(session)
        let kind = self.kind.map(\.draftKind)
        guard
            let answer = try session.ask(
                .retract(item: found.item, kind: kind), for: RetractDocument.self)
        else { return }
        let count = answer.retracted.count
        session.console.line(
            "Taken back: \(ItemText.shown(found.item, title: found.title))  "
                + "(\(count) published, \(answer.removedPrivate) private)")
    }
}

/// The kinds of `Draft` that name an item, as an option.
enum ItemKind: String, ExpressibleByArgument, CaseIterable {
    case play, like, rate, dislike, hide

    var draftKind: Draft.Kind {
        switch self {
        case .play: .play
        case .like: .like
        case .rate: .rate
        case .dislike: .dislike
        case .hide: .hide
        }
    }
}
