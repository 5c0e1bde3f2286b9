internal import Foundation
internal import Ranking

/// One voice per cut vertex: whoever is reached through one author only shares one voice with all the
/// others behind it, however much trust they hold.
///
/// `taste` bounds the voices of a region by its trust alone. Here the voices of a dominator group
/// are scaled down to a cap in all, so that a region behind g separate attack edges has at most
/// g times the cap, and the threshold theta can be low enough to hear everybody. Told to the
/// engine as factors on trust, which only lower.
struct GroupVoices: Sendable {
    /// Voices that a group has at most, above 0.
    let cap: Double

    /// The factors for one ego, one per author. O(a trust flow and a dominator tree).
    func factors(
        _ snapshot: GraphSnapshot, ego: AuthorIndex, _ parameters: RankingParameters
    ) -> [Double] {
        let trust = TrustFlow(
            snapshot, ego: ego, alpha: parameters.alphaTrust, epsilon: parameters.epsilon
        ).trust
        let perVoice = Self.effectiveNumber(trust) / parameters.taste.theta
        let groups = TrustDominators(snapshot, ego: ego).groups
        var sums = [Double](repeating: 0, count: trust.count)
        for (author, group) in groups.enumerated() where author != ego.position {
            guard let group else { continue }
            sums[group.position] += min(1, trust[author] * perVoice)
        }
        return groups.enumerated().map { author, group in
            guard let group, author != ego.position, trust[author] > 0,
                sums[group.position] > cap
            else { return 1 }
            let voice = min(1, trust[author] * perVoice) * cap / sums[group.position]
            return voice / (trust[author] * perVoice)
        }
    }

    /// `exp(entropy)`, as `taste` counts trusted authors.
    private static func effectiveNumber(_ trust: [Double]) -> Double {
        exp(trust.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 })
    }
}
