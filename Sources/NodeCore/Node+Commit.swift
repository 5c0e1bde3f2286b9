import Primitives
import Ranking
import Records

/// Commits: verified records go to the store, and only what it has confirmed moves a frontier, enters the
/// graph, or leaves this node.
extension Node {
    mutating func gather(_ record: Record, _ index: FeedIndex, _ source: LinkID?, _ now: Moment) {
        let stored = StoredRecord(record: record, firstSeen: now.wall)
        gathered.places.append(
            Gathered.Place(entry: .record(stored), feed: index, source: source))
    }

    /// Hands what was gathered to the store, at most `commitsInFlight` batches at a time.
    mutating func flush(_ now: Moment, _ effects: inout [Effect]) {
        flushRecovered(&effects)
        guard !gathered.isEmpty, commits.count < limits.commitsInFlight, !isStoreResting else {
            return
        }
        // What a failing store refused rides along with the next records, not in a tight loop.
        guard storeFailure == nil || !gathered.places.isEmpty || gathered.isEviction else {
            return
        }
        let part = nextPart(now)
        gathered.places.removeFirst(part.count)
        var batch = StoreBatch()
        batch.records = part.compactMap(\.entry.storedRecord)
        // What a RETRACT names before a suffix is not held.
        batch.tombstones =
            gathered.tombstones
            + part.filter { feeds[$0.feed].base < $0.entry.tombstone?.sequence ?? 0 }
            .compactMap(\.entry.tombstone)
        batch.removedFeeds = gathered.removedFeeds
        batch.trims = gathered.trims
        batch.forkProofs = gathered.proofs
        let tombstones = gathered.tombstones
        gathered.removedFeeds = []
        gathered.trims = []
        gathered.tombstones = []
        gathered.proofs = []
        let id = nextEffect()
        commits.append(
            InFlightCommit(
                id: id, places: part, publication: nil, isOwn: false, proofs: batch.forkProofs,
                removedFeeds: batch.removedFeeds, trims: batch.trims, tombstones: tombstones))
        effects.append(.commit(id, batch))
    }

    /// The places of the next commit: as many as fit, or one feed's after a contradiction. Never cut inside a
    /// segment: a frontier must be a place that a signature vouches for.
    private func nextPart(_ now: Moment) -> [Gathered.Place] {
        var count = min(limits.commitRecords, gathered.places.count)
        while count > 0, count < gathered.places.count, !gathered.places[count - 1].entry.vouches {
            count += 1
        }
        let part = gathered.places.prefix(count)
        guard now.monotonicMilliseconds < isolatesUntil, let first = part.first else {
            return Array(part)
        }
        return Array(part.prefix { $0.feed == first.feed })
    }

    /// A batch contradicts what is stored: rows of a feed that was rolled back while they were written stand in
    /// the way of others. One feed at a time finds it, and it goes; it is fetched again from the start.
    private mutating func isolate(_ commit: InFlightCommit, _ now: Moment) {
        isolatesUntil = now.monotonicMilliseconds + 10_000
        guard let first = commit.places.first,
            commit.places.allSatisfy({ $0.feed == first.feed }),
            feeds.index(of: first.entry.feed) == first.feed
        else { return }
        evict(first.entry.feed)
    }

    /// Own records that came back from a peer go where own records live.
    private mutating func flushRecovered(_ effects: inout [Effect]) {
        let ownFeed = ownFeed
        guard gathered.places.contains(where: { $0.feed == ownFeed }) else { return }
        let places = gathered.places.filter { $0.feed == ownFeed }
        gathered.places.removeAll { $0.feed == ownFeed }
        commitOwn(places, answering: nil, &effects)
    }

    mutating func commitOwn(
        _ places: [Gathered.Place], answering publication: EffectID?, _ effects: inout [Effect]
    ) {
        let id = nextEffect()
        commits.append(
            InFlightCommit(id: id, places: places, publication: publication, isOwn: true))
        effects.append(
            .commitOwn(
                id, places.compactMap(\.entry.storedRecord), places.compactMap(\.entry.tombstone)))
    }

