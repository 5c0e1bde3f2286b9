import ArgumentParser
import Daemon
import Foundation
import Ranking

struct RankCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "rank",
        abstract: "Run an engine on a graph file. Needs no node, reads no keys.",
        discussion: """
            The file is JSON with "graph" (users, items, seed, trust, listens) and optionally "params"; \
            see docs/ranking.md. Same file, engine and seed give the same bytes.
            """)

    @OptionGroup var global: GlobalOptions
    @Option(
        help: ArgumentHelp("The graph file; - reads standard input.", valueName: "file"),
        completion: .file())
    var graph: String
    @Option(help: "tsalsa, taste, discover, web3recommend, meritrank or salsa.")
    var engine = EngineArgument.tsalsa
    @Flag(help: "List authors by trust instead of items; with the engine meritrank.")
    var authors = false
    @Option(help: "What the walks of meritrank are asked: hits or visits.")
    var estimator = EstimatorArgument.hits
    @Option(
        name: .customShort("n"),
        help: ArgumentHelp("How many items; all by default.", valueName: "count"))
    var count: Int?
    @Option(help: ArgumentHelp("Starts the random streams of engines that draw.", valueName: "n"))
    var seed: UInt64?
    @Option(help: ArgumentHelp("Random walks of engines that draw.", valueName: "n"))
    var walks: Int?
    @Flag(help: "With --json, also the values of every author and item.") var arrays = false

    /// Bytes of a graph file that are read at most.
    private static let limitBytes: UInt64 = 4 << 30

    func validate() throws {
        guard count.map({ $0 >= 1 }) ?? true else { throw ValidationError("-n takes 1 or more") }
        guard walks.map({ (1...10_000_000).contains($0) }) ?? true else {
            throw ValidationError("--walks takes 1 to 10000000")
        }
        guard !authors || engine == .meritrank else {
            throw ValidationError("--authors needs --engine meritrank")
        }
    }

    func execute(_ session: Session) async throws {
        let content = try self.content()
        var query = RankingQuery(ego: content.ego, parameters: content.parameters)
        if let seed { query.parameters.seed = seed }
        if let walks { query.parameters.walks = walks }
        query.parameters.meritEstimator = estimator.estimator
        if let problem = query.parameters.problem {
            throw CommandFailure.badInput("\(graph): \(problem)")
        }
        if authors { return try list(content, query, session) }
        let start = ContinuousClock.now
        let result = engine.engine.engine.rank(content.snapshot, query)
        let elapsed = (ContinuousClock.now - start) / .milliseconds(1)
        let document = document(result, content)
        guard !session.console.isJSON else { return try session.console.document(document) }
        let shown = document.items.prefix(count ?? 20).map { item in
            [
                String(item.rank), String(item.item), TerminalText.score(item.score),
                TerminalText.score(item.share), TerminalText.score(item.factor),
                String(item.supporters), item.tier,
            ]
        }
        let head = ["#", "item", "score", "share", "decay", "voices", "tier"]
        session.console.lines(TerminalText.table([head] + shown, right: [0, 1, 2, 3, 4, 5]))
        session.console.note(
            "\(result.items.count) candidates, engine \(engine.rawValue), "
                + "\(TerminalText.decimal(elapsed, 1)) ms")
    }

    private func content() throws -> GraphFile.Content {
        let data: Data
        do {
            data =
                try graph == "-"
                ? FileHandle.standardInput.readToEnd() ?? Data()
                : Data(Files.read(graph, limitBytes: Self.limitBytes).utf8)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure.inputOutput("cannot read \(graph): \(Files.reason(error))")
        }
        let file: GraphFile
        do {
            file = try JSONDecoder().decode(GraphFile.self, from: data)
        } catch let error as DecodingError {
            throw CommandFailure.badInput("\(graph) is no graph file: \(Self.place(error))")
        }
        switch file.content() {
        case .success(let content): return content
        case .failure(let problem): throw CommandFailure.badInput("\(graph): \(problem)")
        }
    }

    private static func place(_ error: DecodingError) -> String {
        let context: DecodingError.Context
        switch error {
        case .dataCorrupted(let at), .typeMismatch(_, let at), .valueNotFound(_, let at):
            context = at
        case .keyNotFound(let key, let at):
            let path = (at.codingPath + [key]).map(\.stringValue).joined(separator: ".")
            return "\(path) is missing"
        @unknown default: return "it is not of the expected form"
        }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
    }

    private func document(_ result: RankingResult, _ content: GraphFile.Content) -> RankDocument {
        let items = result.items.prefix(count ?? .max).map { item in
            RankDocument.Item(
                rank: item.rank, item: item.item.position, score: item.score, share: item.share,
                popularity: item.popularity, concentration: item.concentration,
                factor: item.factor, supporters: item.supporters,
                tier: item.tier == .supported ? "supported" : "single-voice")
        }
        return RankDocument(
            engine: engine.rawValue, ego: content.ego.position,
            users: content.snapshot.authorCount, itemCount: content.snapshot.itemCount,
            candidates: result.items.count, items: items,
            arrays: arrays ? Self.arrays(result) : nil)
    }

    private static func arrays(_ result: RankingResult) -> RankDocument.Arrays {
        RankDocument.Arrays(
            authorTrust: result.trust, authorVisits: result.visits,
            authorGroups: result.groups.map { $0?.position ?? -1 },
            walkVisits: result.walkVisits, itemVisits: result.itemVisits,
            itemShares: result.shares, itemScores: result.scores)
    }
}
