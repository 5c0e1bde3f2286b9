internal import Foundation

/// How well the lists of the scored users meet what they are asked for, one value per user.
///
/// A scored user without a list counts as 0 in everything.
public struct AccuracyMetrics: Sendable {
    /// Hits in the top K over items in test (LightGCN's convention).
    public private(set) var recall: [Double] = []
    /// Binary gain, discount `1 / log2(rank + 1)` (Järvelin & Kekäläinen 2002), divided by the best
    /// that min(K, items in test) allow.
    public private(set) var ndcg: [Double] = []
    /// One over the rank of the first hit in the top K, or 0.
    public private(set) var mrr: [Double] = []
    /// Mean precision at the ranks of the hits, over min(K, items in test).
    public private(set) var map: [Double] = []
    /// 1 with any hit in the top K.
    public private(set) var hitRate: [Double] = []
    /// Hits over K.
    public private(set) var precision: [Double] = []

    /// Requires clean lists of at least K where there are as many. O(users x K).
    public init(_ clean: CleanLists, _ data: EvaluationData, k: Int) {
        let discounts = (0..<k).map { 1 / log2(Double($0) + 2) }
        var ideal = [0.0]
        for discount in discounts { ideal.append(ideal[ideal.count - 1] + discount) }
        for (user, list) in zip(clean.users, clean.lists) {
            let wanted = Set(data.test.row(user))
            var hits = 0
            var gain = 0.0
            var precisions = 0.0
            var first = 0.0
            for (place, item) in list.prefix(k).enumerated() where wanted.contains(item) {
                hits += 1
                gain += discounts[place]
                precisions += Double(hits) / Double(place + 1)
                if first == 0 { first = 1 / Double(place + 1) }
            }
            let best = min(k, wanted.count)
            recall.append(Double(hits) / Double(wanted.count))
            ndcg.append(gain / ideal[best])
            mrr.append(first)
            map.append(precisions / Double(best))
            hitRate.append(hits > 0 ? 1 : 0)
            precision.append(Double(hits) / Double(k))
        }
    }
}
