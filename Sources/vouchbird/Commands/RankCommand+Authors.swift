import ArgumentParser
import Foundation
import Ranking

enum EstimatorArgument: String, ExpressibleByArgument, CaseIterable {
    case hits, visits

    var estimator: RankingParameters.MeritEstimator { self == .hits ? .hits : .visits }
}

/// Authors by trust.
struct AuthorsDocument: Encodable {
    struct Author: Encodable {
        var rank: Int
        var author: Int
        var score: Double
        var visits: Double
        var hits: Double
        /// The largest share of the walks to the author that met one other author before, and that one.
        var ratio: Double
        var bottleneck: Int?
        var factor: Double
        /// The best path of trust, both ends included.
        var path: [Int]
    }

    var schema = "vouchbird.authors/1"
    var engine: String
    /// The author for whom was ranked.
    var ego: Int
    var walks: Int
    var authors: [Author]
}

extension RankCommand {
    /// Lists whom the ego trusts.
    func list(
        _ content: GraphFile.Content, _ query: RankingQuery, _ session: Session
    ) throws {
        let ranked = MeritStanding(content.snapshot, ego: query.ego, query.parameters).ranked
        let shown = ranked.prefix(count ?? (session.console.isJSON ? ranked.count : 20))
        let paths = shown.map { ranked in
            content.snapshot.trustPath(from: query.ego, to: ranked.author)?.authors
                .map(\.position) ?? []
        }
        guard !session.console.isJSON else {
            let authors = zip(shown, paths).map { ranked, path in
                AuthorsDocument.Author(
                    rank: ranked.rank, author: ranked.author.position, score: ranked.score,
                    visits: ranked.visits, hits: ranked.hits, ratio: ranked.ratio,
                    bottleneck: ranked.bottleneck?.position, factor: ranked.factor, path: path)
            }
            return try session.console.document(
                AuthorsDocument(
                    engine: engine.rawValue, ego: query.ego.position,
                    walks: query.parameters.walks, authors: authors))
        }
        let rows = zip(shown, paths).map { ranked, path in
            [
                String(ranked.rank), String(ranked.author.position),
                TerminalText.score(ranked.score), TerminalText.score(ranked.hits),
                TerminalText.score(ranked.visits), TerminalText.score(ranked.factor),
                path.map(String.init).joined(separator: " -> "),
            ]
        }
        let head = ["#", "author", "score", "hits", "visits", "decay", "best path"]
        session.console.lines(TerminalText.table([head] + rows, right: [0, 1, 2, 3, 4, 5]))
        session.console.note("\(ranked.count) authors in reach of \(query.parameters.walks) walks")
    }
}
