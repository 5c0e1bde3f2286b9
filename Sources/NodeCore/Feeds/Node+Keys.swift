public import Primitives
import Ranking
import Records

/// A device that its author has taken its consent from.
struct RevokedDevice: Hashable, Sendable {
    let device: PublicKey
    let author: PublicKey
}

/// One feed of an author, for people to look at.
public struct DeviceSummary: Sendable {
    public var feed: PublicKey
    public var author: PublicKey
    public var held: UInt64
    public var time: Instant
    public var isFrozen: Bool
    /// The last record that counts, where its author revoked the device.
    public var revokedAfter: UInt64?
}

/// Keys that change hands: an author's new key, and devices that no longer speak for it.
extension Node {
    // MARK: Rotation

    /// A ROTATE is committed: its feed speaks for the new key, and who trusts the old one trusts that.
    mutating func rotate(_ rotation: Rotation, in index: FeedIndex, _ now: Moment) -> Notice? {
        if feeds[index].author != rotation.new {
            let old = feeds[index].author
            feeds[index].author = rotation.new
            if feeds[index].key != configuration.feed { moveAccount(of: index, from: old) }
            rebuilds.add(old)
            rebuilds.add(rotation.new)
        }
        if succession.isFull, !succession.contains(rotation.old), isReachable(rotation.old) {
            let victim = succession.oldKeys.first { !isReachable($0) }
            if let victim { succession.forget(victim) }
        }
        switch succession.take(rotation.old, rotation.new) {
        case .known, .full: return nil
        case .taken:
            rebuilds.add(rotation.old)
            carryTrust(of: rotation.old)
            ranking.graphChanged(now, configuration)
            return .rotated(from: rotation.old, to: rotation.new)
        case .forked:
            graph.remove(author: rotation.old)
            ledger.forget(rotation.old)
            ranking.graphChanged(now, configuration)
            return .rotationForked(author: rotation.old)
        }
    }

    /// What a feed is charged goes with it, and so does its place in the pool.
    private mutating func moveAccount(of index: FeedIndex, from old: PublicKey) {
        let feed = feeds[index]
        refund(feed.bytes, to: old)
        let share = accounts[old]?.share ?? 0
        if closeAccount(old) == 0 {
            graph.remove(author: old)
            ledger.forget(old)
        }
        openAccount(feed.author)
        // Until somebody has ranked, nothing says what the new one's is.
        if !hasRanked { accounts.update(feed.author) { $0.share = max($0.share, share) } }
        charge(feed.bytes, to: feed.author)
        pool.remove(feed.key)
        if let member = poolMember(feed.key, feed.author) { pool.insert(member) }
    }

    /// What an old key says of trust is that its successor has all of it.
    mutating func carryTrust(of author: PublicKey) {
        if let new = succession.successor(of: author) {
            graph.setTrust(from: author, to: new, weight: Weight.one.value)
        }
    }

    /// Whether the ego trusts an author in so many words, or did so under the author's former key.
    func isTrusted(_ author: PublicKey) -> Bool {
        if graph.trusts(from: configuration.author, to: author) { return true }
        var key = author
        // Few change their key often; a longer chain of keys is left to the ranking.
        for _ in 0..<4 {
            guard let old = succession.predecessor(of: key) else { return false }
            if graph.trusts(from: configuration.author, to: old) { return true }
            key = old
        }
        return false
    }

    // MARK: Revocation

    /// A REVOKE is committed: of the device nothing after its last place counts, or is taken.
    mutating func revoke(_ revocation: Revocation, by author: PublicKey, _ now: Moment) -> Notice? {
        let device = RevokedDevice(device: revocation.device, author: author)
        if let known = revocations[device], known <= revocation.last { return nil }
        if revocations.isFull, !revocations.contains(device) {
            let victim = revocations.keys.first { !isReachable($0.author) }
            guard isReachable(author), let victim else { return nil }
            revocations.remove(victim)
        }
        revocations.set(device, revocation.last)
        guard let index = feeds.index(of: revocation.device), lastCounted(index) != nil else {
            return nil
        }
        rebuilds.add(feeds[index].author)
        ranking.graphChanged(now, configuration)
        return revocation.device == configuration.feed
            ? .ownDeviceRevoked(after: revocation.last)
            : .revoked(device: revocation.device, after: revocation.last)
    }

    /// The last place of a feed that counts, where its author revoked the device; nil for all others. An author
    /// speaks for those of its former key.
    func lastCounted(_ index: FeedIndex) -> UInt64? {
        guard !revocations.isEmpty else { return nil }
        let (device, author) = (feeds[index].key, feeds[index].author)
        var last = revocations[RevokedDevice(device: device, author: author)]
        if let new = succession.successor(of: author),
            let other = revocations[RevokedDevice(device: device, author: new)]
        {
            last = min(last ?? other, other)
        }
        return last
    }

    func counts(_ sequence: UInt64, of index: FeedIndex) -> Bool {
        !feeds[index].isFrozen && sequence <= lastCounted(index) ?? .max
            && !succession.isForked(feeds[index].author)
    }

    /// The feeds held here that speak for an author, ascending by key; for the own one, also those of its former keys.
    public func devices(of author: PublicKey) -> [DeviceSummary] {
        var authors = [author]
        while let last = authors.last, let old = succession.predecessor(of: last),
            !authors.contains(old)
        {
            authors.append(old)
        }
        var found: [DeviceSummary] = []
        feeds.forEach { index, feed in
            if authors.contains(feed.author) {
                found.append(
                    DeviceSummary(
                        feed: feed.key, author: feed.author, held: feed.isHeld ? feed.frontier : 0,
                        time: feed.headTime, isFrozen: feed.isFrozen,
                        revokedAfter: lastCounted(index)))
            }
        }
        return found.sorted { $0.feed < $1.feed }
    }

    /// Takes note of a committed record that changes who speaks for whom.
    mutating func noteKeys(
        _ record: Record, in index: FeedIndex, _ block: inout [Interaction], _ now: Moment
    ) -> Notice? {
        switch record.body.payload {
        case .rotate(let rotation):
            take(&block)
            return rotate(rotation, in: index, now)
        case .revoke(let revocation):
            take(&block)
            return revoke(revocation, by: feeds[index].author, now)
        default: return nil
        }
    }
}
