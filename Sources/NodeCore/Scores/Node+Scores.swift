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

    /// The dialled peer that is worth least, if it is below the threshold while half of all peers are above: in a silent
    /// network nobody brings anything, and nobody is blamed for it.
    func idlePeer(_ now: Moment) -> NodeKey? {
        guard let book = addresses else { return nil }
        let ready = links.keys.indices.filter { links[slot: $0].isReady }
        let idle = ready.filter { !isEligible(links.keys[$0], now) }
        guard !idle.isEmpty, 2 * idle.count <= ready.count else { return nil }
        var worst: (key: NodeKey, points: Int64)?
        for slot in idle where links[slot: slot].direction == .outbound {
            let link = links.keys[slot]
            guard book.links[link]?.origin.isAnchor == false else { continue }
            let points = points(link, now)
            if worst.map({ points < $0.points }) ?? true {
                worst = (links[slot: slot].nodeKey, points)
            }
        }
        return worst?.key
    }

    /// Links are nearly used up: the inbound one that is worth least goes, if it is below the threshold. Anchors and
    /// what this node dialled stay, and so does who brings something: an attacker fills places with its own.
    mutating func dropUnderPressure(
        sparing newcomer: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        guard links.count > limits.links - limits.spareLinks else { return }
        var worst: (link: LinkID, points: Int64)?
        for (slot, link) in links.keys.enumerated() where link != newcomer {
            guard links[slot: slot].direction == .inbound, links[slot: slot].isReady,
                addresses?.links[link]?.origin.isAnchor != true, !isEligible(link, now)
            else { continue }
            let points = points(link, now)
            if worst.map({ points < $0.points }) ?? true { worst = (link, points) }
        }
        if let worst { effects.append(.disconnect(worst.link, .overloaded)) }
    }

    func points(_ link: LinkID, _ now: Moment) -> Int64 {
        guard let peer = nodeKey(of: link) else { return 0 }
        return scores[peer]?.points(at: now.monotonicMilliseconds) ?? 0
    }
}
