import ArgumentParser
import Daemon

struct ExportRecommendations: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "recommendations",
        abstract: "Recommendations for players, scripts and evaluators.", aliases: ["recs"])

    enum Form: String, ExpressibleByArgument, CaseIterable { case tsv, jsonl, m3u, urls }

    @OptionGroup var global: GlobalOptions
    @OptionGroup var target: ExportTarget
    @OptionGroup var ranking: EngineChoice
    @Option(
        name: .customLong("as"),
        help: "tsv (user, item, score), jsonl with reasons, m3u, or urls one a line.")
    var form = Form.tsv
    @Option(name: .customShort("n"), help: ArgumentHelp("How many, 1 to 1000.", valueName: "count"))
    var count = 100

    func validate() throws {
        guard (1...1000).contains(count) else { throw ValidationError("-n takes 1 to 1000") }
    }

    func execute(_ session: Session) async throws {
        try session.checkExport(target)
        let client = try session.client()
        let author = try client.ask(.identity, for: IdentityDocument.self).document.author
        let options = RecommendOptions(
            count: count, engine: ranking.engineName, reasons: form == .jsonl ? 8 : 0)
        let list = try client.ask(.recommend(options), for: RecommendDocument.self).document
        var writer = try RowWriter(target)
        if form == .m3u { try writer.frame("#EXTM3U\n") }
        for item in list.items { try writer.row(try row(item, author)) }
        try writer.finish()
        try session.reportExport("recommendations", form.rawValue, target, writer)
    }

    private func row(_ item: RecommendDocument.Item, _ author: String) throws -> String? {
        switch form {
        case .tsv: return "\(author)\t\(item.item)\t\(ExportRow.number(item.score))"
        case .jsonl: return try ExportRow.json(item)
        case .urls: return ExportRow.location(of: item.item)
        case .m3u:
            let title = ItemText.shown(item.item, title: item.title)
            return ExportRow.location(of: item.item).map { "#EXTINF:-1,\(title)\n\($0)" }
        }
    }
}
