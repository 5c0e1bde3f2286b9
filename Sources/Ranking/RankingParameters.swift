/// Every constant of the engines, with its source.
public struct RankingParameters: Hashable, Sendable {
    /// Transitivity decay of the trust walk: the chance to stop at each author. 0.15 is the restart of
    /// PageRank (Brin & Page 1998).
    public var alphaTrust = 0.15
    /// Chance of the item walk to stop at each author, `tsalsa` and `salsa`. 0.5 keeps the walk near
    /// the ego: converged SALSA forgets whom it is for.
    public var alphaSalsa = 0.5
    /// Exponent p of the popularity that a score is divided by, as in RP3beta (Paudel et al., TiiS
    /// 2017); `tsalsa`.
    public var popularityExponent = 0.25
    /// Concentration at which the connectivity decay begins (ramp).
    public var tau = 0.5
    /// The smallest factor of the connectivity decay on items: an item of one voice sinks, it does not
    /// vanish.
    public var floor = 0.02
    /// Truncation: bounds the L1 error of the shares and of the trust visits (T5).
    public var epsilon = 1e-9
    /// Strength of the connectivity decay of `web3recommend` (arXiv 2307.01411, shipped constant).
    public var beta = 0.8
    /// Ratio above which the hard connectivity decay strikes (Web3Recommend's shipped constant). An
    /// item at or above it counts as a single voice; for tau 0.5 and floor 0.02 that is where the ramp
    /// reaches the floor.
    public var tauHard = 0.99
    /// Shape of the connectivity decay of `web3recommend`.
    public var connectivityDecay = ConnectivityDecay.hard
    /// With fewer reachable groups than this the network is young: items of a single voice form a
    /// second tier instead of vanishing.
    public var youngNetworkGroups = 3
    public var taste = Taste()
    /// What the `discover` engine hears beside trust.
    public var earned = EarnedTrustParameters()
    /// Walks of `web3recommend`: 10,000 in the paper's experiments, 1,000 shipped.
    public var walks = 10_000
    /// Vertices of one walk at most (Web3Recommend's shipped constant).
    public var walkLength = 100
    /// Chance of that walk to stop at each vertex (Web3Recommend's shipped constant).
    public var alphaWalk = 0.1
    /// With fewer items of its own the ego's walks begin at friends, in proportion to what is missing
    /// (Web3Recommend's shipped constant). 0 turns it off.
    public var coldStartItems = 5
    /// Divides the plays of an author by all its plays before the step from an item to an author.
    /// Off for graph files, whose weights are affinities already.
    public var normalisesAffinity = true
    /// Where the walk of plain SALSA may stop.
    public var salsaStop = SalsaStop.users
    /// Starts the random streams of the walks.
    public var seed: UInt64 = 1
    /// How raw interaction weights become edge weights when a snapshot is taken.
    public var weighting = Weighting()

    /// The parameters of the `taste` engine: what a voice is worth and how neighbours are chosen.
    public struct Taste: Hashable, Sendable {
        /// Exponent of an item's degree on the way from the ego to its neighbours.
        public var b = 0.5
        /// Exponent of a neighbour's degree (0.5 is the cosine of user-kNN).
        public var c = 0.5
        /// Exponent of an item's degree in its score, as in RP3beta.
        public var p = 0.3
        /// How many neighbours are kept. (0.5, 0.5, 0.3, 400) was chosen on validation splits of seven
        /// sets; (0.75, 0.75, 0.2, 100) was best on Last.fm.
        public var neighbours = 400
        /// Times the average trust at which a voice is saturated.
        public var theta = 1.0

        public init() {}
    }

    public enum SalsaStop: String, Hashable, Sendable, CaseIterable {
        /// As GraphJet runs it: a step is to an item and back.
        case users
        case everywhere
    }

    public init() {}
}

/// A parameter outside its range.
public struct ParameterProblem: Hashable, Sendable, CustomStringConvertible {
    public let parameter: String
    public let value: Double
    public let expected: String

    public var description: String { "\(parameter) is \(value), expected \(expected)" }
}

extension RankingParameters {
    /// The largest product of walks and walk length: 400 MB of recorded steps.
    public static let maximumSteps = 100_000_000

    /// The first parameter that is out of range; engines require that there is none.
    public var problem: ParameterProblem? {
        let ranges: [(String, Double, ClosedRange<Double>, String)] = [
            ("alphaTrust", alphaTrust, 0.001...0.999, "0.001 ... 0.999"),
            ("alphaSalsa", alphaSalsa, 0.001...0.999, "0.001 ... 0.999"),
            ("alphaWalk", alphaWalk, 0.001...0.999, "0.001 ... 0.999"),
            ("popularityExponent", popularityExponent, 0...1, "0 ... 1"),
            ("tau", tau, 0...0.999, "0 ... 0.999"),
            ("floor", floor, 0...1, "0 ... 1"),
            ("epsilon", epsilon, 1e-15...0.1, "1e-15 ... 0.1"),
            ("beta", beta, 0...1, "0 ... 1"),
            ("tauHard", tauHard, 0...1, "0 ... 1"),
            ("taste.b", taste.b, 0...1, "0 ... 1"),
            ("taste.c", taste.c, 0...1, "0 ... 1"),
            ("taste.p", taste.p, 0...1, "0 ... 1"),
            ("taste.theta", taste.theta, 1e-6...1e6, "1e-6 ... 1e6"),
            ("taste.neighbours", Double(taste.neighbours), 1...1e9, "1 ... 1e9"),
            ("youngNetworkGroups", Double(youngNetworkGroups), 0...1e9, "0 ... 1e9"),
            ("coldStartItems", Double(coldStartItems), 0...1e9, "0 ... 1e9"),
            ("walks", Double(walks), 1...1e7, "1 ... 1e7"),
            ("walkLength", Double(walkLength), 1...1e5, "1 ... 1e5"),
            (
                "walks * walkLength", Double(walks) * Double(walkLength),
                1...Double(Self.maximumSteps), "at most \(Self.maximumSteps)"
            ),
        ]
        for (parameter, value, range, expected) in ranges where !range.contains(value) {
            return ParameterProblem(parameter: parameter, value: value, expected: expected)
        }
        return earned.problem
    }
}
