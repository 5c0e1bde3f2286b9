import NodeCore
import Primitives

/// What judged users would be shown, against what they would be shown without attackers.
extension Simulation {
    /// Restarts of the trust walk along which ours and the walk of Web3Recommend trade trust for relevance.
    private static let alphas = [0.05, 0.15, 0.3, 0.5, 0.7]

    /// What the egos would see now, by method.
    func judgeLists() {
        guard let study, !study.cast.audience.egos.isEmpty else { return }
        let judges = judges(study)
        var shown: [ListJudge.Method: [String: Set<String>]] = [:]
        var figures: [(name: String, value: Double)] = [
            ("attack.identities", Double(study.cast.attackerCount)),
            ("attack.sybils", Double(study.cast.sybilCount)),
            ("attack.edges", Double(study.cast.attackEdges)),
        ]
        for method in ListJudge.Method.allCases {
            let verdicts = judges.map { $0.judge.judge(method) }
            shown[method] = Dictionary(
                uniqueKeysWithValues: zip(judges.map(\.ego), verdicts.map(\.shown)))
            for (name, value) in Self.means(verdicts) {
                figures.append(noted(name, method.rawValue, value))
            }
        }
        self.study?.shown = shown
        self.study?.figures = figures
    }

    /// How much relevance each method has for how clean it is, along its restart.
    func judgeFront() {
        guard let study, scenario.hasFront else { return }
        let judges = judges(study)
        for method in ListJudge.Method.allCases {
            let alphas = method == .salsa || method == .popularity ? [nil] : Self.alphas.map { $0 }
            for alpha in alphas {
                let means = Self.means(judges.map { $0.judge.judge(method, alpha: alpha) })
                let group = method.rawValue + (alpha.map { " \($0)" } ?? "")
                for (name, value) in means where name == "spam_at_20" || name == "recall_at_20" {
                    noted("front_" + name, group, value)
                }
            }
        }
    }

    private func judges(_ study: RecommendationStudy) -> [(ego: String, judge: ListJudge)] {
        let places = Dictionary(
            uniqueKeysWithValues: study.cast.honest.enumerated().map { ($1.name, $0) })
        return study.cast.audience.egos.compactMap { ego in
            places[ego].flatMap { place in
                ListJudge(
                    hosts[place], names: study.names, ego: ego, held: study.cast.held[ego] ?? [],
                    spam: study.cast.audience.spam, walks: scenario.judgedWalks
                ).map { (ego, $0) }
            }
        }
    }

    private static func means(_ verdicts: [ListJudge.Verdict]) -> [(name: String, value: Double)] {
        func mean(_ value: (ListJudge.Verdict) -> Double) -> Double {
            verdicts.isEmpty ? 0 : verdicts.reduce(0) { $0 + value($1) } / Double(verdicts.count)
        }
        return [
            ("spam_at_20", mean(\.spam)), ("recall_at_20", mean(\.recall)),
            ("hit_at_20", mean(\.hit)), ("spam_share", mean(\.spamShare)),
        ]
    }

    /// The same network where nobody attacks, run to its end: who turned is honest, the same egos are asked.
    func judgeTwin() {
        guard let study, scenario.hasTwin, scenario.attack != RecommendationAttack.none.rawValue
        else { return }
        var peaceful = scenario
        peaceful.attack = RecommendationAttack.none.rawValue
        peaceful.honestNodes = study.cast.userCount
        let twin = Simulation(peaceful, seed: seed, audience: study.cast.audience)
        let report = twin.run()
        trace.fold(report.traceHash)
        let judged = Set(["spam_at_20", "recall_at_20", "hit_at_20", "spam_share"])
        for row in report.rows where judged.contains(row.metric) {
            metrics.rows.append(
                MetricRow(
                    tick: row.tick, metric: row.metric + RecommendationStudy.twinSuffix,
                    group: row.group, value: row.value))
        }
        for (name, value) in twin.study?.figures ?? [] where !name.hasPrefix("attack.") {
            let parts = name.split(separator: ".")
            self.study?.figures.append(
                ("\(parts[0])\(RecommendationStudy.twinSuffix).\(parts[1])", value))
        }
        if scenario.attack == RecommendationAttack.slander.rawValue { judgeSlander(twin.study) }
        for violation in report.violations {
            oracle.check(
                false, violation.invariant, nil, violation.time,
                "without attackers: \(violation.detail)")
        }
    }

    /// Slandered items that a list showed without slanderers and does not show now, mean over the judged users.
    private func judgeSlander(_ twin: RecommendationStudy?) {
        guard let study, let twin else { return }
        for method in ListJudge.Method.allCases {
            let before = twin.shown[method] ?? [:]
            let now = study.shown[method] ?? [:]
            let gone = before.reduce(0) { $0 + $1.value.subtracting(now[$1.key] ?? []).count }
            let name = "slandered_gone_at_20"
            let value = before.isEmpty ? 0 : Double(gone) / Double(before.count)
            self.study?.figures.append(noted(name, method.rawValue, value))
        }
    }

    /// A row of now; and the figure that it is called in a report.
    @discardableResult
    private func noted(
        _ metric: String, _ group: String, _ value: Double
    ) -> (name: String, value: Double) {
        metrics.rows.append(
            MetricRow(tick: now / 1000, metric: metric, group: group, value: value))
        return ("\(metric).\(group)", value)
    }
}
