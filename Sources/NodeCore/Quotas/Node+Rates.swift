import Primitives
import Ranking
import Records

/// Rates: what an author's tier lets through, asked before any signature is checked. What is over a rate is
/// ignored and nobody is blamed for it; the link is remembered as one that has it.
extension Node {
    func tier(of author: PublicKey) -> Tier {
        if author == configuration.author { return .own }
        if isTrusted(author) { return .direct }
        let reached = trust[author] ?? 0
        if reached >= limits.tiers.nearTrust { return .near }
        return reached > 0 ? .reached : .stranger
    }

    /// Whether one more record of a feed that is held may come by itself.
    func mayBePushed(_ index: FeedIndex, _ now: Moment) -> Bool {
        let author = feeds[index].author
        let rate = limits.tiers.pushed[tier(of: author).rawValue]
        return rate.isUnlimited
            || accounts[author]?.pushed.mayTake(rate, at: now.monotonicMilliseconds) ?? true
    }

    /// Counts a pushed record whose signature held: a forger cannot spend what is its victim's.
    mutating func notePushed(_ author: PublicKey, _ now: Moment) {
        let rate = limits.tiers.pushed[tier(of: author).rawValue]
        accounts.update(author) { $0.pushed.take(rate, at: now.monotonicMilliseconds) }
    }

    /// Whether another range of this feed may be asked for, or taken unasked.
    func mayFetch(_ feed: PublicKey, _ now: Moment) -> Bool {
        guard let index = feeds.index(of: feed) else { return true }
        let author = feeds[index].author
        let rate = limits.tiers.fetched[tier(of: author).rawValue]
        return rate.isUnlimited
            || accounts[author]?.fetched.mayTake(rate, at: now.monotonicMilliseconds) ?? true
    }

    mutating func noteFetched(_ index: FeedIndex, places: Int, _ now: Moment) {
        let author = feeds[index].author
        let rate = limits.tiers.fetched[tier(of: author).rawValue]
        accounts.update(author) {
            $0.fetched.take(rate, count: places, at: now.monotonicMilliseconds)
        }
    }

    /// Whether the tier of this author has a signature's check left, and counts it.
    mutating func mayVerify(_ author: PublicKey, _ now: Moment) -> Bool {
        let tier = tier(of: author).rawValue
        let rate = limits.tiers.verified[tier]
        guard verified[tier].mayTake(rate, at: now.monotonicMilliseconds) else { return false }
        verified[tier].take(rate, at: now.monotonicMilliseconds)
        return true
    }

    /// Remembers whose a feed is that is not taken in; where there is no room, another is forgotten by chance.
    mutating func noteDeclined(_ feed: PublicKey, of author: PublicKey) {
        if declined.isFull, !declined.contains(feed) {
            declined.remove(declined.keys[random.below(declined.count)])
        }
        declined.set(feed, author)
    }

    /// Whether a feed that is not held is worth a question: not when the answer is known and would change nothing.
    func isWorthAsking(_ feed: PublicKey) -> Bool {
        guard let author = declined[feed] else { return true }
        return mayAdmit(feed, of: author)
    }

    /// A feed of this author came in.
    mutating func openAccount(_ author: PublicKey) {
        if !accounts.contains(author) {
            accounts.set(author, AuthorAccount(share: share(of: author)))
        }
        accounts.update(author) { $0.feeds += 1 }
    }

    /// A feed of this author went. How many are left.
    mutating func closeAccount(_ author: PublicKey) -> Int {
        let left = accounts.update(author) { account -> Int in
            account.feeds -= 1
            return account.feeds
        }
        if left == 0 { accounts.remove(author) }
        return left ?? 0
    }
}
