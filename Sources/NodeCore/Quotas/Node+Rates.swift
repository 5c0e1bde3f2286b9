import Primitives
import Ranking
import Records

/// What a signature's check is paid from.
private enum SignatureBudget {
    case tier(Tier)
    /// The author's own part of the flow.
    case author(Rate)
}

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

    /// Whether another range of this feed may be asked for, or taken unasked: not when its signatures would not be
    /// checked.
    func mayFetch(_ feed: PublicKey, _ now: Moment) -> Bool {
        guard let index = feeds.index(of: feed) else {
            return signatureBudget(of: declined[feed] ?? feed, now) != nil
        }
        let author = feeds[index].author
        guard signatureBudget(of: author, now) != nil else { return false }
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

    /// Whether a signature of this author may be checked, and counts it: out of its own part, then out of what its tier
    /// has for all; of an author whom the ego does not name also out of what these have together.
    /// `count` are those that one decision leads to: it is made while there is room for one, and all of them are counted.
    mutating func mayVerify(_ author: PublicKey, count: Int = 1, _ now: Moment) -> Bool {
        let time = now.monotonicMilliseconds
        guard let budget = signatureBudget(of: author, now) else { return false }
        if tier(of: author) > .direct {
            if isStarting(now) {
                verifiedSinceStart += count
            } else {
                verifiedTogether.take(limits.tiers.verifiedTogether, count: count, at: time)
            }
        }
        switch budget {
        case .tier(let tier):
            verified[tier.rawValue].take(verifiedRate(of: tier), count: count, at: time)
        case .author(let rate):
            if signatures.isFull, !signatures.contains(author) {
                signatures.remove(signatures.keys[random.below(signatures.count)])
            }
            var bucket = signatures[author] ?? TokenBucket()
            bucket.take(rate, count: count, at: time)
            signatures.set(author, bucket)
        }
        return true
    }

    /// The same for what places carry inside: consents and changes of keys.
    mutating func mayVerifyContents(
        of places: ArraySlice<ChainPlace>, by author: PublicKey, _ now: Moment
    ) -> Bool {
        let count = places.reduce(0) { $0 + $1.carriedSignatures }
        return count == 0 || mayVerify(author, count: count, now)
    }

    /// What the next signature of this author would be paid from; nil when nothing is left.
    private func signatureBudget(of author: PublicKey, _ now: Moment) -> SignatureBudget? {
        let (tier, time) = (tier(of: author), now.monotonicMilliseconds)
        if tier > .direct, !isStarting(now) {
            var together = limits.tiers.verifiedTogether
            if tier == .stranger, !together.isUnlimited { together.burst /= 2 }
            guard verifiedTogether.mayTake(together, at: time) else { return nil }
        }
        if tier == .near || tier == .reached {
            let part = limits.tiers.verifiedByFlow.part(trust[author] ?? 0)
            if (signatures[author] ?? TokenBucket()).mayTake(part, at: time) {
                return .author(part)
            }
        }
        return verified[tier.rawValue].mayTake(verifiedRate(of: tier), at: time)
            ? .tier(tier) : nil
    }

    /// Whether this signature is one of those that a start has to itself.
    private func isStarting(_ now: Moment) -> Bool {
        verifiedSinceStart < limits.tiers.verifiedAtStart
            && now.monotonicMilliseconds < startedAt + limits.tiers.startMilliseconds
    }

    private func verifiedRate(of tier: Tier) -> Rate {
        tier == .stranger && !hasRanked
            ? limits.tiers.verifiedUnranked : limits.tiers.verified[tier.rawValue]
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

extension ChainPlace {
    fileprivate var carriedSignatures: Int {
        if case .record(let record) = self { record.carriedSignatures } else { 0 }
    }
}

extension Record {
    /// Signatures that are checked for what the record says, beside its own.
    var carriedSignatures: Int {
        switch body.payload {
        case .delegate: 1
        case .checkpoint(let consent): consent == nil ? 0 : 1
        case .rotate: Rotation.signatures
        case .revoke: 1
        default: 0
        }
    }
}
