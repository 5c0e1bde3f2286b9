internal import Evaluation
internal import Primitives
internal import Ranking

/// Colluders: users who turn, keep the trust of others, and push items with Sybils behind them.
extension Web3RecommendExperiment {
    /// Linear, parallel, cycle: 30 % of the users, five spam items each.
    func many(_ shape: Shape, _ sybils: Int) throws(EvaluationFailure) -> [ExperimentRow] {
        let attacked = try attacked(
            "fraction=0.3,items=5,sybils=\(sybils),shape=\(shape.rawValue)")
        let experiment: ExperimentRow.Experiment =
            shape == .chain ? .chain : shape == .star ? .star : .cycle
        return rows(experiment, "Sybils", Double(sybils), methods, attacked)
    }

    /// Giga: 10 %, half of them with chains of 20 and half with cycles, three spam items each.
    func byBeta() throws(EvaluationFailure) -> [ExperimentRow] {
        let attacked = try attacked("fraction=0.1")
        return settings.betas.flatMap { beta in
            let walk = walk(beta: beta)
            let method = Method(
                name: "web3recommend", engine: walk.engine, parameters: walk.parameters)
            return rows(.beta, "beta", beta, [method], attacked)
        }
    }

    /// Multi-giga.
    func share(_ fraction: Double) throws(EvaluationFailure) -> [ExperimentRow] {
        rows(.fraction, "colluders", fraction, methods, try attacked("fraction=\(fraction)"))
    }

    /// One attacker, seen by those who trust it.
    func single(_ shape: Shape, _ sybils: Int) throws(EvaluationFailure) -> [ExperimentRow] {
        let experiment: ExperimentRow.Experiment = shape == .chain ? .singleChain : .singleStar
        let able = (0..<data.users.count).count { !data.train.entries($0).isEmpty }
        var found: [ExperimentRow] = []
        var attackers = 0
        for seed in settings.seed..<settings.seed + UInt64(20 * settings.singleAttackers)
        where attackers < settings.singleAttackers {
            let attacked = try attacked(
                "fraction=\(1 / Double(able)),sybils=\(sybils),shape=\(shape.rawValue),seed=\(seed)"
            )
            let sybil = attacked.users.firstIndex(of: "~sybil-0-0")
            let head = (0..<attacked.users.count).first { user in
                attacked.trust.row(user).contains { Int($0) == sybil }
            }
            let friends = (0..<attacked.users.count).filter { user in
                !attacked.users[user].hasPrefix("~")
                    && attacked.trust.row(user).contains { Int($0) == head }
            }
            guard friends.count > 1 else { continue }
            attackers += 1
            found += rows(
                experiment, "Sybils", Double(sybils), methods, attacked,
                egos: friends.prefix(max(1, settings.egos / settings.singleAttackers)))
        }
        return Self.merged(found)
    }

    /// One row for each method and metric, the values of all attackers in it.
    private static func merged(_ rows: [ExperimentRow]) -> [ExperimentRow] {
        var merged: [ExperimentRow] = []
        for row in rows {
            let place = merged.firstIndex { $0.method == row.method && $0.metric == row.metric }
            guard let place else {
                merged.append(row)
                continue
            }
            let before = merged[place]
            merged[place] = ExperimentRow(
                network: row.network, experiment: row.experiment, method: row.method,
                metric: row.metric, varied: row.varied, value: row.value,
                sample: Sample(before.sample.values + row.sample.values))
        }
        return merged
    }

    private func attacked(_ settings: String) throws(EvaluationFailure) -> EvaluationData {
        try Attack("giga:" + settings).applied(to: data)
    }

    private func rows(
        _ experiment: ExperimentRow.Experiment, _ varied: String, _ value: Double,
        _ methods: [Method], _ attacked: EvaluationData, egos: ArraySlice<Int>? = nil
    ) -> [ExperimentRow] {
        let egos = Array(egos ?? attacked.scoredUsers.prefix(settings.egos))
        return methods.flatMap { method -> [ExperimentRow] in
            let snapshot = snapshot(attacked, method.transform)
            var (gains, counts): ([Double], [[Double]]) = ([], [])
            for ego in egos {
                let items = result(method, snapshot, ego: ego).items
                let isSpam = items.map { attacked.spamItems.contains($0.item.position) }
                let all = items.reduce(0) { $0 + max(0, $1.score) }
                let spam = zip(items, isSpam).reduce(0) { $1.1 ? $0 + max(0, $1.0.score) : $0 }
                gains.append(all > 0 ? spam / all : 0)
                counts.append(
                    Self.lengths.map { length in Double(isSpam.prefix(length).count { $0 }) })
            }
            let metrics: [ExperimentRow.Metric] = [.top20, .top100, .top1000]
            let samples =
                [(ExperimentRow.Metric.gain, gains)]
                + metrics.indices.map { place in (metrics[place], counts.map { $0[place] }) }
            return samples.map { metric, values in
                ExperimentRow(
                    network: network, experiment: experiment, method: method.name, metric: metric,
                    varied: varied, value: value, sample: Sample(values))
            }
        }
    }
}
