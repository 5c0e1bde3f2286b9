import Primitives
import Records

/// Ranges: chains of places, asked for and given. One signature vouches for every place before it, so
/// a chain is judged segment by segment: ids recomputed, rules checked, one verification, one step.
extension Node {
    /// A peer asks for a range of ours.
    mutating func asked(_ request: RangeRequest, by link: LinkID, _ effects: inout [Effect]) {
        guard let index = feeds.index(of: request.feed), feeds[index].isHeld,
            request.first <= feeds[index].frontier, let slot = links.slot(of: link),
            links[slot: slot].readsRunning < limits.readsPerLink
        else {
            let empty = RangeResponse(feed: request.feed, chain: nil)
            effects.append(.send(link, .rangeResponse(empty)))
            return
        }
        links[slot: slot].readsRunning += 1
        let id = nextEffect()
        reads[id] = .answer(link, session: links[slot: slot].session, request)
        // Of a suffix what is there of it: it begins with a checkpoint.
        let first = max(request.first, feeds[index].base + 1)
        // At least one segment: only its last place vouches for the first.
        let wanted = max(request.last, first + UInt64(WireLimits.segmentPlaces) - 1)
        let held = RangeRequest(
            feed: request.feed, first: first, last: min(wanted, feeds[index].frontier))
        effects.append(.readRange(id, held, maximumBytes: limits.rangeBytes))
    }

    /// The store read what a peer, or a suspicion of ours, asked for; nothing, if it could not.
    mutating func rangeRead(
        _ id: EffectID, _ entries: [StoredEntry], _ effects: inout [Effect]
    ) {
        guard let read = reads.removeValue(forKey: id) else { return }
        let places = entries.compactMap { $0.place(scheme) }
        switch read {
        case .answer(let link, let session, let request):
            guard let slot = links.slot(of: link), links[slot: slot].session == session else {
                return
            }
            links[slot: slot].readsRunning -= 1
            let chain = places.count == entries.count ? Chain(places, through: request.last) : nil
            effects.append(
                .send(link, .rangeResponse(RangeResponse(feed: request.feed, chain: chain))))
            if let feed = feeds.index(of: request.feed), let chain {
                links[slot: slot].note(offered: chain.last, of: feed)
            }
        case .fork(let suspect):
            settleFork(places, suspect, &effects)
        }
    }

    /// A peer answered one of our range requests.
    mutating func answered(
        _ response: RangeResponse, by link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        // An answer that comes too late is still worth its records.
        var asked: RangeRequest?
        links.update(link) { state in
            asked = state.settle(response.feed)
            state.missedRanges = 0
            state.timers.askAgain = .max
        }
        if asked != nil { release(response.feed, from: link) }
        if response.feed == configuration.feed { noteHeadAnswer(by: link, now) }
        let before = feeds.tip(of: response.feed)
        if let asked, let index = feeds.index(of: response.feed), asked.first <= feeds[index].base {
            takeBlock(response.chain, asked, of: index, from: link, now, &effects)
            pump(link, now, &effects)
            return
        }
        if let chain = response.chain {
            take(chain, isAsked: asked != nil, from: link, now, &effects)
        }
        let after = feeds.tip(of: response.feed)
        if let asked, after == before, asked.first > before, hasRoom {
            dropWant(response.feed, of: link)
            // It said that it holds more and gave nothing: that counts no more until it says so again.
            if response.chain == nil, response.feed != configuration.feed,
                let index = feeds.index(of: response.feed)
            {
                links.update(link) { $0.withdraw(index, to: before) }
            }
            refused(response, asked, by: link, now, &effects)
        }
        pump(link, now, &effects)
    }

    /// Judges a chain segment by segment; the first that is not taken decides for the rest.
    private mutating func take(
        _ chain: Chain, isAsked: Bool, from link: LinkID, _ now: Moment,
        _ effects: inout [Effect]
    ) {
        // What we asked for was within the rate when we did.
        guard isAsked || mayFetch(chain.feed, now) else {
            counts.count(.ignore(.overRate), places: chain.places.count)
            return
        }
        guard let places = try? chain.rebuilt(scheme: scheme) else {
            conclude(.reject(.malformed), link, places: chain.places.count, now, &effects)
            return
        }
        var before = chain.previous
        var left = places.count
        for segment in places.segments {
            guard let verdict = judge(segment, after: before, from: link, now, &effects) else {
                return
            }
            switch verdict {
            case .accept, .ignore(.duplicate): break
            default:
                conclude(verdict, link, places: left, now, &effects)
                return
            }
            before = segment.last?.id ?? before
            left -= segment.count
        }
        if let index = feeds.index(of: chain.feed) {
            links.update(link) { $0.note(known: chain.last, of: index) }
        }
    }

