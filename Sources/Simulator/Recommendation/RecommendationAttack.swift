/// The recommendation attackers that a scenario can have, by their names in the file: each is a recipe of
/// `Evaluation` (docs/research/defences.md), and two of them change in mid-run.
public enum RecommendationAttack: String, CaseIterable, Sendable {
    case none
    case sybilChain = "sybil-chain"
    case sybilStar = "sybil-star"
    case sybilCycle = "sybil-cycle"
    case sybilRegion = "sybil-region"
    case giga
    case multiGiga = "multi-giga"
    case camouflage
    case collusionRing = "collusion-ring"
    case teams
    /// Speaks against real items, as far as records can: the least rating, and no trust in anybody honest.
    case slander
    case whitewash
    case betrayal
    case piggyBack = "piggy-back"
    case freeRiders = "free-riders"

    /// When attackers change, for the two that do.
    enum Turn {
        /// The heads were honest until then.
        case betrayal
        /// Who trusted them does no more from then on, and they come back under new keys.
        case whitewash
    }

    var turn: Turn? {
        switch self {
        case .betrayal: .betrayal
        case .whitewash: .whitewash
        default: nil
        }
    }

    /// The attack in the words of `Evaluation.Attack`; nil for none.
    func recipe(_ scenario: Scenario, seed: UInt64) -> String? {
        let colluders =
            "fraction=\(scenario.colluders),sybils=\(scenario.sybilsPerHead),"
            + "items=\(scenario.spamItems),seed=\(seed)"
        return switch self {
        case .none: nil
        case .sybilChain: "giga:shape=chain,\(colluders)"
        case .sybilStar: "giga:shape=star,\(colluders)"
        case .sybilCycle, .whitewash, .betrayal: "giga:shape=cycle,\(colluders)"
        case .giga, .multiGiga: "giga:\(colluders)"
        // A profile of somebody honest, whole, with the spam in it.
        case .camouflage: "giga:shape=star,profile=copy,\(colluders)"
        // Every team pushes the same items: each is a voice for all.
        case .collusionRing: "giga:shape=cycle,spam=common,\(colluders)"
        case .teams: "teams:team=\(scenario.teamSize),\(colluders)"
        case .slander: "slander:\(colluders)"
        // Beside what most people have, so that whoever has it meets the spam.
        case .piggyBack: "giga:shape=star,camouflage=50,\(colluders)"
        case .sybilRegion:
            "sybils:sybils=\(scenario.regionSybils),edges=\(scenario.regionEdges),"
                + "items=\(scenario.spamItems),seed=\(seed)"
        case .freeRiders:
            "riders:riders=\(scenario.regionSybils),items=\(scenario.spamItems),seed=\(seed)"
        }
    }
}