    /// The store answered: the oldest commit first, always.
    mutating func stored(
        _ id: EffectID, _ failure: StoreFailure?, _ now: Moment, _ effects: inout [Effect]
    ) {
        guard let commit = commits.first, commit.id == id else { return }
        commits.removeFirst()
        // What follows a commit that failed has no place to stand on: that is the same failure once more.
        let doom = commit.isOwn ? own.doomedBy : nil
        let failure = failure == .conflict ? doom ?? failure : failure
        note(failure, &effects)
        if let failure {
            failed(commit, failure, &effects)
            if !commit.isOwn { rest(after: failure, now) }
            if failure == .conflict, !commit.isOwn { isolate(commit, now) }
        } else if doom != nil {
            // What it builds on was written after all; a restart reads both.
            ownCommitFailed(commit, .ioError, &effects)
        } else {
            succeeded(commit, now, &effects)
        }
        flush(now, &effects)
    }

    /// A store that cannot write is given nothing for a while; where it is full something of the pool goes.
    private mutating func rest(after failure: StoreFailure, _ now: Moment) {
        guard failure != .conflict else { return }
        storeRestsUntil = now.monotonicMilliseconds + limits.storage.restMilliseconds
        if failure == .full { makeRoomInStore() }
    }

    private mutating func note(_ failure: StoreFailure?, _ effects: inout [Effect]) {
        if let failure, storeFailure != failure { effects.append(.notice(.storeFailed(failure))) }
        if failure == nil, storeFailure != nil { effects.append(.notice(.storeRecovered)) }
        storeFailure = failure
    }

    private mutating func succeeded(
        _ commit: InFlightCommit, _ now: Moment, _ effects: inout [Effect]
    ) {
        var block: [Interaction] = []
        let held = commit.places.filter { advance($0, &block, now, &effects) }
        take(&block)
        for (position, place) in held.enumerated()
        where position + 1 == held.count || held[position + 1].feed != place.feed {
            trim(place.feed)
        }
        if commit.isOwn, !held.isEmpty { beginStem(now) }
        push(held, now, &effects)
        if let publication = commit.publication {
            // Checkpoints are the node's own.
            let drafted = held.filter { !$0.entry.isCheckpoint }
            effects.append(.published(publication, .success(drafted.map(\.entry.sequence))))
        }
        blockCommitted(commit, now, &effects)
        if commit.isOwn { noteRecovery(now, &effects) }
    }

    /// Moves the frontier over one committed place. False when its feed went away or was rolled back.
    private mutating func advance(
        _ place: Gathered.Place, _ block: inout [Interaction], _ now: Moment,
        _ effects: inout [Effect]
    ) -> Bool {
        guard let index = feeds.index(of: place.entry.feed), index == place.feed,
            place.entry.sequence == feeds[index].frontier + 1,
            feeds[index].tip > feeds[index].frontier
        else { return false }
        feeds[index].frontier += 1
        if place.entry.feed != configuration.feed {
            feeds[index].committedBytes += place.entry.chargedBytes
        }
        feeds[index].head = place.entry.id
        feeds.touch(index)
        if let tombstone = place.entry.tombstone {
            rebuilds.add(feeds[index].author)
            own.markRetracted(tombstone, own: configuration.feed)
        }
        guard let stored = place.entry.storedRecord else { return true }
        feeds[index].headTime = stored.record.body.time
        if index == ownFeed { own.log.append(stored.record) }
        if let notice = noteKeys(stored.record, in: index, &block, now) {
            effects.append(.notice(notice))
        }
        if counts(place.entry.sequence, of: index) {
            apply(stored, author: feeds[index].author, &block, now)
        }
        return true
    }

    private mutating func failed(
        _ commit: InFlightCommit, _ failure: StoreFailure, _ effects: inout [Effect]
    ) {
        if !commit.isOwn { counts.takeBack(UInt64(commit.places.count)) }
        gathered.proofs = commit.proofs + gathered.proofs
        // A feed that has come back since is not removed under its new records, unless it begins elsewhere and what
        // was there of it is still in the way.
        gathered.trims =
            commit.trims.filter { feeds[$0.feed].map(\.base) == $0.before - 1 } + gathered.trims
        gathered.tombstones =
            commit.tombstones.filter { feeds.index(of: $0.feed) != nil } + gathered.tombstones
        gathered.removedFeeds =
            commit.removedFeeds.filter { key in
                feeds.index(of: key).map { feeds[$0].base > 0 && !feeds[$0].isHeld } ?? true
            } + gathered.removedFeeds
        for place in commit.places {
            guard feeds.index(of: place.entry.feed) == place.feed else { continue }
            rollBack(place.feed)
            wantMore(of: [place.feed])
        }
        if commit.isOwn { ownCommitFailed(commit, failure, &effects) }
    }

