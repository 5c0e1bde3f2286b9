/// A graph with its parameters as researchers exchange it (`docs/ranking.md`, "Graph files").
///
/// Decodes from JSON with any `Decoder`; fields other than `graph` and `params` are not read. What a
/// file says is hostile input: decoding only checks shapes, `content()` checks values.
public struct GraphFile: Codable, Hashable, Sendable {
    public var graph: Graph
    /// Nil: all defaults.
    public var params: Params?

    public struct Graph: Codable, Hashable, Sendable {
        public var users: Int
        public var items: Int
        /// The ego.
        public var seed: Int
        /// `[from, to, weight]`.
        public var trust: [[Double]]
        /// `[user, item, weight]` or `[user, item, weight, age in epochs]`.
        public var listens: [[Double]]

        public init(users: Int, items: Int, seed: Int, trust: [[Double]], listens: [[Double]]) {
            self.users = users
            self.items = items
            self.seed = seed
            self.trust = trust
            self.listens = listens
        }
    }

    /// What is absent keeps the default of `RankingParameters`.
    public struct Params: Codable, Hashable, Sendable {
        public var alphaTrust: Double?
        /// Also the alpha of the walks of `web3recommend` and `salsa`.
        public var alphaSalsa: Double?
        public var beta: Double?
        public var tauHard: Double?
        public var tauRamp: Double?
        /// 1, the default in a file: independence is not asked for.
        public var independentVoices: Int?
        public var popularityExponent: Double?
        public var halfLifeEpochs: Double?
        public var floor: Double?
        public var epsilon: Double?
        public var tasteB: Double?
        public var tasteC: Double?
        public var tasteP: Double?
        public var tasteLambda: Double?
        public var tasteTheta: Double?
        public var tasteWitnesses: Double?
        public var walks: Int?
        public var walkLength: Int?
        /// Starts the random streams; not the ego.
        public var randomSeed: UInt64?
        /// 0, the default in a file: walks start at the ego.
        public var coldStartItems: Int?

        public init() {}

        enum CodingKeys: String, CodingKey {
            case alphaTrust = "alpha_trust"
            case alphaSalsa = "alpha_salsa"
            case beta
            case tauHard = "tau_hard"
            case tauRamp = "tau_ramp"
            case independentVoices = "independent_voices"
            case popularityExponent = "popularity_exponent"
            case halfLifeEpochs = "half_life_epochs"
            case floor
            case epsilon
            case tasteB = "taste_b"
            case tasteC = "taste_c"
            case tasteP = "taste_p"
            case tasteLambda = "taste_lambda"
            case tasteTheta = "taste_theta"
            case tasteWitnesses = "taste_witnesses"
            case walks
            case walkLength = "walk_length"
            case randomSeed = "random_seed"
            case coldStartItems = "cold_start_items"
        }
    }

    public init(graph: Graph, params: Params? = nil) {
        self.graph = graph
        self.params = params
    }

    /// The most users or items of a file: index arrays of 4 bytes and a few dozen bytes each.
    public static let maximumCount = 10_000_000

    /// What is ranked.
    public struct Content: Sendable {
        public let snapshot: GraphSnapshot
        public let parameters: RankingParameters
        public let ego: AuthorIndex
    }

    /// Checks every value. O(edges log edges).
    public func content() -> Result<Content, GraphFileProblem> {
        do {
            return .success(try checked())
        } catch {
            return .failure(error)
        }
    }
}

/// Why a graph file is not usable: the field and what is wrong with it.
public struct GraphFileProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// For instance `graph.trust[3]`.
    public let field: String
    public let message: String

    public var description: String { "\(field): \(message)" }
}
