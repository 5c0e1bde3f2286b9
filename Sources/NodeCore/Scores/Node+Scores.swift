import Primitives
import Records

/// Scores are of node keys, so that they outlive a link, and of the direct sender alone: whose records it carries is
/// no part of them (T29).
extension Node {
    /// A peer greeted. Where the table is full, the one that would be missed least makes room: no link, best score.
    mutating func meet(_ peer: NodeKey, _ now: Moment) {
        let time = now.monotonicMilliseconds
        guard !scores.contains(peer) else { return }
        if scores.isFull {
            let linked = Set(links.values.map(\.nodeKey))
            var best: (key: NodeKey, points: Int64)?
            for slot in scores.keys.indices where !linked.contains(scores.keys[slot]) {
                let points =
                    scores[slot: slot].isBanned(at: time)
                    ? Int64.min : scores[slot: slot].points(at: time)
                if best.map({ points > $0.points }) ?? true { best = (scores.keys[slot], points) }
            }
            guard let best else { return }
            scores.remove(best.key)
        }
        scores.set(peer, PeerScore(at: time))
    }

    /// A link brought places that were new here. Strangers' are free to make, so they earn nothing.
    mutating func noteBrought(_ places: Int, of index: FeedIndex, by link: LinkID, _ now: Moment) {
        // Asked of `feeds[index].author` directly, the tier would first copy the whole node.
        let author = feeds[index].author
        guard tier(of: author) < .stranger, let peer = nodeKey(of: link) else { return }
        scores.update(peer) { $0.brought(places, at: now.monotonicMilliseconds) }
    }

    mutating func noteRejected(_ link: LinkID, _ now: Moment) {
        guard let peer = nodeKey(of: link) else { return }
        scores.update(peer) { $0.wasRejected(at: now.monotonicMilliseconds) }
    }

    mutating func noteBrokenPromise(_ link: LinkID, _ now: Moment) {
        guard let peer = nodeKey(of: link) else { return }
        scores.update(peer) { $0.brokePromise(at: now.monotonicMilliseconds) }
    }

    /// The link is being closed for what it sent.
    mutating func ban(_ link: LinkID, _ now: Moment) {
        guard let peer = nodeKey(of: link) else { return }
        scores.update(peer) { $0.ban(at: now.monotonicMilliseconds) }
    }

    func isBanned(_ peer: NodeKey, _ now: Moment) -> Bool {
        scores[peer]?.isBanned(at: now.monotonicMilliseconds) ?? false
    }

    /// Whether a link may be chosen as an upstream; where nobody may, it is still better than none.
    func isEligible(_ link: LinkID, _ now: Moment) -> Bool {
        guard let peer = nodeKey(of: link) else { return false }
        return scores[peer]?.isEligible(at: now.monotonicMilliseconds) ?? true
    }

    func points(_ link: LinkID, _ now: Moment) -> Int64 {
        guard let peer = nodeKey(of: link) else { return 0 }
        return scores[peer]?.points(at: now.monotonicMilliseconds) ?? 0
    }
}
