public import Primitives
import Ranking
import Records

/// The own feed: signing, committing before sending, and never signing twice for one place.
extension Node {
    mutating func publish(
        _ drafts: [OwnDraft], answering id: EffectID, _ now: Moment, _ effects: inout [Effect]
    ) {
        if mustWait, own.held.count < limits.heldPublications {
            own.held.append((id, drafts))
            return
        }
        guard !mustWait, own.headCheck == nil, !own.isFenced, !own.isUncertain,
            !feeds[ownFeed].isFrozen, lastCounted(ownFeed) == nil
        else {
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
        guard isConsentInPlace(drafts, tip: feeds[ownFeed].tip) else {
            effects.append(.published(id, .failure(.fenced)))
            return
        }
        var places: [Gathered.Place] = []
        for draft in drafts {
            if isCheckpointDue(at: feeds[ownFeed].tip + 1) {
                let checkpoint = OwnDraft(payload: .checkpoint(ownConsent(with: places)))
                places.append(append(sign(checkpoint, after: feeds[ownFeed], now), now))
            }
            places.append(append(sign(draft, after: feeds[ownFeed], now), now))
        }
        commitOwn(places, answering: id, &effects)
    }

    private mutating func append(_ record: Record, _ now: Moment) -> Gathered.Place {
        feeds[ownFeed].extend(by: .record(record), fingerprint: fingerprint(record.id))
        let stored = StoredRecord(record: record, firstSeen: now.wall)
        return Gathered.Place(entry: .record(stored), feed: ownFeed, source: nil)
    }

    /// What our first record says of whom the own feed speaks for, or the last ROTATE; signed by now, if not committed.
    private func ownConsent(with places: [Gathered.Place]) -> Consent? {
        let inFlight = commits.lazy.filter(\.isOwn).flatMap(\.places)
        let uncommitted = (Array(inFlight) + places).compactMap(
            \.entry.storedRecord?.record.body.payload)
        let payloads = own.log.entries.map(\.payload) + uncommitted
        for payload in payloads.reversed() {
            if case .rotate(let rotation) = payload {
                return Consent(author: rotation.new, signature: rotation.consent)
            }
        }
        guard case .delegate(let author, let signature)? = payloads.first else { return nil }
        return Consent(author: author, signature: signature)
    }

    /// A device's feed opens with its author's consent, or nobody would know whose it is; nowhere else may it
    /// stand.
    private func isConsentInPlace(_ drafts: [OwnDraft], tip: UInt64) -> Bool {
        let mustOpen = tip == 0 && configuration.author != configuration.feed
        for (position, draft) in drafts.enumerated() {
            let isConsent = if case .delegate = draft.payload { true } else { false }
            if isConsent != (mustOpen && position == 0) { return false }
        }
        return true
    }

    private func sign(_ draft: OwnDraft, after feed: FeedState, _ now: Moment) -> Record {
        let wanted = min(draft.time ?? now.wall, now.wall)
        let body = RecordBody(
            feed: configuration.feed, sequence: feed.tip + 1, previous: feed.tipID,
            time: max(wanted, feed.tipTime), isIgnorable: draft.payload.isIgnorable,
            payload: draft.payload)
        return Record(
            signing: body, network: configuration.network, signer: signer, scheme: scheme)
    }

    /// A full or locked store has written nothing; after any other failure nobody knows, and signing
    /// the same place again could fork the feed, so publishing stops until a restart reads what is there.
    /// Later own commits build on this one, so the store must refuse them too.
    mutating func ownCommitFailed(
        _ commit: InFlightCommit, _ failure: StoreFailure, _ effects: inout [Effect]
    ) {
        if failure != .full, failure != .locked { own.isUncertain = true }
        own.doomedBy = commits.contains(where: \.isOwn) ? failure : nil
        if let publication = commit.publication {
            effects.append(.published(publication, .failure(.store(failure))))
        }
    }

    /// Whether the own feed is not confirmed after a restart, a peer may yet prove that it goes on, or the store has yet
    /// to refuse what it must.
    var mustWait: Bool {
        let asks = own.headCheck.map { !$0.isOverdue } ?? false
        return asks || isRecovering || ownClaimEnd != nil || own.doomedBy != nil
    }

    /// When the last claim to hold more of the own feed has had its time. Anybody can claim it: each link
    /// delays us once, for one range request, `ownClaims` links in all, unless it delivers.
    var ownClaimEnd: UInt64? {
        let frontier = feeds[ownFeed].frontier
        var end: UInt64?
        for slot in links.keys.indices {
            guard let until = links[slot: slot].ownClaimUntil, until > 0,
                links[slot: slot].known(ownFeed) > frontier
            else { continue }
            end = max(end ?? until, until)
        }
        return end
    }

    mutating func noteOwnClaim(by link: LinkID, _ now: Moment) {
        guard own.claims < limits.ownClaims else { return }
        let until = now.monotonicMilliseconds + limits.rangeMilliseconds
        let isFirst = links.update(link) { state -> Bool in
            guard state.ownClaimUntil == nil else { return false }
            state.ownClaimUntil = until
            return true
        }
        if isFirst == true { own.claims += 1 }
    }

    /// 0 marks a claim that had its time.
    private mutating func expireOwnClaims(_ now: Moment) {
        for slot in links.keys.indices {
            if let until = links[slot: slot].ownClaimUntil, until > 0,
                until <= now.monotonicMilliseconds
            {
                links[slot: slot].ownClaimUntil = 0
            }
        }
    }

    /// Lost own records came back and are on their way to the disk.
    private var isRecovering: Bool {
        own.isFenced && feeds[ownFeed].tip > feeds[ownFeed].frontier
    }

    /// Ends waits that are over and publishes what was held.
    mutating func releaseHeld(_ now: Moment, _ effects: inout [Effect]) {
        runHeadCheck(now, &effects)
        expireOwnClaims(now)
        guard !own.held.isEmpty, !mustWait else { return }
        let held = own.held
        own.held = []
        for (id, drafts) in held { publish(drafts, answering: id, now, &effects) }
    }

    /// A record of our own feed that we do not hold, signed by our key: publishing would fork it.
    /// Whoever proves one lost record is believed about how far it holds the feed.
    mutating func lostOwn(_ record: Record, _ link: LinkID, _ effects: inout [Effect]) {
        let told = feeds.index(of: record.body.feed).flatMap { links[link]?.known($0) } ?? 0
        fence(known: max(record.body.sequence, told), &effects)
        want(record.body.feed, through: record.body.sequence, from: link)
    }

    /// A peer holds more of our own feed than we do: nothing is published until it is back.
    mutating func fence(known: UInt64, _ effects: inout [Effect]) {
        guard known > feeds[ownFeed].tip, known > own.lostThrough ?? 0 else { return }
        own.lostThrough = known
        effects.append(.notice(.ownFeedBehind(held: feeds[ownFeed].frontier, known: known)))
    }

    mutating func noteRecovery(_ now: Moment, _ effects: inout [Effect]) {
        guard let lost = own.lostThrough, feeds[ownFeed].frontier >= lost else { return }
        own.lostThrough = nil
        effects.append(.notice(.ownFeedRecovered(feeds[ownFeed].frontier)))
        // Others may hold more still.
        for link in links.keys { askForOwnHead(link, now, &effects) }
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
        graph.add(
            noted(configuration.author, entry.item, kind, entry.weight, entry.time, entry.time))
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
        if let frozenAt = feeds[ownFeed].frozenAt { return .ownFeedForked(sequence: frozenAt) }
        if let last = lastCounted(ownFeed) { return .ownDeviceRevoked(after: last) }
        if let lost = own.lostThrough {
            return .ownFeedBehind(held: feeds[ownFeed].frontier, known: lost)
        }
        if let unconfirmed { return unconfirmed }
        if own.isUncertain { return .storeFailed(storeFailure ?? .ioError) }
        return nil
    }
}
