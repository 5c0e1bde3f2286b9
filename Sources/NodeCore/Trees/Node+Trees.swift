import Primitives
import Records

/// Push trees (Plumtree: Leitao, Pereira & Rodrigues, SRDS 2007), one a feed, grown by who was first.
///
/// Everybody pushes at first. Whoever pushes what came from another before is pruned and announces from then on;
/// an announced record that does not come makes its announcer push. So each feed has one upstream here, or two.
extension Node {
    /// Links that may push a feed to us at a time: two of whom the ego trusts itself, so that no single peer can
    /// withhold them (T27).
    func upstreamTarget(of index: FeedIndex) -> Int {
        let author = feeds[index].author
        return tier(of: author) <= .direct ? limits.trustedUpstreams : limits.upstreams
    }

    /// What a pushed record says of the link that pushed it.
    mutating func noteFirst(
        _ verdict: Verdict, of record: Record, by link: LinkID, _ now: Moment
    ) {
        switch verdict {
        case .accept:
            guard let index = feeds.index(of: record.body.feed) else { return }
            noteFirst(index, by: link, now)
            noteBrought(1, of: index, by: link, now)
        case .ignore(.overQuota):
            // We do not hold this feed.
            guard let slot = links.slot(of: link), links[slot: slot].trees else { return }
            links[slot: slot].redundant.append(FeedTag(record.body.feed))
        default: return
        }
    }

    /// A link pushed a record that we had.
    mutating func noteAgain(_ index: FeedIndex, by link: LinkID, _ now: Moment) {
        guard isRedundant(index, by: link, now) else { return }
        links.update(link) { $0.redundant.append(FeedTag(feeds[index].key)) }
    }

    mutating func pruneRedundant(_ link: LinkID, _ effects: inout [Effect]) {
        guard let slot = links.slot(of: link), !links[slot: slot].redundant.isEmpty else { return }
        send(links[slot: slot].redundant, to: link, &effects) { .prune($0) }
        links[slot: slot].redundant = []
    }

    /// A link pushed a record that we did not have: it is the fastest now. One whose score is too low must have earned
    /// its place first, unless there is nobody else.
    mutating func noteFirst(_ index: FeedIndex, by link: LinkID, _ now: Moment) {
        guard feeds[index].upstreams.first != link,
            isEligible(link, now) || feeds[index].upstreams.isEmpty
        else { return }
        adopt(link, index)
    }

    private mutating func adopt(_ link: LinkID, _ index: FeedIndex) {
        feeds[index].upstreams.removeAll { $0 == link }
        feeds[index].upstreams.insert(link, at: 0)
        let target = upstreamTarget(of: index)
        if feeds[index].upstreams.count > target { feeds[index].upstreams.removeLast() }
        links.update(link) { $0.clearPrune(index) }
    }

    /// A link pushed a record that we had. True where it should stop.
    private mutating func isRedundant(
        _ index: FeedIndex, by link: LinkID, _ now: Moment
    ) -> Bool {
        guard let slot = links.slot(of: link), links[slot: slot].trees,
            !feeds[index].upstreams.contains(link)
        else { return false }
        if feeds[index].upstreams.isEmpty
            || (feeds[index].upstreams.count < upstreamTarget(of: index) && isEligible(link, now))
        {
            feeds[index].upstreams.append(link)
            return false
        }
        return links[slot: slot].prune(index)
    }

    /// A peer wants feeds pushed, or only announced.
    mutating func grafted(_ tags: [FeedTag], by link: LinkID) {
        for index in tags.compactMap(feeds.index(of:)) {
            links.update(link) { $0.setPruned(false, index) }
        }
    }

    mutating func pruned(_ tags: [FeedTag], by link: LinkID) {
        for index in tags.compactMap(feeds.index(of:)) {
            links.update(link) { $0.setPruned(true, index) }
        }
    }

    /// A peer holds feeds and does not push them. What we lack is given a moment to come by itself.
    mutating func announced(
        _ entries: [Announcement], by link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        for entry in entries {
            guard let index = feeds.index(of: entry.tag) else { continue }
            links.update(link) { $0.note(known: entry.sequence, of: index) }
            guard !feeds[index].isFrozen else {
                sendProof(of: feeds[index].key, to: link, &effects)
                continue
            }
            if entry.sequence == feeds[index].frontier,
                entry.headMark != feeds[index].announcement.headMark
            {
                probe(feeds[index].key, at: entry.sequence, link, now, &effects)
            }
            guard entry.sequence > feeds[index].tip else { continue }
            if feeds[index].key == configuration.feed { noteOwnClaim(by: link, now) }
            let due = now.monotonicMilliseconds + limits.graceMilliseconds
            guard !awaited.contains(feeds[index].key) else { continue }
            awaited.set(feeds[index].key, Awaited(link: link, sequence: entry.sequence, due: due))
        }
    }

