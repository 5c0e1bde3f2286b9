internal import RealModule

/// `taste`: saturated trust decides who is heard, likeness of taste decides how much (section "taste"
/// of `docs/ranking.md`): one bipartite round of three steps, neighbours bounded in number.
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
        let perVoice =
            Self.voicePerTrust(standing.flow.trust, ego: query.ego) / query.parameters.taste.theta
        guard discovers, let earned = query.earned else {
            let found = standing.heedingDislikes(view, query) { trust in
                mass(view, query, trust: trust, perVoice: perVoice, earned: [])
            }
            return RankingResult(name, view, query, standing: standing, mass: found, decay: .groups)
        }
        let explicit = Self.voices(standing.trust, perVoice: perVoice, ego: query.ego)
        let voices = earned.voices(beside: explicit, in: view, query.parameters.earned)
        let heard = earned.heard(in: view, explicit: explicit, earned: voices)
        let found = standing.heedingDislikes(heard, query) { trust, left in
            mass(
                heard, query, trust: trust, perVoice: perVoice,
                earned: zip(voices, left).map { $0 * $1 })
        }
        let groups = standing.dominators.groups
        return RankingResult(
            name, heard, query, standing: standing, mass: found, decay: .groups,
            voiceGroups: query.parameters.earned.strangersAreOneVoice
                ? earned.groups(groups, earned: voices) : groups)
    }

    /// `voice(u) = min(1, trust(u) * perVoice)`; the voices of a region sum to at most its trust times
    /// `perVoice`. The ego is nobody's neighbour.
    private static func voices(
        _ trust: [Double], perVoice: Double, ego: AuthorIndex
    ) -> [Double] {
        var voices = trust.map { min(1, $0 * perVoice) }
        if ego.position < voices.count { voices[ego.position] = 0 }
        return voices
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
        let degrees = degrees(kernel, snapshot, ego: query.ego, voice: voice, relative: relative)
        let interest = interest(snapshot, ego: query.ego, degrees: degrees, exponent: taste.b)
        let near = neighbours(
            snapshot, query, kernel: kernel, voice: voice, relative: relative, interest: interest)
        let rates = zip(near, relative).map { $0 * $1 }
        let visits = kernel.scatter(rates)
        let total = visits.reduce(0, +)
        let inverse = total > 0 ? 1 / total : 0
        let longest =
            (0..<snapshot.authorCount)
            .map { snapshot.interactions.entries($0).count }.max() ?? 0
        // The most that one voice can say: to have as many items as anybody, the ego's among them.
        let most = Double.pow(Double(longest), 1 - taste.c) * (interest?.reduce(0, +) ?? 1)
        return WalkMass(
            authorVisits: near, itemVisits: visits, popularity: degrees,
            shares: visits.map { $0 * inverse }, contributions: .rates(rates.map { $0 * inverse }),
            popularityExponent: taste.p,
            massPerTrust: min(perVoice * most * inverse, .greatestFiniteMagnitude),
            earned: earned, massPerVoice: min(most * inverse, .greatestFiniteMagnitude))
    }

    /// `d_i = sum over v of voice(v) w~(v, i)`, the ego with a whole voice.
    ///
    /// The ego is nobody's neighbour here, but it holds its items: without it an item that only the ego
    /// and a few whispers hold would have a degree as small as theirs, and `d^-b` would make them loud.
    private func degrees(
        _ kernel: InteractionKernel, _ snapshot: GraphSnapshot, ego: AuthorIndex,
        voice: [Double], relative: [Double]
    ) -> [Double] {
        var degrees = kernel.scatter(zip(voice, relative).map { $0 * $1 })
        guard snapshot.contains(ego) else { return degrees }
        let rows = snapshot.interactions
        for entry in rows.entries(ego.position) {
            degrees[Int(rows.columns[entry])] += relative[ego.position] * rows.weights[entry]
        }
        return degrees
    }

    /// `a(s, i) d_i^-b`, what the ego brings to each item; nil for an ego without items.
    private func interest(
        _ snapshot: GraphSnapshot, ego: AuthorIndex, degrees: [Double], exponent: Double
    ) -> [Double]? {
        guard snapshot.contains(ego), snapshot.interactions.scales[ego.position] > 0 else {
            return nil
        }
        let rows = snapshot.interactions
        var interest = [Double](repeating: 0, count: snapshot.itemCount)
        for entry in rows.entries(ego.position) {
            let item = Int(rows.columns[entry])
            guard degrees[item] >= .leastNormalMagnitude else { continue }
            interest[item] =
                rows.weights[entry] * rows.scales[ego.position]
                * Double.pow(degrees[item], -exponent)
        }
        return interest
    }

    /// `near(v) = voice(v) n_v^-c * sum_i a(s, i) d_i^-b w(v, i)`, the largest kept.
    /// An ego without items is near to every voice alike.
    private func neighbours(
        _ snapshot: GraphSnapshot, _ query: RankingQuery, kernel: InteractionKernel,
        voice: [Double], relative: [Double], interest: [Double]?
    ) -> [Double] {
        let taste = query.parameters.taste
        let scales = snapshot.interactions.scales
        var coefficients = [Double](repeating: 0, count: snapshot.authorCount)
        for author in kernel.authors.lazy.map(Int.init) {
            // n_v = relative / scale: the sum of the author's relative weights.
            let degree = Double.pow(relative[author] / scales[author], -taste.c)
            coefficients[author] = voice[author] * degree
        }
        guard let interest else { return kept(coefficients, taste.neighbours) }
        for author in coefficients.indices { coefficients[author] *= relative[author] }
        return kept(kernel.gather(interest, coefficients: coefficients), taste.neighbours)
    }

    private func kept(_ near: [Double], _ count: Int) -> [Double] {
        let positive = near.indices.filter { near[$0] > 0 }
        guard positive.count > count else { return near }
        let order = positive.sorted { (-near[$0], $0) < (-near[$1], $1) }
        var kept = [Double](repeating: 0, count: near.count)
        for author in order.prefix(count) { kept[author] = near[author] }
        return kept
    }

    /// One over the largest weight of each author; 0 for an author without items.
    private static func relativeScales(_ rows: CompressedRows) -> [Double] {
        (0..<rows.rowCount).map { row in
            let largest = rows.entries(row).reduce(0.0) { max($0, rows.weights[$1]) }
            return largest > 0 ? 1 / largest : 0
        }
    }
}
