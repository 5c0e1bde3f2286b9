/// The methods that can be compared, by the names of the command line.
public enum MethodName: String, Hashable, Sendable, CaseIterable {
    case popularity, itemknn, userknn, p3alpha, rp3beta, ease, ials
    case salsa, web3recommend, tsalsa, taste, discover
    /// `taste` when every voice is 1: what its walk is worth without trust.
    case tasteOpen = "taste-open"

    /// A method by its own name, or by the mode of a node that it stands for: `trusted` is `tsalsa`,
    /// `balanced` is `taste`.
    public init?(name: String) {
        switch name {
        case "trusted": self = .tsalsa
        case "balanced": self = .taste
        default: self.init(rawValue: name)
        }
    }

    /// Whether it needs the times of interactions.
    public var needsTimes: Bool { self == .discover }

    /// One sentence for a person.
    public var summary: String {
        switch self {
        case .popularity: "what most users have"
        case .itemknn: "item neighbours by cosine"
        case .userknn: "user neighbours by cosine"
        case .p3alpha: "three-step walk"
        case .rp3beta: "three-step walk, popularity divided out"
        case .ease: "EASE^R, linear item model in closed form"
        case .ials: "matrix factorisation, alternating least squares"
        case .salsa: "plain personalised SALSA, undefended"
        case .web3recommend: "Monte Carlo walk of Web3Recommend"
        case .tsalsa: "trust-weighted SALSA (mode trusted)"
        case .taste: "saturated trust and taste (mode balanced)"
        case .discover: "taste and a pool of earned trust (mode discover); needs times"
        case .tasteOpen: "taste with every voice 1, undefended"
        }
    }

    /// Whether it needs trust edges to say anything.
    public var needsTrust: Bool {
        switch self {
        case .web3recommend, .tsalsa, .taste: true
        default: false
        }
    }
}
