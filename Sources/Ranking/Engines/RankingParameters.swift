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
    /// Strength of the connectivity decay of `web3recommend` (arXiv 2307.01411, shipped constant) and
    /// `meritrank`.
    public var beta = 0.8
    /// Ratio above which the hard connectivity decay strikes (Web3Recommend's shipped constant). An
    /// item at or above it counts as a single voice; for tau 0.5 and floor 0.02 that is where the ramp
    /// reaches the floor.
    public var tauHard = 0.99
    /// Shape of the connectivity decay of `web3recommend` and `meritrank`.
    public var connectivityDecay = ConnectivityDecay.hard
    /// With fewer reachable groups than this the network is young: items of a single voice form a
    /// second tier instead of vanishing.
    public var youngNetworkGroups = 3
    /// How many independent voices an item needs: nobody may carry more than one over this of its
    /// support. 1 turns it off. Chosen on a validation cut of Last.fm HetRec and on made communities
    /// (`docs/research/defences.md`).
    public var independentVoices = 10
    public var independenceScope = IndependenceScope.everyone
    /// Independence up to which an item's score is multiplied by `floor`, and from which by 1;
    /// `tsalsa`. `taste` has its own.
    public var independenceFrom = 0.3
    public var independenceUntil = 0.5
    /// Places of the list for which independence is certain; what stands below may not have been asked.
    public var auditedPlaces = 100
    public var taste = Taste()
    /// What the `discover` engine hears beside trust.
    public var earned = EarnedTrustParameters()
    /// Walks of `web3recommend` (10,000 in the paper's experiments, 1,000 shipped), of `meritrank` and
    /// of `salsa` by walks.
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
    /// How plain SALSA finds its visits.
    public var salsaMethod = SalsaMethod.exact
    /// What `meritrank` counts. Hits are bounded by 1 a walk, so that T6 holds for them.
    public var meritEstimator = MeritEstimator.hits
    /// Starts the random streams of the walks.
    public var seed: UInt64 = 1
    /// How raw interaction weights become edge weights when a snapshot is taken.
    public var weighting = Weighting()

    /// The parameters of the `taste` engine, chosen on validation cuts of three sets
    /// (`docs/evaluation.md`).
    public struct Taste: Hashable, Sendable {
        /// Exponent of an item's degree in the likeness of two rows.
        public var b = 0.6
        /// Exponent of the size of an author's row (0.5 is near the cosine).
        public var c = 0.3
        /// Exponent of an item's degree in its score, as in RP3beta.
        public var p = 0.2
        /// Strength of the ridge: how sure a likeness must be before it counts.
        public var lambda = 3.0
        /// Times the average trust at which a voice is half of a whole one.
        public var theta = 0.1
        /// Independence up to which an item's score is multiplied by `floor`, and from which by 1: lower
        /// than for `tsalsa`, since voices that saturate give a team less to begin with.
        public var independenceFrom = 0.2
        public var independenceUntil = 0.4
        /// Authors of average trust who have an item outside the group that has most of it, as many as
        /// it needs for its whole score. 0, the default, asks for none: no number of them was better on
        /// all counts (`docs/research/defences.md`, "Witnesses").
        public var witnesses = 0.0

        public init() {}
    }

    /// Who may not carry more than one voice of an item's support.
    public enum IndependenceScope: String, Hashable, Sendable, CaseIterable {
        case everyone
        /// The ego's direct friends alone: teams whose heads are friends of different friends pass.
        case friends
    }

    public enum SalsaStop: String, Hashable, Sendable, CaseIterable {
        /// As GraphJet runs it: a step is to an item and back.
        case users
        case everywhere
    }

    public enum SalsaMethod: String, Hashable, Sendable, CaseIterable {
        /// By power iteration, steps in proportion to weights.
        case exact
        /// By random walks as GraphJet runs them: every edge of a vertex is as likely as any other.
        case walks
    }

    /// What the walks of `meritrank` are asked.
    public enum MeritEstimator: String, Hashable, Sendable, CaseIterable {
        /// How often they visit an author: personalised PageRank.
        case visits
        /// How many of them visit an author at all: personalised hitting probability.
        case hits
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
            ("taste.lambda", taste.lambda, 1e-3...1e6, "1e-3 ... 1e6"),
            ("youngNetworkGroups", Double(youngNetworkGroups), 0...1e9, "0 ... 1e9"),
            ("coldStartItems", Double(coldStartItems), 0...1e9, "0 ... 1e9"),
            ("independentVoices", Double(independentVoices), 1...1e9, "1 ... 1e9"),
            ("independenceFrom", independenceFrom, 0...0.999, "0 ... 0.999"),
            (
                "independenceUntil", independenceUntil, independenceFrom.nextUp...1,
                "above independenceFrom, at most 1"
            ),
            ("taste.independenceFrom", taste.independenceFrom, 0...0.999, "0 ... 0.999"),
            (
                "taste.independenceUntil", taste.independenceUntil,
                taste.independenceFrom.nextUp...1, "above taste.independenceFrom, at most 1"
            ),
            ("taste.witnesses", taste.witnesses, 0...1e6, "0 ... 1e6"),
            ("auditedPlaces", Double(auditedPlaces), 0...1e9, "0 ... 1e9"),
            ("walks", Double(walks), 1...1e7, "1 ... 1e7"),
            ("walkLength", Double(walkLength), 1...1e5, "1 ... 1e5"),
            (
                "walks / alphaTrust", Double(walks) / alphaTrust,
                1...Double(Self.maximumSteps), "at most \(Self.maximumSteps)"
            ),
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
