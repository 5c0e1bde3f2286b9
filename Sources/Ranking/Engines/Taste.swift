internal import RealModule

/// `taste`: saturated trust decides who is heard, and how well a voice helps to explain the ego's own
/// taste decides how much (section "taste" of `docs/ranking.md`).
///
/// Weights are taken relative to the largest of their author: so nobody gains by inflating all its
/// weights, as in `tsalsa`, and a degree still counts items.
///
/// As `discover` it also hears authors who had items before the ego found them, from a bounded pool of
/// voices (`EarnedTrust`). Without anything earned the two give the same list.
public struct Taste: RankingEngine {
    private let discovers: Bool

    public init() { self.init(discovers: false) }

    init(discovers: Bool) { self.discovers = discovers }

    public var name: EngineName { discovers ? .discover : .taste }

    public func rank(_ snapshot: GraphSnapshot, _ query: RankingQuery) -> RankingResult {
        query.validate(against: snapshot)
        let view = query.view(of: snapshot)
        var standing = TrustStanding(view, query)
        let perTrust = Self.voicePerTrust(standing.flow.trust, ego: query.ego)
        let perVoice = perTrust / query.parameters.taste.theta
        guard discovers, let earned = query.earned else {
            let found = standing.heedingDislikes(view, query) { trust in
                mass(view, query, trust: trust, perVoice: perVoice, earned: [])
            }
            return RankingResult(
                name, view, query, standing: standing, mass: found, decay: .groups,
                witnesses: Self.witnesses(
                    view, query, standing, perTrust: perTrust, earned: [],
                    groups: standing.dominators.groups))
        }
        let explicit = Self.voices(standing.trust, perVoice: perVoice, ego: query.ego)
        let equals = Self.equals(standing.trust, perTrust: perTrust, ego: query.ego)
        let voices = earned.voices(
            beside: min(equals, explicit.reduce(0, +)), in: view, query.parameters.earned)
        let heard = earned.heard(in: view, explicit: explicit, earned: voices)
        let found = standing.heedingDislikes(heard, query) { trust, left in
            mass(
                heard, query, trust: trust, perVoice: perVoice,
                earned: zip(voices, left).map { $0 * $1 })
        }
        var groups = standing.dominators.groups
        if query.parameters.earned.strangersAreOneVoice {
            groups = earned.groups(groups, earned: voices)
        }
        return RankingResult(
            name, heard, query, standing: standing, mass: found, decay: .groups,
            voiceGroups: groups,
            witnesses: Self.witnesses(
                heard, query, standing, perTrust: perTrust, earned: found.earned, groups: groups))
    }

    /// An author is present by its trust in units of the average, not by its voice: thousands of Sybils
    /// have nearly a voice each and together the trust that comes in. What it earned is added.
    private static func witnesses(
        _ snapshot: GraphSnapshot, _ query: RankingQuery, _ standing: TrustStanding,
        perTrust: Double, earned: [Double], groups: [AuthorIndex?]
    ) -> Witnesses? {
        guard query.parameters.taste.witnesses > 0 else { return nil }
        var presence = standing.trust.map { $0 * perTrust }
        for (author, more) in earned.enumerated() { presence[author] += more }
        let relative = relativeScales(snapshot.interactions)
        return Witnesses(
            snapshot, query, presence: zip(presence, relative).map { $0 * $1 }, groups: groups)
    }

    /// `voice(u) = t / (1 + t)` with `t = trust(u) * perVoice`; the voices of a region sum to at most its
    /// trust times `perVoice`. The ego is nobody's neighbour.
    private static func voices(
        _ trust: [Double], perVoice: Double, ego: AuthorIndex
    ) -> [Double] {
        var voices = trust.map { $0 * perVoice / (1 + $0 * perVoice) }
        if ego.position < voices.count { voices[ego.position] = 0 }
        return voices
    }

    /// How many whole voices trust is worth, one author at most one of average trust. Unlike the sum of
    /// voices it does not grow as theta falls, so that authors who are barely trusted cannot raise what
    /// follows from it by more than their trust times `perTrust`.
    private static func equals(_ trust: [Double], perTrust: Double, ego: AuthorIndex) -> Double {
        var sum = 0.0
        for (author, part) in trust.enumerated() where author != ego.position {
            sum += min(1, part * perTrust)
        }
        return sum
    }