    /// Takes one segment, or says why not; nil while a fork is being settled. What is taken, and what is held
    /// already, is counted here.
    private mutating func judge(
        _ segment: ArraySlice<ChainPlace>, after before: RecordID, from link: LinkID,
        _ now: Moment, _ effects: inout [Effect]
    ) -> Verdict? {
        guard let first = segment.first, let last = segment.last else {
            return .ignore(.duplicate)
        }
        guard let index = feeds.index(of: first.feed) else {
            return judgeFirst(segment, from: link, now, &effects)
        }
        let isLostOwn = first.feed == configuration.feed && last.sequence > feeds[index].tip
        if isLostOwn {
            guard isSigned(segment, after: before) else { return .reject(.badSignature) }
            fence(known: max(last.sequence, links[link]?.known(index) ?? 0), &effects)
            want(first.feed, through: last.sequence, from: link)
        }
        if feeds[index].isFrozen { return .ignore(.frozen) }
        let tip = feeds[index].tip
        if let other = segment.first(where: { isContradicted($0, in: feeds[index]) }) {
            let author = feeds[index].author
            if let verdict = judgeSignature(segment, after: before, of: author, now) {
                return verdict
            }
            suspectFork(Array(segment.drop { $0.sequence < other.sequence }), &effects)
            return nil
        }
        let fresh = segment.drop { $0.sequence <= tip }
        counts.count(.ignore(.duplicate), places: segment.count - fresh.count)
        guard let next = fresh.first else { return .ignore(.duplicate) }
        if let ended = lastCounted(index), next.sequence > ended { return .ignore(.revoked) }
        guard next.sequence == tip + 1 else {
            if mayJump(to: next, index, from: link) {
                return judgeFirst(segment, from: link, now, &effects)
            }
            // Where it begins with a checkpoint the peer has nothing before it.
            if !isBeginning(next) { want(first.feed, through: last.sequence, from: link) }
            return .ignore(.tooFarAhead)
        }
        if !isLostOwn, let verdict = judgeQuota(fresh, of: feeds[index].author, now) {
            return verdict
        }
        if !isLostOwn, !mayVerifyContents(of: fresh, by: feeds[index].author, now) {
            return .ignore(.overRate)
        }
        let isBroken = next.sequence == first.sequence && before != feeds[index].tipID
        let reason = isBroken ? nil : fault(of: fresh, in: feeds[index])
        if let reason, !reason.isAuthors { return .reject(reason) }
        if !isLostOwn,
            let verdict = judgeSignature(segment, after: before, of: feeds[index].author, now)
        {
            return verdict
        }
        if isBroken {
            // Its author signed another history: what it has at our tip proves the fork.
            probe(first.feed, at: tip, link, now, &effects)
            return .reject(.brokenChain)
        }
        if let reason { return .reject(reason) }
        return extend(index, by: fresh, from: link, now, &effects)
    }

    /// The first segment of a feed that is not held, or the first of a suffix that takes the place of what is held.
    private mutating func judgeFirst(
        _ segment: ArraySlice<ChainPlace>, from link: LinkID, _ now: Moment,
        _ effects: inout [Effect]
    ) -> Verdict? {
        guard case .record(let record)? = segment.first else { return .reject(.badRetraction) }
        if let verdict = judgeAdmission(record, now)
            ?? judgeRoom(segment, of: record.speaker, now)
        {
            return verdict
        }
        var state = FeedState(key: record.body.feed)
        state.open(for: record.speaker)
        if record.body.sequence > 1 {
            state.begin(after: record.body.sequence - 1, record.body.previous)
        }
        guard mayVerifyContents(of: segment, by: record.speaker, now) else {
            return .ignore(.overRate)
        }
        if let reason = fault(of: segment, in: state) { return .reject(reason) }
        if let verdict = judgeSignature(segment, after: .zero, of: record.speaker, now) {
            return verdict
        }
        if feeds.index(of: record.body.feed) != nil {
            guard holdsConsent(record) else { return .reject(.badDelegation) }
            evict(record.body.feed)
        }
        switch admitFeed(of: record, &effects) {
        case .failure(let refusal): return refusal.verdict
        case .success(let index):
            return extend(index, by: segment, from: link, now, &effects)
        }
    }

    /// Cap, share, room and clock: a segment is taken whole or not at all, so a feed may pass its cap by a part of one,
    /// but not its share.
    private mutating func judgeQuota(
        _ fresh: ArraySlice<ChainPlace>, of author: PublicKey, _ now: Moment
    ) -> Verdict? {
        guard let first = fresh.first,
            feeds.index(of: first.feed).map({ !isOverCap(first.sequence, $0) }) ?? true
        else { return .ignore(.overQuota) }
        return judgeRoom(fresh, of: author, now)
    }

