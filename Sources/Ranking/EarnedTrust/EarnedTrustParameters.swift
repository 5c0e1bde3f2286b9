/// The constants of earned trust (`docs/research/earned-trust.md`).
///
/// Chosen on temporal cuts of FilmTrust and Last.fm HetRec with seeded arrival orders, with and without
/// attackers who know the rule; not validated on a set with real times.
public struct EarnedTrustParameters: Hashable, Sendable {
    /// Part of an account that is staked on each discovery: a fractional Kelly bet. A miss costs this
    /// part, so ten misses cost about two thirds.
    public var stake = 0.1
    /// Growth that is taken for luck: a claim speaks with what its account grew beyond 1 + `luck`.
    public var luck = 0.25
    /// The lowest price of all claims of one author: a single hit cannot multiply an account by more
    /// than `1 + stake / leastPrice` (6).
    public var leastPrice = 0.02
    /// Authors with fewer claims set prices as if they had this many: a new identity with one claim has
    /// a twentieth of a say in what that item costs.
    public var leastClaims = 20
    /// Claims of one author that share a whole voice: who claims more in all speaks with that much less.
    /// A hit says less of who claims much, and of many such bettors some are always lucky.
    public var wholeClaims = 20
    /// The earned voices of all authors together, as a part of the voices of explicit trust.
    public var pool = 0.5
    /// The earned voices of all authors together where nobody is trusted.
    public var poolWithoutTrust = 16.0
    /// A discovery counts half at this age. Half a year.
    public var halfLifeMilliseconds: UInt64 = 183 * 86_400_000
    /// The newest discoveries count; of older ones `(1 - stake)^1024` would be left.
    public var discoveries = 1_024
    /// Whether authors that no trust path reaches count as one voice together, however many they are.
    public var strangersAreOneVoice = true

    public init() {}

    /// The first parameter that is out of range.
    var problem: ParameterProblem? {
        let ranges: [(String, Double, ClosedRange<Double>, String)] = [
            ("earned.stake", stake, 0.001...0.5, "0.001 ... 0.5"),
            ("earned.luck", luck, 0...100, "0 ... 100"),
            ("earned.leastPrice", leastPrice, 1e-6...1, "1e-6 ... 1"),
            ("earned.leastClaims", Double(leastClaims), 1...1e6, "1 ... 1e6"),
            ("earned.wholeClaims", Double(wholeClaims), 1...1e6, "1 ... 1e6"),
            ("earned.pool", pool, 0...1, "0 ... 1"),
            ("earned.poolWithoutTrust", poolWithoutTrust, 0...1e6, "0 ... 1e6"),
            (
                "earned.halfLifeMilliseconds", Double(halfLifeMilliseconds), 1...1e16,
                "1 ... 1e16"
            ),
            ("earned.discoveries", Double(discoveries), 0...65_536, "0 ... 65536"),
        ]
        for (parameter, value, range, expected) in ranges where !range.contains(value) {
            return ParameterProblem(parameter: parameter, value: value, expected: expected)
        }
        return nil
    }
}
