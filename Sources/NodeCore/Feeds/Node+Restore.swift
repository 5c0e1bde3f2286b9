public import Primitives
import Ranking
public import Records

/// Restart: the core is rebuilt from what the store holds, before the first input.
extension Node {
    /// Takes stored places. Feeds in any order, each in ascending sequence; the store vouches for them. In blocks of
    /// some thousands the graph takes them soonest; how they are divided changes nothing.
    public mutating func restore(_ entries: [StoredEntry]) {
        var block: [Interaction] = []
        for entry in entries { restore(entry, &block) }
        take(&block)
    }

    /// Takes one stored place.
    public mutating func restore(_ entry: StoredEntry) { restore([entry]) }

    private mutating func restore(_ entry: StoredEntry, _ block: inout [Interaction]) {
        let key = entry.feed
        guard let index = feeds.index(of: key) ?? restoreFeed(entry),
            entry.sequence == feeds[index].tip + 1
        else { return }
        let stored = entry.storedRecord
        if key != configuration.feed {
            feeds[index].bytes += entry.chargedBytes
            feeds[index].committedBytes = feeds[index].bytes
            charge(entry.chargedBytes, to: feeds[index].author)
        }
        if let stored {
            feeds[index].extend(by: .record(stored.record), fingerprint: fingerprint(entry.id))
        } else {
            feeds[index].extend(
                id: entry.id, time: nil, fingerprint: fingerprint(entry.id),
                bytes: entry.chargedBytes)
        }
        feeds[index].frontier = entry.sequence
        feeds[index].head = entry.id
        feeds[index].headTime = feeds[index].tipTime
        feeds.touch(index)
        guard let stored else {
            if counts(entry.sequence, of: index) { ledger.noteWithdrawal(by: feeds[index].author) }
            return
        }
        if key == configuration.feed { own.log.append(stored.record) }
        let moment = Moment(wall: stored.firstSeen, monotonicMilliseconds: 0)
        _ = noteKeys(stored.record, in: index, &block, moment)
        if counts(entry.sequence, of: index) {
            apply(stored, author: feeds[index].author, &block, moment)
        }
    }

    private mutating func restoreFeed(_ entry: StoredEntry) -> FeedIndex? {
        guard !feeds.isFull, case .record(let stored) = entry,
            entry.sequence == 1 || isBeginning(stored.record)
        else { return nil }
        let author = stored.record.speaker
        let index = feeds.add(entry.feed)
        feeds[index].open(for: author)
        if entry.sequence > 1 {
            feeds[index].begin(after: entry.sequence - 1, stored.record.body.previous)
        }
        openAccount(author)
        // What is here was within its share; the first ranking says whether it still is.
        accounts.update(author) { $0.share = .max >> 1 }
        feeds[index].bytes = StorageLimits.feedBytes
        charge(StorageLimits.feedBytes, to: author)
        if let proof = proofs[entry.feed] { feeds[index].frozenAt = proof.sequence }
        return index
    }

    /// Takes a stored fork proof. Before the entries, so that a frozen feed moves no graph.
    public mutating func restore(_ proof: ForkProof) {
        proofs.set(proof.feed, proof)
        if let index = feeds.index(of: proof.feed) { feeds[index].frozenAt = proof.sequence }
    }

    public mutating func restore(_ entry: PrivateEntry) {
        own.privateLog.append(entry)
        applyPrivate(entry)
    }

    /// Everything stored was given.
    public mutating func finishRestore(at now: Moment) {
        sortPool()
        startedAt = now.monotonicMilliseconds
        let mayBeOld = feeds[ownFeed].frontier > 0 || configuration.hasLostOwnRecords
        if configuration.ownHeadWaitMilliseconds > 0, mayBeOld {
            let wait = configuration.ownHeadWaitMilliseconds
            own.headCheck = HeadCheck(deadline: now.monotonicMilliseconds + wait)
        }
        ranking.graphChanged(now, configuration)
    }
}
