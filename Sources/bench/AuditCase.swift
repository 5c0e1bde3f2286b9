import Ranking

/// What a person waits for: a ranking with the audit of independence and the default parameters, on the
/// bounded graph of a node.
struct AuditCase: BenchmarkCase {
    let name = "audit"
    let summary = "a recommendation with the audit of independence, by each exact engine"

    func run(_ context: BenchContext) throws -> [BenchLine] {
        let graph = context.graph(.node)
        let snapshot = graph.snapshot()
        let query = RankingQuery(ego: AuthorIndex(graph.ego))
        return try [EngineName.tsalsa, .taste].map { name in
            var (audited, plain, listed) = (Times(), Times(), 0)
            for _ in 0..<context.rounds {
                audited.add(
                    BenchContext.time { listed += name.engine.rank(snapshot, query).items.count })
                plain.add(
                    BenchContext.time {
                        listed += name.engine.rank(snapshot, graph.plainQuery).items.count
                    })
            }
            guard listed > 0 else { throw BenchFailure("audit: nothing is listed") }
            return BenchLine(
                name: "\(name.rawValue) with the audit of independence", ours: audited.text,
                reference: plain.text + " (without)", ratio: audited.ratio(to: plain),
                bar: "< 100 ms")
        }
    }
}