    /// Forgets everything of a feed that is not committed and not on its way.
    mutating func rollBack(_ index: FeedIndex) {
        dropWindow(of: index, .storeUnavailable)
        refund(feeds[index].bytes - feeds[index].committedBytes, to: feeds[index].author)
        feeds[index].rollBack()
        let dropped = gathered.places.filter { $0.feed == index }.count
        if feeds[index].key != configuration.feed { counts.takeBack(UInt64(dropped)) }
        gathered.places.removeAll { $0.feed == index }
    }

    /// Forgets what waits behind a gap; each record gets its verdict.
    mutating func dropWindow(of index: FeedIndex, _ reason: IgnoreReason) {
        for _ in feeds[index].window { counts.count(.ignore(reason)) }
        windowTotal -= feeds[index].window.count
        feeds[index].window = []
    }

    /// Sends what was just committed to every link that lacks it: records with their signature as they are; of
    /// feeds with other places the frontier, so that the link asks for the range.
    private mutating func push(
        _ places: [Gathered.Place], _ now: Moment, _ effects: inout [Effect]
    ) {
        guard !places.isEmpty else { return }
        var lazy: [FeedIndex] = []
        for (slot, link) in links.keys.enumerated() where links[slot: slot].isReady {
            var batch = PushBatch()
            var told: [FeedIndex] = []
            for place in places where place.source != link {
                let sequence = place.entry.sequence
                let reach = links[slot: slot].reach(place.feed)
                guard reach < sequence, told.last != place.feed, !feeds[place.feed].isFrozen,
                    !isWithheld(place.feed, from: link)
                else { continue }
                if !isEager(place.feed, at: slot) {
                    if lazy.last != place.feed { lazy.append(place.feed) }
                    continue
                }
                guard let record = place.entry.storedRecord?.record, record.signature != nil,
                    reach + limits.windowSpan >= sequence
                else {
                    told.append(place.feed)
                    continue
                }
                if let full = batch.add(record.encoded) {
                    effects.append(.send(link, .push(full)))
                }
                links[slot: slot].note(offered: sequence, of: place.feed)
            }
            if !batch.records.isEmpty { effects.append(.send(link, .push(batch.records))) }
            tell(told, to: link, &effects)
        }
        announceLater(lazy, now)
    }

    /// Whether a link gets a feed pushed: unless it asked not to, and the own feed even then where we dialled, so
    /// that nobody who relays it decides who hears of it.
    private func isEager(_ index: FeedIndex, at slot: Int) -> Bool {
        !links[slot: slot].isPruned(index)
            || (index == ownFeed && links[slot: slot].direction == .outbound)
    }

    /// Tells one link how far we hold these feeds.
    private func tell(_ told: [FeedIndex], to link: LinkID, _ effects: inout [Effect]) {
        guard !told.isEmpty else { return }
        var entries: [Frontier.Entry] = []
        for index in told { entries.append(feeds[index].frontierEntry) }
        effects += Self.frontierFrames(entries).map { .send(link, $0) }
    }
}

/// Records on their way into PUSH frames.
private struct PushBatch {
    private(set) var records: [EncodedRecord] = []
    private var bytes = 0

    /// Adds a record; gives back the frame's worth that it no longer fitted into.
    mutating func add(_ record: EncodedRecord) -> [EncodedRecord]? {
        let size = record.count + 2
        var full: [EncodedRecord]?
        if records.count == WireLimits.recordsPerFrame
            || bytes + size > WireLimits.recordsFrameBudgetBytes
        {
            full = records
            records = []
            bytes = 0
        }
        records.append(record)
        bytes += size
        return full
    }
}
