internal import Evaluation
internal import Ranking

/// Without attackers: what comes back, and what alpha changes.
extension Web3RecommendExperiment {
    /// Whether the held-out item is among the first 100, 500, 1,000 and 10,000.
    func hitRates() -> [ExperimentRow] {
        let others = methods.filter { $0.engine != .web3recommend }
        let walks = settings.alphas.map { alpha in
            let walk = walk(alpha: alpha, beta: 0.8)
            return Method(
                name: "web3recommend, alpha \(alpha)", engine: walk.engine,
                parameters: walk.parameters)
        }
        return (others + walks).flatMap { method -> [ExperimentRow] in
            let snapshot = snapshot(data, method.transform)
            let ranks = data.scoredUsers.map { user in
                let held = data.test.row(user).first
                return result(method, snapshot, ego: user).items
                    .first { $0.item.value == held }?.rank
            }
            return Self.hitLengths.map { length in
                ExperimentRow(
                    network: network, experiment: .hitRate, method: method.name, metric: .hit,
                    varied: "top", value: Double(length),
                    sample: Sample(ranks.map { $0.map { $0 <= length } == true ? 1 : 0 }))
            }
        }
    }

    /// The first 100 at each alpha beside those at 0.1.
    func overlaps() -> [ExperimentRow] {
        let snapshot = snapshot(data, .raw)
        func lists(_ alpha: Double) -> [[ItemIndex]] {
            data.scoredUsers.map { user in
                result(walk(alpha: alpha, beta: 0.8), snapshot, ego: user).items
                    .prefix(Self.overlap.length).map(\.item)
            }
        }
        let published = lists(0.1)
        return settings.alphas.map { alpha in
            let values = zip(published, lists(alpha)).map {
                RankBiasedOverlap.of($0, $1, persistence: Self.overlap.persistence)
            }
            return ExperimentRow(
                network: network, experiment: .overlap, method: "web3recommend", metric: .overlap,
                varied: "alpha", value: alpha, sample: Sample(values))
        }
    }
}
