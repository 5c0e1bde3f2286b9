import ArgumentParser
import Daemon

struct ExportEvents: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Plays, likes and ratings: yours, or with --all everybody's.")

    enum Form: String, ExpressibleByArgument, CaseIterable { case tsv, inter, jsonl }

    @OptionGroup var global: GlobalOptions
    @OptionGroup var target: ExportTarget
    @Option(
        name: .customLong("as"),
        help: "tsv (user, item, weight, time), inter (RecBole) or jsonl.")
    var form = Form.tsv
    @Flag(help: "Everything that this node knows, not only what you wrote.") var all = false

    func execute(_ session: Session) async throws {
        try session.checkExport(target)
        let client = try session.client()
        var writer = try RowWriter(target)
        if form == .inter {
            try writer.frame("user_id:token\titem_id:token\trating:float\ttimestamp:float\n")
        }
        if all {
            try forEachEdge(.interactions, own: false, client) { edge in
                try writer.row(row(edge))
            }
        } else {
            try writeOwn(session, client, &writer)
        }
        try writer.finish()
        try session.reportExport("events", form.rawValue, target, writer)
    }

    private func writeOwn(_ session: Session, _ client: NodeClient, _ writer: inout RowWriter)
        throws
    {
        let author = try client.ask(.identity, for: IdentityDocument.self).document.author
        var before: UInt64?
        repeat {
            let request = Request.history(before: before, limit: 1000)
            let page = try client.ask(request, for: HistoryDocument.self).document
            for entry in page.items where !entry.isRetracted {
                guard let item = entry.item, ["play", "like", "rate"].contains(entry.kind) else {
                    continue
                }
                if form == .jsonl {
                    try writer.row(try ExportRow.json(entry))
                } else {
                    try writer.row(row(author, item, entry.weight ?? 1, entry.time))
                }
            }
            before = page.nextCursor
        } while before != nil
    }

    private func row(_ edge: EdgesDocument.Edge) throws -> String {
        form == .jsonl
            ? try ExportRow.json(edge) : row(edge.author, edge.target, edge.weight, edge.time)
    }

    private func row(_ user: String, _ item: String, _ weight: Double, _ time: String?) -> String {
        [user, item, ExportRow.number(weight), ExportRow.seconds(time)].joined(separator: "\t")
    }
}

/// Calls `body` for every edge that the daemon knows, page by page.
func forEachEdge(
    _ kind: Request.EdgeKind, own: Bool, _ client: NodeClient,
    _ body: (EdgesDocument.Edge) throws -> Void
) throws {
    var after: String?
    repeat {
        let request = Request.edges(own: own, kind: kind, after: after, limit: 1000)
        let page = try client.ask(request, for: EdgesDocument.self).document
        for edge in page.items { try body(edge) }
        after = page.nextCursor
    } while after != nil
}
