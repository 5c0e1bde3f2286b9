internal import Foundation

/// Which items the lists put before people, and how evenly.
public struct ExposureMetrics: Hashable, Sendable {
    /// Distinct catalogue items in any top K, over the catalogue.
    public let coverage: Double
    /// Gini index of the exposure counts over the whole catalogue: 0 equal, 1 a single item.
    public let gini: Double
    /// Shannon entropy of the exposure counts over that of an even exposure of the catalogue: 1 equal,
    /// 0 a single item.
    public let entropy: Double
    /// Users in train per recommended item, mean over slots.
    public let meanPopularity: Double
    /// `-log2(users of the item / users)`, mean over slots (Zhou et al., PNAS 2010); an item without
    /// users counts as half a user.
    public let novelty: Double

    /// O(slots + catalogue log catalogue).
    public init(_ clean: CleanLists, _ catalogue: Catalogue, k: Int) {
        var counts = [Int](repeating: 0, count: catalogue.contains.count)
        var slots = 0
        var popularity = 0.0
        var novelty = 0.0
        for list in clean.lists {
            for item in list.prefix(k) {
                let isKnown = Int(item) < counts.count
                let users = isKnown ? Double(catalogue.popularity[Int(item)]) : 0
                popularity += users
                novelty -= log2(max(users, 0.5) / Double(catalogue.userCount))
                slots += 1
                if isKnown, catalogue.contains[Int(item)] { counts[Int(item)] += 1 }
            }
        }
        let exposed = counts.filter { $0 > 0 }.sorted()
        coverage = Double(exposed.count) / Double(max(1, catalogue.count))
        gini = Self.gini(exposed, of: catalogue.count)
        entropy = Self.entropy(exposed, of: catalogue.count)
        meanPopularity = popularity / Double(max(1, slots))
        self.novelty = novelty / Double(max(1, slots))
    }

    /// Of positive counts in ascending order, the rest of `total` being zeros.
    static func gini(_ counts: [Int], of total: Int) -> Double {
        let sum = counts.reduce(0, +)
        guard sum > 0, total > 0 else { return 0 }
        let zeros = total - counts.count
        let weighted = counts.enumerated().reduce(0) { partial, next in
            partial + (2 * (zeros + next.offset + 1) - total - 1) * next.element
        }
        return Double(weighted) / (Double(total) * Double(sum))
    }

    static func entropy(_ counts: [Int], of total: Int) -> Double {
        let sum = Double(counts.reduce(0, +))
        guard sum > 0, total > 1 else { return 0 }
        let bits = counts.reduce(0.0) { $0 - Double($1) / sum * log2(Double($1) / sum) }
        return bits / log2(Double(total))
    }
}
