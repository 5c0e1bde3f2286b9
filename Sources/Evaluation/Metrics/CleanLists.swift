/// Lists as they are scored: without repeats and without what the user has in train, cut at a length.
///
/// The protocol of the field's full-ranking evaluation: every item outside train is a candidate.
public struct CleanLists: Sendable {
    /// One per scored user.
    public let lists: [[UInt32]]
    /// The users, ascending.
    public let users: [Int]
    public let droppedTrain: Int
    public let droppedRepeats: Int
    /// Scored users without a single recommendation.
    public let usersWithoutList: Int
    /// Scored users with fewer than `length`.
    public let usersWithShortList: Int

    /// Requires `length` of at least 1. O(items of all lists).
    public init(_ ranked: RankedLists, _ data: EvaluationData, length: Int) {
        var lists: [[UInt32]] = []
        var droppedTrain = 0
        var droppedRepeats = 0
        users = data.scoredUsers
        for user in users {
            let row = data.train.row(user)
            let have = Set(row)
            var seen = Set<UInt32>()
            var list: [UInt32] = []
            for item in ranked.byUser[user] {
                guard seen.insert(item).inserted else {
                    droppedRepeats += 1
                    continue
                }
                guard !have.contains(item) else {
                    droppedTrain += 1
                    continue
                }
                list.append(item)
                if list.count == length { break }
            }
            lists.append(list)
        }
        self.lists = lists
        self.droppedTrain = droppedTrain
        self.droppedRepeats = droppedRepeats
        usersWithoutList = lists.count { $0.isEmpty }
        usersWithShortList = lists.count { !$0.isEmpty && $0.count < length }
    }
}
