import Primitives
import Records

/// Anti-entropy: links tell each other how far they hold each feed, and ask for what they lack.
extension Node {
    /// Sends the frontiers that moved since this link was last told (or since `since` of the table's clock), or
    /// all of them.
    mutating func tellFrontier(
        _ link: LinkID, whole: Bool, since: UInt64? = nil, _ now: Moment,
        _ effects: inout [Effect]
    ) {
        guard let slot = links.slot(of: link) else { return }
        let since = whole ? 0 : since ?? links[slot: slot].toldThrough
        var entries: [Frontier.Entry] = []
        var short: [Announcement] = []
        var moved: [FeedIndex] = []
        feeds.forEach { index, feed in
            guard feed.isTellable, feed.changedAt > since || whole,
                !isWithheld(index, from: link)
            else { return }
            let isNew = links[slot: slot].known(index) == 0
            if !whole {
                // Who takes trees remembers what it was sent and did not take.
                let reach =
                    links[slot: slot].trees
                    ? links[slot: slot].reach(index) : links[slot: slot].known(index)
                if reach >= feed.frontier { return }
                // It does not hold the feed and asked not to have it pushed.
                if isNew, links[slot: slot].isPruned(index) { return }
                moved.append(index)
            }
            if !whole, !isNew, links[slot: slot].trees, feeds.index(of: FeedTag(feed.key)) == index
            {
                short.append(feed.announcement)
            } else {
                entries.append(feed.frontierEntry)
            }
        }
        effects += Self.frontierFrames(entries).map { .send(link, $0) }
        effects += Self.announceFrames(short).map { .send(link, $0) }
        for index in moved { links[slot: slot].note(offered: feeds[index].frontier, of: index) }
        let clock = feeds.clock
        let interval = configuration.antiEntropyMilliseconds
        links.update(link) { state in
            state.toldThrough = clock
            state.frontierRounds += 1
            state.timers.frontier = now.monotonicMilliseconds + interval
        }
    }

    /// Entries in their order on the wire, each feed once, as many frames as it takes.
    static func frontierFrames(_ entries: [Frontier.Entry]) -> [Frame] {
        var sorted: [Frontier.Entry] = []
        for entry in entries.sorted(by: { $0.feed < $1.feed }) where sorted.last?.feed != entry.feed
        {
            sorted.append(entry)
        }
        return stride(from: 0, to: sorted.count, by: WireLimits.frontierEntries).map { start in
            let end = min(start + WireLimits.frontierEntries, sorted.count)
            return .frontier(Frontier(entries: Array(sorted[start..<end])))
        }
    }

    /// A peer told how far it holds feeds.
    mutating func told(
        _ frontier: Frontier, by link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        for entry in frontier.entries { told(entry, by: link, now, &effects) }
        pump(link, now, &effects)
    }

    private mutating func told(
        _ entry: Frontier.Entry, by link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        // Nobody tells a feed whose fork it knows.
        if proofs.contains(entry.feed) { sendProof(of: entry.feed, to: link, &effects) }
        guard let index = feeds.index(of: entry.feed) else {
            // Its first record says whose it is: a friend's new device is worth that one record.
            let isWelcome = mayAdmit(entry.feed, of: entry.feed)
            if !proofs.contains(entry.feed), isWorthAsking(entry.feed) {
                want(entry.feed, through: isWelcome ? entry.sequence : 1, from: link)
            }
            return
        }
        links.update(link) { $0.note(known: entry.sequence, of: index) }
        guard !feeds[index].isFrozen else { return }
        if entry.sequence == feeds[index].frontier,
            entry.headPrefix != feeds[index].head.raw.prefix64
        {
            probe(entry.feed, at: entry.sequence, link, now, &effects)
        }
        if entry.sequence > feeds[index].tip {
            if entry.feed == configuration.feed { noteOwnClaim(by: link, now) }
            want(entry.feed, through: entry.sequence, from: link)
        }
    }

    /// Notes that a link has more of a feed than we do, as far as we would hold it; not where it showed that it lacks
    /// the places that we need first.
    mutating func want(_ feed: PublicKey, through told: UInt64, from link: LinkID) {
        let sequence = worthAsking(feed, through: told)
        guard sequence > feeds.tip(of: feed) else { return }
        if let index = feeds.index(of: feed) {
            // What its author's share has no room for would be refused again.
            if feeds[index].isHeldBack { return }
            if links[link]?.lacks(feeds[index].tip + 1, of: index) == true { return }
        }
        let hasRoom = wantsTotal < limits.wants
        let added = links.update(link) { state -> Int in
            let before = state.wants.count
            if hasRoom || state.wants.contains(feed) {
                state.wants.set(feed, max(sequence, state.wants[feed] ?? 0))
                state.timers.scan = 0
            }
            return state.wants.count - before
        }
        wantsTotal += added ?? 0
    }

    /// Trust reached these feeds' authors, so more of them is held: ask whoever said to have it.
    mutating func wantMore(of held: [FeedIndex]) {
        for (slot, link) in links.keys.enumerated() {
            for index in held {
                want(feeds[index].key, through: links[slot: slot].known(index), from: link)
            }
        }
    }

    /// What a link showed or said to have and we did not take then, because of a rate, a clock or a full store, is
    /// wanted again once a round: nobody needs to tell it again.
    mutating func wantAgain(from link: LinkID) {
        guard let slot = links.slot(of: link) else { return }
        var held: [(feed: PublicKey, through: UInt64)] = []
        feeds.forEach { index, feed in
            let known = links[slot: slot].known(index)
            if known > feed.tip, !feed.isFrozen, feed.key != configuration.feed {
                held.append((feed.key, known))
            }
        }
        for (feed, through) in held { want(feed, through: through, from: link) }
    }

