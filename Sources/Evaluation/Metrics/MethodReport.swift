/// Everything that is measured of one method on one data set at one length K.
public struct MethodReport: Sendable {
    public let method: String
    public let k: Int
    public let accuracy: AccuracyMetrics
    public let exposure: ExposureMetrics
    public let diversity: Double
    public let fairness: FairnessMetrics
    /// What scored users see of spam items; nil without an attack.
    public let spam: Spam?
    /// Wall time of learning and of listing, for all users together.
    public let seconds: Double

    public struct Spam: Hashable, Sendable {
        /// Spam items in the list. Per scored user.
        public let items: [Double]
        /// Part of all slots that show one.
        public let slotShare: Double
        /// Part of the users that see one.
        public let userShare: Double
    }

    /// The metrics with one number each, in the order of tables. `values` are per user and can be
    /// bootstrapped.
    public struct Figure: Sendable {
        public let name: String
        public let mean: Double
        public let values: [Double]?
    }

    public init(
        method: String, k: Int, clean: CleanLists, data: EvaluationData, catalogue: Catalogue,
        diversity: Diversity, seconds: Double
    ) {
        self.method = method
        self.k = k
        self.seconds = seconds
        let accuracy = AccuracyMetrics(clean, data, k: k)
        self.accuracy = accuracy
        exposure = ExposureMetrics(clean, catalogue, k: k)
        self.diversity = diversity.intraList(clean, k: k)
        fairness = FairnessMetrics(clean, data, catalogue, ndcg: accuracy.ndcg, k: k)
        spam = data.spamItems.isEmpty ? nil : Self.spam(clean, data, k: k)
    }

    public var figures: [Figure] {
        var perUser = [
            ("recall", accuracy.recall), ("ndcg", accuracy.ndcg), ("mrr", accuracy.mrr),
            ("map", accuracy.map), ("hitrate", accuracy.hitRate),
            ("precision", accuracy.precision),
        ]
        if let spam { perUser.append(("spam-items", spam.items)) }
        var single = [
            ("coverage", exposure.coverage), ("gini", exposure.gini),
            ("entropy", exposure.entropy), ("meanpop", exposure.meanPopularity),
            ("novelty", exposure.novelty), ("diversity", diversity),
            ("head", fairness.exposure[0]), ("middle", fairness.exposure[1]),
            ("tail", fairness.exposure[2]), ("itemgap", fairness.itemGap),
            ("ndcg-low", fairness.ndcg[0]), ("ndcg-middle", fairness.ndcg[1]),
            ("ndcg-high", fairness.ndcg[2]), ("usergap", fairness.accuracyGap),
            ("tailgap", fairness.tailGap),
        ]
        if let spam {
            single += [("spam-slots", spam.slotShare), ("spam-users", spam.userShare)]
        }
        return perUser.map { name, values in
            let mean = values.reduce(0, +) / Double(max(1, values.count))
            return Figure(name: name, mean: mean, values: values)
        } + single.map { Figure(name: $0, mean: $1, values: nil) }
    }

    private static func spam(_ clean: CleanLists, _ data: EvaluationData, k: Int) -> Spam {
        let items = clean.lists.map { list in
            Double(list.prefix(k).count { data.spamItems.contains(Int($0)) })
        }
        let slots = clean.lists.reduce(0) { $0 + min(k, $1.count) }
        return Spam(
            items: items, slotShare: items.reduce(0, +) / Double(max(1, slots)),
            userShare: Double(items.count { $0 > 0 }) / Double(max(1, items.count)))
    }
}