    /// What one unit of trust is worth in voices: n / (1 - trust of the ego), with n = `exp(entropy)` of
    /// the trust in others, the number of equals that they are worth. 0 when nobody is trusted.
    static func voicePerTrust(_ trust: [Double], ego: AuthorIndex) -> Double {
        var others = 0.0
        for (author, part) in trust.enumerated() where author != ego.position { others += part }
        guard others > 0 else { return 0 }
        var entropy = 0.0
        for (author, part) in trust.enumerated() where author != ego.position && part > 0 {
            entropy -= part / others * Double.log(part / others)
        }
        return Double.exp(entropy) / others
    }

    /// What is said of items, voices as trust gives them and as they were `earned` (empty: none were).
    private func mass(
        _ snapshot: GraphSnapshot, _ query: RankingQuery, trust: [Double], perVoice: Double,
        earned: [Double]
    ) -> WalkMass {
        let taste = query.parameters.taste
        let relative = Self.relativeScales(snapshot.interactions)
        var voice = Self.voices(trust, perVoice: perVoice, ego: query.ego)
        for (author, more) in earned.enumerated() { voice[author] = min(1, voice[author] + more) }
        let kernel = InteractionKernel(snapshot, mass: voice)
        let degrees = kernel.scatter(zip(voice, relative).map { $0 * $1 }).map { 1 + $0 }
        let scale = scales(snapshot.interactions, relative: relative, exponent: taste.c)
        let rows = TasteRegression.Rows(
            kernel: kernel, voice: voice, scale: scale,
            itemWeight: degrees.map { Double.pow($0, -taste.b) })
        let (mixture, most) = mixture(snapshot, query, rows)
        let rates = zip(mixture, scale).map { $0 * $1 }
        let visits = kernel.scatter(rates).map { max(0, $0) }
        // Voices may be as quiet as the smallest number, and one over their sum then infinite.
        let lift = WalkMass.lift(visits.reduce(0) { max($0, $1) })
        let total = visits.reduce(0) { $0 + $1 * lift }
        let inverse = total > 0 ? 1 / total : 0
        let massPerVoice = min(most * inverse * lift, .greatestFiniteMagnitude)
        return WalkMass(
            authorVisits: mixture.map { max(0, $0) }, itemVisits: visits, popularity: degrees,
            shares: visits.map { $0 * lift * inverse },
            contributions: .rates(rates.map { $0 * lift * inverse }),
            popularityExponent: taste.p,
            massPerTrust: min(perVoice * massPerVoice, .greatestFiniteMagnitude),
            earned: earned, massPerVoice: massPerVoice, mixture: mixture)
    }

    /// How much of each voice is in the list, and the most mass that a whole voice can deliver. An ego
    /// without items hears every voice alike.
    private func mixture(
        _ snapshot: GraphSnapshot, _ query: RankingQuery, _ rows: TasteRegression.Rows
    ) -> (mixture: [Double], most: Double) {
        let taste = query.parameters.taste
        let edges = snapshot.interactions
        let longest = (0..<edges.rowCount).reduce(1) { max($0, edges.entries($1).count) }
        // A row of n items delivers at most n^(1-c) and is at most n^(1/2-c) long, or 1.
        let delivered = Double.pow(Double(longest), 1 - taste.c)
        let length = Double.pow(Double(longest), max(0, 0.5 - taste.c))
        guard snapshot.contains(query.ego), edges.scales[query.ego.position] > 0 else {
            return (rows.voice, delivered)
        }
        let ego = query.ego.position
        var own = [Double](repeating: 0, count: snapshot.itemCount)
        for entry in edges.entries(ego) {
            own[Int(edges.columns[entry])] = rows.scale[ego] * edges.weights[entry]
        }
        let found = TasteRegression(
            rows, own: own, lambda: taste.lambda, epsilon: query.parameters.epsilon)
        return (found.mixture, delivered * length * found.ownLength / taste.lambda)
    }

    /// `n_v^-c / max w'`, n_v the sum of the relative weights; 0 for an author without items.
    private func scales(
        _ rows: CompressedRows, relative: [Double], exponent: Double
    ) -> [Double] {
        zip(relative, rows.scales).map { relative, scale in
            scale > 0 ? relative * Double.pow(relative / scale, -exponent) : 0
        }
    }

    /// One over the largest weight of each author; 0 for an author without items.
    private static func relativeScales(_ rows: CompressedRows) -> [Double] {
        (0..<rows.rowCount).map { row in
            let largest = rows.entries(row).reduce(0.0) { max($0, rows.weights[$1]) }
            return largest > 0 ? 1 / largest : 0
        }
    }
}
