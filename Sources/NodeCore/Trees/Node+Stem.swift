import Primitives
import Records

/// What this node signs goes to one friend first, and to everybody else a while later.
struct Stem: Sendable {
    let link: LinkID
    /// Monotonic milliseconds.
    let until: UInt64
}

/// The stem: who hears of an own record early hears it from the friend (threats.md, T44). A delay and no promise: the
/// friend knows, and who links with this node meanwhile is told what it holds, the own feed with the rest.
extension Node {
    /// Whether a link is not told of the own feed yet.
    func isWithheld(_ index: FeedIndex, from link: LinkID) -> Bool {
        guard let stem, index == ownFeed else { return false }
        return stem.link != link
    }

    /// Own records were committed. Always the same friend, as long as it is linked: of one chosen anew for each record,
    /// more would know in the end.
    mutating func beginStem(_ now: Moment) {
        guard configuration.stemMilliseconds > 0, stem == nil else { return }
        let ready = links.keys.indices.filter { links[slot: $0].isReady }
        let anchors = ready.filter { links[slot: $0].isAnchor }
        let candidates =
            anchors.isEmpty ? ready.filter { links[slot: $0].direction == .outbound } : anchors
        let chosen = candidates.min {
            fingerprint.mix(links[slot: $0].nodeKey.raw)
                < fingerprint.mix(links[slot: $1].nodeKey.raw)
        }
        guard ready.count > 1, let chosen else { return }
        let length = Double(configuration.stemMilliseconds) * (0.5 + random.unit())
        stem = Stem(link: links.keys[chosen], until: now.monotonicMilliseconds + UInt64(length))
    }

    /// Tells the own feed to whoever has not heard of it meanwhile.
    mutating func endStem(_ now: Moment, _ effects: inout [Effect]) {
        guard let due = stem else { return }
        guard due.until <= now.monotonicMilliseconds || links.slot(of: due.link) == nil else {
            return
        }
        stem = nil
        guard feeds[ownFeed].isTellable else { return }
        let entry = feeds[ownFeed].frontierEntry
        for (slot, link) in links.keys.enumerated()
        where links[slot: slot].isReady && links[slot: slot].reach(ownFeed) < entry.sequence {
            effects.append(.send(link, .frontier(Frontier(entries: [entry]))))
            links[slot: slot].note(offered: entry.sequence, of: ownFeed)
        }
    }
}
