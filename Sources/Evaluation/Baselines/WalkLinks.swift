internal import Foundation

/// `p3alpha` and `rp3beta`: three steps of a walk from the user to items, to users, to items.
///
/// P3alpha raises the transition probabilities to the power alpha (Cooper et al., WWW 2014);
/// RP3beta divides by the popularity of the item reached to the power beta (Paudel et al., TiiS
/// 2017). Links out of an item are cut to the largest, as in the reproduction of Dacrema et al.
/// (RecSys 2019).
enum WalkLinks {
    struct Settings: Hashable, Sendable {
        var transform = WeightTransform.binary
        var alpha = 1.0
        /// 0 is P3alpha.
        var beta = 0.0
        var neighbours = 500
    }

    static func fit(
        _ train: SparseRows, _ settings: Settings, threads: Int
    ) async -> (any Recommender)? {
        let weights = settings.transform.apply(train)
        let forth = probabilities(weights, settings.alpha)
        let back = probabilities(weights.transposed(), settings.alpha)
        let penalty = train.columnCounts.map { pow(Double(max(1, $0)), -settings.beta) }
        let links = await ItemLinks.build(
            itemCount: train.columnCount, keeping: settings.neighbours, threads: threads
        ) { item, strengths in
            for holder in back.entries(item) {
                let weight = back.values[holder]
                for entry in forth.entries(Int(back.columns[holder])) {
                    strengths[Int(forth.columns[entry])] += weight * forth.values[entry]
                }
            }
            for other in strengths.indices where strengths[other] > 0 {
                strengths[other] *= penalty[other]
            }
        }
        return links.map { LinkedItems(known: train, profile: forth, links: $0) }
    }

    private static func probabilities(_ matrix: SparseRows, _ alpha: Double) -> SparseRows {
        let sums = matrix.rowSums
        return matrix.mapRows { row, value in pow(value / sums[row], alpha) }
    }
}
