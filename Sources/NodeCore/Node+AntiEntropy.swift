import Primitives
import Records

/// Anti-entropy: links tell each other how far they hold each feed, and ask for what they lack.
extension Node {
    /// Sends the frontiers that moved since this link was last told, or all of them.
    mutating func tellFrontier(
        _ link: LinkID, whole: Bool, _ now: Moment, _ effects: inout [Effect]
    ) {
        guard let slot = links.slot(of: link) else { return }
        let since = whole ? 0 : links[slot: slot].toldThrough
        var entries: [Frontier.Entry] = []
        feeds.forEach { index, feed in
            guard feed.frontier > 0, !feed.isFrozen, feed.changedAt > since || whole else { return }
            if !whole, links[slot: slot].isKnown(index, through: feed.frontier) { return }
            entries.append(
                Frontier.Entry(
                    feed: feed.key, sequence: feed.frontier, headPrefix: feed.head.raw.prefix64))
        }
        entries.sort { $0.feed < $1.feed }
        for start in stride(from: 0, to: entries.count, by: WireLimits.frontierEntries) {
            let part = entries[start..<min(start + WireLimits.frontierEntries, entries.count)]
            effects.append(.send(link, .frontier(Frontier(entries: Array(part)))))
        }
        let clock = feeds.clock
        let interval = configuration.antiEntropyMilliseconds
        links.update(link) { state in
            state.toldThrough = clock
            state.frontierRounds += 1
            state.nextFrontier = now.monotonicMilliseconds + interval
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
            if !proofs.contains(entry.feed) {
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

    /// Notes that a link has more of a feed than we do, as far as we would hold it.
    mutating func want(_ feed: PublicKey, through told: UInt64, from link: LinkID) {
        let sequence = feed == configuration.feed ? told : min(told, recordCap(of: feed))
        guard sequence > feeds.tip(of: feed) else { return }
        let hasRoom = wantsTotal < limits.wants
        let added = links.update(link) { state -> Int in
            let before = state.wants.count
            if hasRoom || state.wants.contains(feed) {
                state.wants.set(feed, max(sequence, state.wants[feed] ?? 0))
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

    private mutating func dropWant(_ feed: PublicKey, of link: LinkID) {
        let removed = links.update(link) { $0.wants.remove(feed) != nil }
        if removed == true { wantsTotal -= 1 }
    }

    /// Asks a link for what it has and we lack, as far as the caps allow.
    mutating func pump(_ link: LinkID, _ now: Moment, _ effects: inout [Effect]) {
        guard let slot = links.slot(of: link), links[slot: slot].isReady,
            !links[slot: slot].wants.isEmpty, links[slot: slot].askAgainAt == nil
        else { return }
        var room = limits.rangesPerLink - links[slot: slot].ranges.count
        guard room > 0 else { return }
        for feed in links[slot: slot].wants.keys {
            guard room > 0 else { return }
            guard let through = links[slot: slot].wants[feed],
                !links[slot: slot].ranges.contains(feed)
            else { continue }
            let tip = feeds.tip(of: feed)
            guard through > tip else {
                dropWant(feed, of: link)
                continue
            }
            if let other = fetching[feed], other.deadline > now.monotonicMilliseconds { continue }
            let last = min(through, tip + WireLimits.rangeSpan)
            ask(RangeRequest(feed: feed, first: tip + 1, last: last), link, now, &effects)
            room -= 1
        }
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

    private mutating func ask(
        _ request: RangeRequest, _ link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        let deadline = now.monotonicMilliseconds + limits.rangeMilliseconds
        links.update(link) { $0.ranges.set(request.feed, (request, deadline)) }
        fetching.set(request.feed, (link, deadline))
        effects.append(.send(link, .rangeRequest(request)))
    }

    /// A peer that does not answer in time is left alone for a while, twice as long each time; others are asked
    /// meanwhile. What it has is still wanted: it may only be slow.
    mutating func expireRanges(of link: LinkID, _ now: Moment) {
        guard let slot = links.slot(of: link) else { return }
        if let again = links[slot: slot].askAgainAt, again <= now.monotonicMilliseconds {
            links[slot: slot].askAgainAt = nil
        }
        guard !links[slot: slot].ranges.isEmpty else { return }
        let ranges = links[slot: slot].ranges
        let late = ranges.keys.indices.filter {
            ranges[slot: $0].deadline <= now.monotonicMilliseconds
        }
        guard !late.isEmpty else { return }
        for feed in late.map({ ranges.keys[$0] }) {
            links.update(link) { _ = $0.ranges.remove(feed) }
            release(feed, from: link)
            // Publishing waits for what a peer says to hold of the own feed: it must not wait for a liar.
            if feed == configuration.feed { dropWant(feed, of: link) }
        }
        let patience = limits.rangeMilliseconds
        links.update(link) { state in
            state.missedRanges = min(state.missedRanges + 1, 6)
            state.askAgainAt = now.monotonicMilliseconds + patience << UInt64(state.missedRanges)
        }
    }

    mutating func release(_ feed: PublicKey, from link: LinkID) {
        if fetching[feed]?.link == link { fetching.remove(feed) }
    }

    /// A peer asks for a range of ours.
    mutating func asked(_ request: RangeRequest, by link: LinkID, _ effects: inout [Effect]) {
        guard let index = feeds.index(of: request.feed), request.first <= feeds[index].frontier,
            let slot = links.slot(of: link),
            links[slot: slot].readsRunning < limits.readsPerLink
        else {
            let empty = RangeResponse(feed: request.feed, entries: [])
            effects.append(.send(link, .rangeResponse(empty)))
            return
        }
        links[slot: slot].readsRunning += 1
        let id = nextEffect()
        reads[id] = .answer(link, request)
        let held = RangeRequest(
            feed: request.feed, first: request.first, last: min(request.last, feeds[index].frontier)
        )
        effects.append(.readRange(id, held, maximumBytes: limits.rangeBytes))
    }

    /// The store read what a peer, or a suspicion of ours, asked for; nothing, if it could not.
    mutating func rangeRead(
        _ id: EffectID, _ entries: [StoredEntry], _ effects: inout [Effect]
    ) {
        guard let read = reads.removeValue(forKey: id) else { return }
        switch read {
        case .answer(let link, let request):
            guard links.contains(link) else { return }
            links.update(link) { $0.readsRunning -= 1 }
            let response = RangeResponse(
                feed: request.feed, entries: entries.map(Self.responseEntry))
            effects.append(.send(link, .rangeResponse(response)))
            if let feed = feeds.index(of: request.feed), let last = entries.last {
                links.update(link) { $0.note(offered: last.sequence, of: feed) }
            }
        case .fork(let suspect):
            guard case .record(let held)? = entries.first else { return }
            settleFork(held.record, suspect, &effects)
        }
    }

    private static func responseEntry(_ entry: StoredEntry) -> RangeResponse.Entry {
        switch entry {
        case .record(let stored): .record(stored.record.encoded)
        case .tombstone(let tombstone):
            .tombstone(
                sequence: tombstone.sequence, id: tombstone.id,
                retraction: tombstone.encodedRetraction)
        }
    }

    /// A peer answered one of our range requests.
    mutating func answered(
        _ response: RangeResponse, by link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        // An answer that comes too late is still worth its records.
        var asked: RangeRequest?
        links.update(link) { state in
            asked = state.ranges.remove(response.feed)?.request
            state.missedRanges = 0
            state.askAgainAt = nil
        }
        if asked != nil { release(response.feed, from: link) }
        let before = feeds.tip(of: response.feed)
        for entry in response.entries {
            switch entry {
            case .record(let bytes): receive(bytes[...], from: link, now, &effects)
            case .tombstone(let sequence, let id, let retraction):
                receiveTombstone(
                    feed: response.feed, sequence: sequence, id: id, retraction: retraction,
                    from: link, now, &effects)
            }
        }
        let after = feeds.tip(of: response.feed)
        if let asked, after == before, asked.first > before, hasRoom {
            dropWant(response.feed, of: link)
        }
        pump(link, now, &effects)
    }
}
