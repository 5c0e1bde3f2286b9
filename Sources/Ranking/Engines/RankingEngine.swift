internal import Primitives

/// The engines, by the names that people use for them.
public enum EngineName: String, CaseIterable, Hashable, Sendable, Codable {
    /// Trust-weighted personalised SALSA, exact, with the proofs.
    case tsalsa
    /// Saturated trust and one round of taste.
    case taste
    /// `taste`, and a bounded pool of voices for authors who had items before the ego found them.
    case discover
    /// The Monte Carlo walk of Web3Recommend: the baseline.
    case web3recommend
    /// Authors ranked by Monte Carlo walks along trust; their items in proportion.
    case meritrank
    /// Plain personalised SALSA: the undefended baseline.
    case salsa

    public var engine: any RankingEngine {
        switch self {
        case .tsalsa: TrustedSalsa()
        case .taste: Taste()
        case .discover: Taste(discovers: true)
        case .web3recommend: Web3Recommend()
        case .meritrank: MeritRank()
        case .salsa: PlainSalsa()
        }
    }
}

/// A pure function from a snapshot and a question to a ranked list.
///
/// The same snapshot, query and seed give a byte-identical result on every run.
public protocol RankingEngine: Sendable {
    var name: EngineName { get }

    /// Requires parameters without a `problem`. Never fails otherwise: an ego outside the snapshot, or
    /// without trust, gets an empty list.
    func rank(_ snapshot: GraphSnapshot, _ query: RankingQuery) -> RankingResult
}

/// For whom to rank, and what that person has said about items and authors.
public struct RankingQuery: Hashable, Sendable {
    public var ego: AuthorIndex
    public var parameters: RankingParameters
    /// Items not to recommend: hidden or blocked.
    public var excluded: [ItemIndex]
    /// Items not to recommend whose three largest contributors lose half their trust, for this ego
    /// alone (`tsalsa`, `taste` and `discover`).
    public var disliked: [ItemIndex]
    /// Authors that are treated as if nobody had ever heard of them.
    public var blockedAuthors: [AuthorIndex]
    /// A factor in [0, 1] on the trust of each author, for instance a connectivity decay of authors;
    /// empty means 1 for all. `tsalsa`, `taste` and `discover`.
    public var trustFactors: [Double]
    /// What authors earned, for the same indices; heard by `discover` alone.
    public var earned: EarnedTrust?

    public init(
        ego: AuthorIndex, parameters: RankingParameters = RankingParameters(),
        excluded: [ItemIndex] = [], disliked: [ItemIndex] = [], blockedAuthors: [AuthorIndex] = [],
        trustFactors: [Double] = [], earned: EarnedTrust? = nil
    ) {
        self.ego = ego
        self.parameters = parameters
        self.excluded = excluded
        self.disliked = disliked
        self.blockedAuthors = blockedAuthors
        self.trustFactors = trustFactors
        self.earned = earned
    }

    func validate(against snapshot: GraphSnapshot) {
        require(parameters.problem == nil, parameters.problem?.description ?? "")
        require(
            trustFactors.isEmpty || trustFactors.count == snapshot.authorCount,
            "trust factors are one per author")
        require(
            earned.map { $0.strengths.count == snapshot.authorCount } ?? true,
            "earned strengths are one per author")
    }

    /// The snapshot without the blocked authors; the ego cannot block itself.
    func view(of snapshot: GraphSnapshot) -> GraphSnapshot {
        let blocked = blockedAuthors.filter { $0 != ego }
        return blocked.isEmpty ? snapshot : snapshot.removing(blocked)
    }
}
