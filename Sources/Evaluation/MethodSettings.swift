public import Ranking

/// The settings of all methods, with one set of defaults for all data sets.
///
/// The defaults of the baselines were chosen on validation cuts of train (`docs/evaluation.md`,
/// "Settings").
public struct MethodSettings: Sendable {
    /// Of the engines. Weights come transformed by `transform`.
    public var ranking = RankingParameters()
    /// Of the engines: as a node does it.
    public var transform = WeightTransform.log1p
    /// Authors without trust that a node of `discover` holds: the pool of `CoreLimits.strangerFeeds`.
    public var strangers = 1_024
    /// Starts what is random in a method.
    public var seed: UInt64 = 1 {
        didSet {
            ranking.seed = seed
            ials.seed = seed
        }
    }

    var itemKNN = ItemKNN.Settings()
    var userKNN = UserKNN.Settings()
    var p3alpha = WalkLinks.Settings()
    var rp3beta = WalkLinks.Settings(beta: 0.4)
    var ease = Ease.Settings()
    var ials = ImplicitALS.Settings()

    public init() {}

    /// Changes one setting as the command line writes it, for instance `taste.lambda` to `5`.
    ///
    /// Throws `.usage` for a name that does not exist or a value out of range.
    public mutating func set(_ name: String, to text: String) throws(EvaluationFailure) {
        let isSet =
            setTransform(name, text) || setNumber(name, text) || setCount(name, text)
            || setFlag(name, text) || setScope(name, text)
        if let problem = ranking.problem {
            throw EvaluationFailure(
                code: .usage, operation: "set \(name)", message: problem.description)
        }
        guard isSet else {
            throw EvaluationFailure(
                code: .usage, operation: "set \(name) to \(text)",
                message: "there is no such setting, or it does not take this value")
        }
    }

    private mutating func setTransform(_ name: String, _ text: String) -> Bool {
        let places: [String: WritableKeyPath<MethodSettings, WeightTransform>] = [
            "engine.transform": \.transform, "itemknn.transform": \.itemKNN.transform,
            "userknn.transform": \.userKNN.transform, "p3alpha.transform": \.p3alpha.transform,
            "rp3beta.transform": \.rp3beta.transform,
        ]
        guard let place = places[name], let value = WeightTransform(rawValue: text) else {
            return false
        }
        self[keyPath: place] = value
        return true
    }

    private mutating func setFlag(_ name: String, _ text: String) -> Bool {
        guard name == "earned.one-voice", let value = Bool(text) else { return false }
        ranking.earned.strangersAreOneVoice = value
        return true
    }

    private mutating func setScope(_ name: String, _ text: String) -> Bool {
        guard name == "engine.independence-of",
            let scope = RankingParameters.IndependenceScope(rawValue: text)
        else { return false }
        ranking.independenceScope = scope
        return true
    }

    private mutating func setNumber(_ name: String, _ text: String) -> Bool {
        let places: [String: WritableKeyPath<MethodSettings, Double>] = [
            "taste.b": \.ranking.taste.b, "taste.c": \.ranking.taste.c,
            "earned.stake": \.ranking.earned.stake, "earned.luck": \.ranking.earned.luck,
            "earned.least-price": \.ranking.earned.leastPrice,
            "earned.pool": \.ranking.earned.pool,
            "earned.pool-without-trust": \.ranking.earned.poolWithoutTrust,
            "taste.p": \.ranking.taste.p, "taste.lambda": \.ranking.taste.lambda,
            "taste.theta": \.ranking.taste.theta,
            "engine.alpha-trust": \.ranking.alphaTrust, "engine.tau": \.ranking.tau,
            "engine.floor": \.ranking.floor, "engine.epsilon": \.ranking.epsilon,
            "engine.witnesses": \.ranking.taste.witnesses,
            "tsalsa.independence-from": \.ranking.independenceFrom,
            "tsalsa.independence-until": \.ranking.independenceUntil,
            "taste.independence-from": \.ranking.taste.independenceFrom,
            "taste.independence-until": \.ranking.taste.independenceUntil,
            "engine.alpha-salsa": \.ranking.alphaSalsa,
            "tsalsa.p": \.ranking.popularityExponent, "web3recommend.beta": \.ranking.beta,
            "web3recommend.alpha": \.ranking.alphaWalk, "itemknn.shrink": \.itemKNN.shrink,
            "userknn.shrink": \.userKNN.shrink, "p3alpha.alpha": \.p3alpha.alpha,
            "rp3beta.alpha": \.rp3beta.alpha, "rp3beta.beta": \.rp3beta.beta,
            "ease.lambda": \.ease.lambda, "ials.alpha0": \.ials.alpha0,
            "ials.lambda": \.ials.lambda, "ials.nu": \.ials.nu,
        ]
        guard let place = places[name], let value = Double(text), value >= 0, value.isFinite else {
            return false
        }
        self[keyPath: place] = value
        return true
    }

    private mutating func setCount(_ name: String, _ text: String) -> Bool {
        let places: [String: WritableKeyPath<MethodSettings, Int>] = [
            "discover.strangers": \.strangers,
            "earned.least-claims": \.ranking.earned.leastClaims,
            "earned.whole-claims": \.ranking.earned.wholeClaims,
            "web3recommend.walks": \.ranking.walks,
            "web3recommend.length": \.ranking.walkLength,
            "engine.voices": \.ranking.independentVoices,
            "engine.audited": \.ranking.auditedPlaces,
            "itemknn.neighbours": \.itemKNN.neighbours, "userknn.neighbours": \.userKNN.neighbours,
            "p3alpha.neighbours": \.p3alpha.neighbours,
            "rp3beta.neighbours": \.rp3beta.neighbours, "ials.factors": \.ials.factors,
            "ials.sweeps": \.ials.sweeps,
        ]
        guard let place = places[name], let value = Int(text), (1...1_000_000).contains(value)
        else { return false }
        self[keyPath: place] = value
        return true
    }
}