    private mutating func judgeRoom(
        _ fresh: ArraySlice<ChainPlace>, of author: PublicKey, _ now: Moment
    ) -> Verdict? {
        guard let first = fresh.first else { return nil }
        let bytes = fresh.reduce(0) { $0 + $1.chargedBytes }
        guard makeRoom(for: bytes, of: author, in: first.feed) else { return .ignore(.overQuota) }
        let latest = now.wall.advanced(byMilliseconds: limits.futureMilliseconds)
        if fresh.contains(where: { $0.time ?? latest > latest }) { return .ignore(.futureDated) }
        return hasRoom(for: fresh.count) ? nil : .ignore(.storeUnavailable)
    }

    private func isContradicted(_ place: ChainPlace, in feed: FeedState) -> Bool {
        feed.fingerprint(at: place.sequence).map { $0 != fingerprint(place.id) } ?? false
    }

    /// What the signature of a segment says; nil when it holds. Within what the author's tier may cost.
    mutating func judgeSignature(
        _ segment: ArraySlice<ChainPlace>, after before: RecordID, of author: PublicKey,
        _ now: Moment
    ) -> Verdict? {
        guard mayVerify(author, now) else { return .ignore(.overRate) }
        return isSigned(segment, after: before) ? nil : .reject(.badSignature)
    }

    private func isSigned(_ segment: ArraySlice<ChainPlace>, after before: RecordID) -> Bool {
        segment.last?.isSigned(
            after: segment.dropLast().last?.id ?? before, network: configuration.network,
            scheme: scheme) ?? false
    }

    /// What is wrong with places that follow the tip, apart from signatures and the chain itself.
    func fault(of places: ArraySlice<ChainPlace>, in feed: FeedState) -> RejectReason? {
        var time = feed.tipTime
        var author = feed.tipAuthor
        var added: [UInt64] = []
        added.reserveCapacity(places.count)
        /// Before the base nobody can tell.
        func isHeld(_ id: RecordID, at sequence: UInt64) -> Bool {
            let held =
                sequence <= feed.tip
                ? feed.fingerprint(at: sequence) : added[Int(sequence - feed.tip) - 1]
            return held.map { $0 == fingerprint(id) } ?? true
        }
        var checkpoints = feed.checkpoints.map(\.sequence)
        for place in places {
            if let own = place.time {
                guard own >= time else { return .timeReversed }
                time = own
            }
            switch place {
            case .tombstone(_, let sequence, _, _):
                // The first record says for whom the feed speaks, and stays.
                guard sequence > 1, sequence != feed.base + 1 else { return .badRetraction }
            case .record(let record):
                switch record.body.payload {
                case .delegate where record.body.sequence != 1: return .badDelegation
                case .checkpoint:
                    guard isCheckpointDue(at: record.body.sequence), record.speaker == author
                    else { return .badCheckpoint }
                    checkpoints.append(record.body.sequence)
                case .retract(let sequence, let id, let previous):
                    guard sequence > 1, sequence < record.body.sequence,
                        !checkpoints.contains(sequence), isHeld(id, at: sequence),
                        isHeld(previous, at: sequence - 1)
                    else { return .badRetraction }
                case .rotate(let rotation):
                    guard rotation.old == author,
                        rotation.isSigned(
                            feed: feed.key, network: configuration.network, scheme: scheme)
                    else { return .badKeyChange }
                    author = rotation.new
                case .revoke(let revocation):
                    guard
                        revocation.isSigned(
                            by: author, network: configuration.network, scheme: scheme)
                    else { return .badKeyChange }
                default: break
                }
            }
            added.append(fingerprint(place.id))
        }
        return nil
    }

    /// Puts verified places behind the tip, if its author's share has room for them.
    private mutating func extend(
        _ index: FeedIndex, by places: ArraySlice<ChainPlace>, from link: LinkID, _ now: Moment,
        _ effects: inout [Effect]
    ) -> Verdict {
        guard hold(places.reduce(0) { $0 + $1.chargedBytes }, in: index) else {
            return .ignore(.overQuota)
        }
        let isOwn = feeds[index].key == configuration.feed
        for place in places {
            feeds[index].extend(by: place, fingerprint: fingerprint(place.id))
            switch place {
            case .record(let record): gather(isOwn ? signed(record) : record, index, link, now)
            case .tombstone:
                gathered.places.append(
                    Gathered.Place(
                        entry: StoredEntry(place, firstSeen: now.wall), feed: index, source: link))
            }
        }
        counts.count(.accept, places: places.count)
        noteFetched(index, places: places.count, now)
        noteBrought(places.count, of: index, by: link, now)
        drainWindow(of: index, now, &effects)
        return .accept
    }

    /// A lost own record that came back without its signature gets it again: Ed25519 signs a body always alike.
    private func signed(_ record: Record) -> Record {
        guard record.signature == nil else { return record }
        return Record(
            signing: record.body, network: configuration.network, signer: signer, scheme: scheme)
    }
}
