public import Evaluation
internal import Primitives
internal import Ranking

/// Web3Recommend's experiments (Madhwal & Pouwelse, arXiv 2307.01411) on a data set at hand: what
/// colluders gain from each engine, what alpha does to a list, and whether held-out items come back.
///
/// Trust is the paper's: the five most similar users who share two items or more, found after the
/// held-out items were taken away.
public struct Web3RecommendExperiment: Sendable {
    public struct Settings: Hashable, Sendable {
        public var alphas = [0.05, 0.1, 0.2, 0.3, 0.5]
        public var betas = [0, 0.2, 0.4, 0.6, 0.8, 1]
        /// For each of 30 % of the users.
        public var sybils = [1, 10, 50, 249]
        /// For one attacker.
        public var singleSybils = [1, 2, 5, 10, 20, 50, 100]
        public var fractions = [0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9]
        /// Whose strongest item is held out.
        public var users = 100
        /// Of these, so many look at a list under attack.
        public var egos = 20
        public var singleAttackers = 5
        public var walks = 10_000
        public var seed: UInt64 = 1

        public init() {}
    }

    typealias Shape = ColluderAttack.Shape

    /// An engine with the parameters and weights it is run with.
    struct Method {
        let name: String
        let engine: EngineName
        var parameters = RankingParameters()
        /// The walk divides plays by an author's sum itself.
        var transform: WeightTransform { engine == .web3recommend ? .raw : .log1p }
    }

    /// The lengths of lists that the paper looks at.
    static let lengths = [20, 100, 1_000]
    static let hitLengths = [100, 500, 1_000, 10_000]
    /// The persistence of the paper's rank-biased overlap, and where its lists end.
    static let overlap = (persistence: 0.9, length: 100)

    let network: String
    let data: EvaluationData
    let settings: Settings

    /// Users with fewer than two items are not asked.
    public init(
        network: String, _ interactions: InteractionTable, _ settings: Settings = Settings()
    ) throws(EvaluationFailure) {
        self.network = network
        self.settings = settings
        var strongest: [String: InteractionTable.Row] = [:]
        var counts: [String: Int] = [:]
        for row in interactions.rows {
            counts[row.user, default: 0] += 1
            guard let best = strongest[row.user] else {
                strongest[row.user] = row
                continue
            }
            if (row.weight, best.item) > (best.weight, row.item) { strongest[row.user] = row }
        }
        var able = counts.filter { $0.value > 1 }.map(\.key).sorted()
        guard !able.isEmpty else {
            throw EvaluationFailure(
                code: .content, operation: "reproduce web3recommend",
                message: "nobody in \(network) has two items")
        }
        var random = SeededRandom(seed: settings.seed, stream: "held-out users")
        random.shuffle(&able)
        let asked = Set(able.prefix(settings.users))
        var (train, test): ([InteractionTable.Row], [InteractionTable.Row]) = ([], [])
        for row in interactions.rows {
            if asked.contains(row.user), row.item == strongest[row.user]?.item {
                test.append(row)
            } else {
                train.append(row)
            }
        }
        data = EvaluationData(train: InteractionTable(train), test: InteractionTable(test))
            .trustingSimilar(try SimilarTrust("count=5,shared=2"))
    }

    /// Every experiment. Calls `progress` with what was done and what there is to do.
    public func run(
        progress: (Int, Int) -> Void = { _, _ in }
    ) throws(EvaluationFailure) -> [ExperimentRow] {
        var rows: [ExperimentRow] = []
        let parts = parts
        for (place, part) in parts.enumerated() {
            progress(place, parts.count)
            rows += try run(part)
        }
        progress(parts.count, parts.count)
        return rows
    }

    /// What is run at a time.
    private enum Part {
        case hitRates
        case overlaps
        case beta
        case many(Shape, sybils: Int)
        case share(Double)
        case single(Shape, sybils: Int)
    }

    private var parts: [Part] {
        [.hitRates, .overlaps, .beta]
            + [.chain, .star, .cycle].flatMap { shape in
                settings.sybils.map { .many(shape, sybils: $0) }
            } + settings.fractions.map { .share($0) }
            + [.chain, .star].flatMap { shape in
                settings.singleSybils.map { .single(shape, sybils: $0) }
            }
    }

    private func run(_ part: Part) throws(EvaluationFailure) -> [ExperimentRow] {
        switch part {
        case .hitRates: hitRates()
        case .overlaps: overlaps()
        case .beta: try byBeta()
        case .many(let shape, let sybils): try many(shape, sybils)
        case .share(let fraction): try share(fraction)
        case .single(let shape, let sybils): try single(shape, sybils)
        }
    }

    /// The walk with its shipped decay and without, ours in two modes, and the undefended baseline.
    var methods: [Method] {
        [
            Method(name: "salsa", engine: .salsa), walk(beta: 0), walk(beta: 0.8),
            Method(name: "tsalsa", engine: .tsalsa), Method(name: "taste", engine: .taste),
        ]
    }

    func walk(alpha: Double = 0.1, beta: Double) -> Method {
        var parameters = RankingParameters()
        (parameters.walks, parameters.seed) = (settings.walks, settings.seed)
        (parameters.alphaWalk, parameters.beta) = (alpha, beta)
        return Method(
            name: "web3recommend, beta \(MarkdownTable.number(beta))", engine: .web3recommend,
            parameters: parameters)
    }

    func result(_ method: Method, _ snapshot: GraphSnapshot, ego: Int) -> RankingResult {
        let query = RankingQuery(
            ego: AuthorIndex(UInt32(ego)), parameters: method.parameters)
        return method.engine.engine.rank(snapshot, query)
    }

    func snapshot(_ data: EvaluationData, _ transform: WeightTransform) -> GraphSnapshot {
        EngineMethod.snapshot(data, transform: transform, trust: .explicit)
    }
}
