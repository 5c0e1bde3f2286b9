import Testing

@testable import Ranking

/// Compares one `tsalsa` section of a graph file, with factors on trust.
struct TrustedSalsaVector {
    private let vector: Vector
    private let expected: JSONValue
    private let factors: [Double]

    init(_ vector: Vector, _ expected: JSONValue, factors: [Double]) {
        self.vector = vector
        self.expected = expected
        self.factors = factors
    }

    func check() {
        let plain = rank { _ in }
        // No connectivity decay, no popularity: the order of the shares.
        let shares = rank { ($0.floor, $0.popularityExponent) = (1, 0) }
        let corrected = rank { $0.floor = 1 }
        // The full ramp on shares alone.
        let ramped = rank { ($0.floor, $0.popularityExponent) = (0, 0) }
        for key in expected.keys {
            switch key {
            case "trust": compare(plain.trust, key)
            case "user_visits": compare(plain.walkVisits, key)
            case "item_visits": compare(plain.itemVisits, key)
            case "item_share": compare(plain.shares, key)
            case "popularity_trust_weighted": compare(plain.popularity, key)
            case "group_concentration": compare(plain.concentration, key)
            case "group_neff": compare(effectiveGroups(plain), key)
            case "score_pop_corrected": compare(corrected.scores, key)
            case "final_score_beta1_ramp": compare(ramped.scores, key)
            case "contribution_user_item": contributions(plain)
            case "top_contributor", "top_contributor_share": topContributor(plain)
            case "ranking_all": compare(shares.allItems, key)
            case "ranking_new": compare(shares.items.map(\.item), key)
            case "ranking_new_pop_corrected": compare(corrected.items.map(\.item), key)
            case "ranking_final_new": compare(ramped.items.map(\.item), key)
            default: Issue.record("nobody compares tsalsa.\(key)")
            }
        }
    }

    private func rank(_ change: (inout RankingParameters) -> Void) -> RankingResult {
        var query = vector.query(change)
        query.trustFactors = factors
        return TrustedSalsa().rank(vector.content.snapshot, query)
    }

    private func compare(_ built: [Double], _ key: String) {
        #expect(distance(built, expected[key].numbers) < 1e-9, "\(vector.name) \(key)")
    }

    private func compare(_ built: [ItemIndex], _ key: String) {
        #expect(built.map(\.position) == expected[key].integers, "\(vector.name) \(key)")
    }

    private func contributions(_ result: RankingResult) {
        let snapshot = result.snapshot
        let total = result.itemVisits.reduce(0, +)
        var sums = [Double](repeating: 0, count: snapshot.itemCount)
        for (user, row) in expected["contribution_user_item"].array.enumerated() {
            let built = (0..<snapshot.itemCount).map {
                result.contribution(of: author(user), to: item($0))
            }
            for place in built.indices { sums[place] += built[place] }
            #expect(
                distance(built.map { $0 * total }, row.numbers) < 1e-9, "\(vector.name) \(user)")
        }
        #expect(distance(sums, result.shares) < 1e-12, "contributions sum to the share")
    }

    private func topContributor(_ result: RankingResult) {
        let snapshot = result.snapshot
        for place in 0..<snapshot.itemCount {
            let largest = result.contributions.ordered(for: item(place), in: snapshot)
                .first { $0.author != result.query.ego }
            let share = result.shares[place] > 0 ? (largest?.value ?? 0) / result.shares[place] : 0
            #expect(
                (largest?.author.position ?? -1) == expected["top_contributor"].integers[place],
                "\(vector.name) item \(place)")
            #expect(abs(share - expected["top_contributor_share"].numbers[place]) < 1e-9)
        }
    }

    /// One over the sum of squared group shares.
    private func effectiveGroups(_ result: RankingResult) -> [Double] {
        (0..<result.snapshot.itemCount).map { place in
            var sums = [Double](repeating: 0, count: result.snapshot.authorCount)
            for user in 0..<sums.count where user != result.query.ego.position {
                guard let group = result.groups[user] else { continue }
                sums[group.position] += result.contribution(of: author(user), to: item(place))
            }
            let total = sums.reduce(0, +)
            return total > 0 ? total * total / sums.reduce(0) { $0 + $1 * $1 } : 0
        }
    }
}
