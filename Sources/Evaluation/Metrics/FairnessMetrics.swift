/// Whether exposure and accuracy reach all groups of items and of users alike.
public struct FairnessMetrics: Hashable, Sendable {
    /// Items by popularity: the most popular that together hold a third of all interactions in train
    /// (head), those with the next third (middle), the rest with the last third (tail).
    public enum ItemGroup: Int, Hashable, Sendable, CaseIterable {
        case head, middle, tail
    }

    /// Scored users by the number of their items in train: the third with the fewest, the next, the
    /// third with the most.
    public enum UserGroup: Int, Hashable, Sendable, CaseIterable {
        case low, middle, high
    }

    /// Share of all recommended slots, by item group; sums to 1 when anything is recommended.
    public let exposure: [Double]
    /// Share of the interactions in train, by item group: near a third each.
    public let interactions: [Double]
    /// Total variation distance of the two: 0 when groups are shown as much as they are used.
    public let itemGap: Double
    /// Mean NDCG by user group.
    public let ndcg: [Double]
    /// Share of slots that show the tail, by user group.
    public let tailExposure: [Double]

    /// Largest minus smallest mean NDCG over user groups.
    public var accuracyGap: Double { Self.spread(ndcg) }
    /// Largest minus smallest share of the tail over user groups.
    public var tailGap: Double { Self.spread(tailExposure) }

    /// Requires the NDCG of each scored user, in the order of `clean.users`. O(slots + items log
    /// items).
    public init(
        _ clean: CleanLists, _ data: EvaluationData, _ catalogue: Catalogue, ndcg: [Double], k: Int
    ) {
        let groups = Self.itemGroups(catalogue)
        let users = Self.userGroups(clean.users, data)
        var slots = [[Double]](repeating: [0, 0, 0], count: 3)
        var gains = [0.0, 0, 0]
        var members = [0.0, 0, 0]
        for (place, list) in clean.lists.enumerated() {
            let user = users[place].rawValue
            gains[user] += ndcg[place]
            members[user] += 1
            for item in list.prefix(k) {
                let group = Int(item) < groups.count ? groups[Int(item)] : .tail
                slots[user][group.rawValue] += 1
            }
        }
        var held = [0.0, 0, 0]
        for (item, group) in groups.enumerated() {
            held[group.rawValue] += Double(catalogue.popularity[item])
        }
        exposure = Self.normalised((0..<3).map { group in slots.reduce(0) { $0 + $1[group] } })
        interactions = Self.normalised(held)
        itemGap = zip(exposure, interactions).reduce(0) { $0 + abs($1.0 - $1.1) } / 2
        self.ndcg = zip(gains, members).map { $1 > 0 ? $0 / $1 : 0 }
        tailExposure = slots.map { Self.normalised($0)[ItemGroup.tail.rawValue] }
    }

    /// The group of every item of the data set; ties in popularity by index.
    static func itemGroups(_ catalogue: Catalogue) -> [ItemGroup] {
        let popularity = catalogue.popularity
        let order = popularity.indices.sorted {
            (popularity[$1], $0) < (popularity[$0], $1)
        }
        let total = popularity.reduce(0, +)
        var groups = [ItemGroup](repeating: .tail, count: popularity.count)
        var held = 0
        for item in order where popularity[item] > 0 {
            // An item belongs where its first interaction falls.
            groups[item] = held * 3 < total ? .head : held * 3 < total * 2 ? .middle : .tail
            held += popularity[item]
        }
        return groups
    }

    /// The group of each user, in the order given; ties in activity by index.
    static func userGroups(_ users: [Int], _ data: EvaluationData) -> [UserGroup] {
        let order = users.indices.sorted {
            (data.train.entries(users[$0]).count, $0) < (data.train.entries(users[$1]).count, $1)
        }
        var groups = [UserGroup](repeating: .low, count: users.count)
        for (place, index) in order.enumerated() {
            groups[index] = UserGroup.allCases[min(2, place * 3 / max(1, users.count))]
        }
        return groups
    }

    private static func normalised(_ values: [Double]) -> [Double] {
        let sum = values.reduce(0, +)
        return sum > 0 ? values.map { $0 / sum } : values
    }

    private static func spread(_ values: [Double]) -> Double {
        (values.max() ?? 0) - (values.min() ?? 0)
    }
}