    /// What was announced and has not come: ask for it, and for its feed from now on.
    mutating func graftOverdue(_ now: Moment, _ effects: inout [Effect]) {
        let time = now.monotonicMilliseconds
        guard let due = awaitedDue, due <= time else { return }
        var overdue: [(index: FeedIndex, announcer: LinkID?)] = []
        for key in awaited.keys {
            guard let awaiting = awaited[key], awaiting.due <= time else { continue }
            awaited.remove(key)
            guard let index = feeds.index(of: key), feeds[index].tip < awaiting.sequence else {
                continue
            }
            wantFromAll(index)
            overdue.append((index, awaiting.link))
        }
        graft(overdue, now, &effects)
    }

    /// Has each feed pushed by its announcer, or by the best link that holds it; one frame a link.
    private mutating func graft(
        _ wanted: [(index: FeedIndex, announcer: LinkID?)], _ now: Moment,
        _ effects: inout [Effect]
    ) {
        var grafts: [LinkID: [FeedTag]] = [:]
        var order: [LinkID] = []
        for (index, announcer) in wanted {
            guard let link = graftable(index, preferring: announcer, now) else { continue }
            adopt(link, index)
            if grafts[link] == nil { order.append(link) }
            grafts[link, default: []].append(FeedTag(feeds[index].key))
        }
        for link in order {
            send(grafts[link] ?? [], to: link, &effects) { .graft($0) }
        }
    }

    /// When the next announced record is overdue.
    var awaitedDue: UInt64? {
        var due: UInt64?
        for slot in awaited.keys.indices { due = min(due ?? .max, awaited[slot: slot].due) }
        return due
    }

    /// A link went: others take its place for the feeds that it pushed.
    mutating func replaceUpstream(
        _ link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        var orphans: [(index: FeedIndex, announcer: LinkID?)] = []
        for index in feeds.indices where feeds[index].upstreams.contains(link) {
            feeds[index].upstreams.removeAll { $0 == link }
            if feeds[index].upstreams.isEmpty { orphans.append((index, nil)) }
        }
        graft(orphans, now, &effects)
    }

    /// Who should push a feed from now on: the one preferred if its score allows, or else the best that holds it.
    private func graftable(
        _ index: FeedIndex, preferring link: LinkID?, _ now: Moment
    ) -> LinkID? {
        if let link, let slot = links.slot(of: link), links[slot: slot].isReady,
            isEligible(link, now)
        {
            return link
        }
        var best: (link: LinkID, isEligible: Bool, points: Int64)?
        for (slot, other) in links.keys.enumerated()
        where links[slot: slot].isReady && links[slot: slot].trees
            && links[slot: slot].known(index) > 0
        {
            let candidate = (other, isEligible(other, now), points(other, now))
            guard let held = best else {
                best = candidate
                continue
            }
            let isBetter =
                candidate.1 == held.isEligible ? candidate.2 > held.points : candidate.1
            if isBetter { best = candidate }
        }
        return best?.link
    }

    private mutating func wantFromAll(_ index: FeedIndex) {
        for (slot, link) in links.keys.enumerated() {
            let known = links[slot: slot].known(index)
            if known > feeds[index].tip { want(feeds[index].key, through: known, from: link) }
        }
    }

    /// Tags in their order on the wire, each once, as many frames as it takes.
    func send(
        _ tags: [FeedTag], to link: LinkID, _ effects: inout [Effect],
        as frame: ([FeedTag]) -> Frame
    ) {
        var sorted: [FeedTag] = []
        for tag in tags.sorted() where sorted.last != tag { sorted.append(tag) }
        for start in stride(from: 0, to: sorted.count, by: WireLimits.tagsPerFrame) {
            let end = min(start + WireLimits.tagsPerFrame, sorted.count)
            effects.append(.send(link, frame(Array(sorted[start..<end]))))
        }
    }
}

/// A record that a link announced and that may still come by itself.
struct Awaited: Sendable {
    let link: LinkID
    let sequence: UInt64
    let due: UInt64
}

extension FeedState {
    /// How far it is held, in the short form.
    var announcement: Announcement {
        Announcement(
            tag: FeedTag(key), sequence: frontier,
            headMark: UInt16(truncatingIfNeeded: head.raw.prefix64 >> 48))
    }
}