    mutating func dropWant(_ feed: PublicKey, of link: LinkID) {
        let removed = links.update(link) { $0.wants.remove(feed) != nil }
        if removed == true { wantsTotal -= 1 }
    }

    /// Asks a link for what it has and we lack, as far as the caps allow.
    ///
    /// Looks at `scannedWants` of its wants, and goes on from there the next time: most of a long list may be on
    /// its way from others. O(`scannedWants`).
    mutating func pump(_ link: LinkID, _ now: Moment, _ effects: inout [Effect]) {
        guard let slot = links.slot(of: link), links[slot: slot].isReady else { return }
        links[slot: slot].timers.scan = .max
        guard !links[slot: slot].wants.isEmpty, links[slot: slot].timers.askAgain == .max
        else { return }
        if let storeRestsUntil {
            links[slot: slot].timers.scan = storeRestsUntil
            return
        }
        var left = min(links[slot: slot].wants.count, limits.scannedWants)
        var hasAsked = false
        while left > 0, links[slot: slot].mayOweMore, !links[slot: slot].wants.isEmpty {
            left -= 1
            let place = links[slot: slot].scanFrom % links[slot: slot].wants.count
            let feed = links[slot: slot].wants.keys[place]
            let through = links[slot: slot].wants[slot: place]
            let tip = feeds.tip(of: feed)
            guard through > tip else {
                // The last want takes its place.
                dropWant(feed, of: link)
                continue
            }
            links[slot: slot].scanFrom = place + 1
            if let other = fetching[feed], other.deadline > now.monotonicMilliseconds { continue }
            if links[slot: slot].ranges.contains(feed) { continue }
            guard mayFetch(feed, now) else { continue }
            let first = firstWanted(feed, through: through)
            let last = min(through, first + WireLimits.rangeSpan - 1)
            ask(RangeRequest(feed: feed, first: first, last: last), link, now, &effects)
            hasAsked = true
        }
        guard links[slot: slot].wants.count > links[slot: slot].ranges.count else { return }
        // Where all were looked at and none could be asked for, a promise or a rate must run out first.
        let isStuck = !hasAsked && links[slot: slot].wants.count <= limits.scannedWants
        let rest = isStuck ? limits.stuckScanMilliseconds : limits.scanMilliseconds
        links[slot: slot].timers.scan = now.monotonicMilliseconds + rest
    }

    /// Asks for the one record at `sequence`, to see whether it is the one that we hold.
    mutating func probe(
        _ feed: PublicKey, at sequence: UInt64, _ link: LinkID, _ now: Moment,
        _ effects: inout [Effect]
    ) {
        guard sequence > 0, let slot = links.slot(of: link), links[slot: slot].isReady,
            !links[slot: slot].ranges.isFull, !links[slot: slot].ranges.contains(feed)
        else { return }
        ask(RangeRequest(feed: feed, first: sequence, last: sequence), link, now, &effects)
    }

    /// Asks a link outright whether our own feed goes on beyond what we hold: after a restart, and once a lost
    /// part is back, nobody's frontier needs to arrive for us to know.
    mutating func askForOwnHead(_ link: LinkID, _ now: Moment, _ effects: inout [Effect]) {
        let feed = configuration.feed
        guard let slot = links.slot(of: link), links[slot: slot].isReady,
            !links[slot: slot].ranges.isFull, !links[slot: slot].ranges.contains(feed)
        else { return }
        let tip = feeds.tip(of: feed)
        let request = RangeRequest(feed: feed, first: tip + 1, last: tip + WireLimits.rangeSpan)
        ask(request, link, now, &effects)
    }

    mutating func ask(
        _ request: RangeRequest, _ link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        let deadline = now.monotonicMilliseconds + limits.rangeMilliseconds
        links.update(link) { $0.owe(request, until: deadline) }
        fetching.set(request.feed, (link, deadline))
        effects.append(.send(link, .rangeRequest(request)))
    }

    /// A peer that does not answer in time is left alone for a while, twice as long each time; others are asked
    /// meanwhile. What it has is still wanted: it may only be slow.
    mutating func expireRanges(of link: LinkID, _ now: Moment) {
        guard let slot = links.slot(of: link) else { return }
        if links[slot: slot].timers.askAgain <= now.monotonicMilliseconds {
            links[slot: slot].timers.askAgain = .max
            links[slot: slot].timers.scan = now.monotonicMilliseconds
        }
        let late = links[slot: slot].takeLate(now.monotonicMilliseconds)
        guard !late.isEmpty else { return }
        for feed in late {
            release(feed, from: link)
            noteBrokenPromise(link, now)
            // Publishing waits for what a peer says to hold of the own feed: it must not wait for a liar.
            if feed == configuration.feed { dropWant(feed, of: link) }
        }
        let patience = limits.rangeMilliseconds
        links.update(link) { state in
            state.missedRanges = min(state.missedRanges + 1, 6)
            state.timers.askAgain =
                now.monotonicMilliseconds + patience << UInt64(state.missedRanges)
        }
    }

    mutating func release(_ feed: PublicKey, from link: LinkID) {
        if fetching[feed]?.link == link { fetching.remove(feed) }
    }
}
