import Primitives
import Records

/// Lazy announcements: what was committed and not pushed is told once a second, together, to a few links.
extension Node {
    /// Feeds moved that some link does not get pushed.
    mutating func announceLater(_ feeds: [FeedIndex], _ now: Moment) {
        guard !feeds.isEmpty else { return }
        for index in feeds { unannounced.set(index, true) }
        if announceAt == nil {
            announceAt = now.monotonicMilliseconds + limits.announceMilliseconds
        }
    }

    /// Tells each moved feed to at most `announceLinks` of the links that hold it and do not get it pushed.
    mutating func announceDue(_ now: Moment, _ effects: inout [Effect]) {
        guard let due = announceAt, due <= now.monotonicMilliseconds else { return }
        announceAt = nil
        let moved = unannounced.keys
        unannounced = BoundedTable(capacity: unannounced.capacity)
        var entries = [[Announcement]](repeating: [], count: links.count)
        for index in moved where feeds.isUsed(index) {
            guard feeds[index].isTellable, feeds.index(of: FeedTag(feeds[index].key)) == index
            else { continue }
            let frontier = feeds[index].frontier
            var candidates = links.keys.indices.filter { slot in
                links[slot: slot].isReady && links[slot: slot].trees
                    && links[slot: slot].isPruned(index) && links[slot: slot].known(index) > 0
                    && links[slot: slot].reach(index) < frontier
                    && !isWithheld(index, from: links.keys[slot])
            }
            random.shuffle(&candidates)
            for slot in candidates.prefix(limits.announceLinks) {
                entries[slot].append(feeds[index].announcement)
                links[slot: slot].note(offered: frontier, of: index)
            }
        }
        for (slot, link) in links.keys.enumerated() {
            effects += Self.announceFrames(entries[slot]).map { .send(link, $0) }
        }
    }

    /// Entries in their order on the wire, as many frames as it takes. Requires each tag once.
    static func announceFrames(_ entries: [Announcement]) -> [Frame] {
        let sorted = entries.sorted { $0.tag < $1.tag }
        return stride(from: 0, to: sorted.count, by: WireLimits.tagsPerFrame).map { start in
            let end = min(start + WireLimits.tagsPerFrame, sorted.count)
            return .announce(Array(sorted[start..<end]))
        }
    }
}
