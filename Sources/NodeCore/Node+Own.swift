public import Primitives
import Ranking
import Records

/// The own feed: signing, committing before sending, and never signing twice for one place.
extension Node {
    mutating func publish(
        _ drafts: [OwnDraft], answering id: EffectID, _ now: Moment, _ effects: inout [Effect]
    ) {
        guard let index = feeds.index(of: configuration.feed) else { return }
        guard !own.isFenced, !own.isUncertain, !feeds[index].isFrozen else {
            effects.append(.published(id, .failure(.fenced)))
            return
        }
        let waiting = commits.reduce(0) { $0 + $1.places.count }
        guard waiting + drafts.count <= limits.uncommittedRecords else {
            effects.append(.published(id, .failure(.overloaded)))
            return
        }
        guard !drafts.isEmpty else {
            effects.append(.published(id, .success([])))
            return
        }
        var places: [Gathered.Place] = []
        for draft in drafts {
            let record = sign(draft, after: feeds[index], now)
            feeds[index].extend(
                id: record.id, time: record.body.time, fingerprint: fingerprint(record.id))
            let stored = StoredRecord(record: record, firstSeen: now.wall)
            places.append(Gathered.Place(entry: .record(stored), feed: index, source: nil))
        }
        commitOwn(places, answering: id, &effects)
    }

    private func sign(_ draft: OwnDraft, after feed: FeedState, _ now: Moment) -> Record {
        let wanted = min(draft.time ?? now.wall, now.wall)
        let body = RecordBody(
            feed: configuration.feed, sequence: feed.tip + 1, previous: feed.tipID,
            time: max(wanted, feed.tipTime), payload: draft.payload)
        return Record(
            signing: body, network: configuration.network, signer: signer, scheme: scheme)
    }

    /// A full or locked store has written nothing; after any other failure nobody knows, and signing
    /// the same place again could fork the feed, so publishing stops until a restart reads what is there.
    mutating func ownCommitFailed(
        _ commit: InFlightCommit, _ failure: StoreFailure, _ effects: inout [Effect]
    ) {
        if failure != .full, failure != .locked { own.isUncertain = true }
        // Later own commits build on this one. They cannot be undone in the store, so they must fail too.
        if commits.contains(where: \.isOwn) { own.isUncertain = true }
        if let publication = commit.publication {
            effects.append(.published(publication, .failure(.store(failure))))
        }
    }

    /// A record of our own feed that we do not hold.
    mutating func judgeLostOwn(
        _ record: Record, _ link: LinkID, _ effects: inout [Effect]
    ) -> Verdict {
        guard record.isSigned(network: configuration.network, scheme: scheme) else {
            return .reject(.badSignature)
        }
        fence(known: record.body.sequence, &effects)
        return .ignore(.ownFeed)
    }

    /// A peer holds more of our own feed than we do: nothing is published until it is back.
    mutating func fence(known: UInt64, _ effects: inout [Effect]) {
        guard let index = feeds.index(of: configuration.feed), known > feeds[index].tip,
            known > own.lostThrough ?? 0
        else { return }
        own.lostThrough = known
        effects.append(.notice(.ownFeedBehind(held: feeds[index].frontier, known: known)))
    }

    mutating func noteRecovery(_ effects: inout [Effect]) {
        guard let lost = own.lostThrough, let feed = feeds[configuration.feed],
            feed.frontier >= lost
        else { return }
        own.lostThrough = nil
        effects.append(.notice(.ownFeedRecovered(feed.frontier)))
    }

    mutating func addPrivate(_ entry: PrivateEntry, _ now: Moment) {
        own.privateLog.append(entry)
        applyPrivate(entry)
        ranking.graphChanged(now, configuration)
    }

    mutating func removePrivate(
        _ entry: PrivateEntry, _ now: Moment, _ effects: inout [Effect]
    ) {
        guard own.privateLog.remove(entry) else { return }
        rebuilds.add(configuration.author)
        ranking.graphChanged(now, configuration)
    }

    func kind(of entry: PrivateEntry) -> Interaction.Kind? {
        switch entry.kind {
        case .play: .play
        case .like: .like
        case .rate: .rate
        case .dislike, .hide: nil
        }
    }

    mutating func applyPrivate(_ entry: PrivateEntry) {
        guard let kind = kind(of: entry) else { return }
        add(configuration.author, entry.item, kind, entry.weight, entry.time, entry.time)
    }

    mutating func block(_ author: PublicKey, _ isBlocked: Bool, _ now: Moment) {
        if isBlocked { blocked.set(author, true) } else { blocked.remove(author) }
        ranking.graphChanged(now, configuration)
    }

    /// The own feed, for history and for taking things back.
    public var ownLog: OwnLog { own.log }
    public var privateLog: PrivateLog { own.privateLog }

    public func isBlocked(_ author: PublicKey) -> Bool { blocked.contains(author) }

    /// Why nothing can be published now; nil when all is well.
    public var publishObstacle: Notice? {
        guard let feed = feeds[configuration.feed] else { return nil }
        if let frozenAt = feed.frozenAt { return .ownFeedForked(sequence: frozenAt) }
        if let lost = own.lostThrough { return .ownFeedBehind(held: feed.frontier, known: lost) }
        if own.isUncertain { return .storeFailed(storeFailure ?? .ioError) }
        return nil
    }
}
