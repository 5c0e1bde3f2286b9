import Primitives
import Records

/// Intake: what becomes of a record that a peer sent. The order of the checks is docs/protocol.md,
/// section 3: the cheap ones first, the signature late, and nothing changes before the verdict.
extension Node {
    mutating func pushed(
        _ records: [ArraySlice<UInt8>], by link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        for bytes in records { receive(bytes, from: link, now, &effects) }
        pruneRedundant(link, &effects)
        pump(link, now, &effects)
    }

    mutating func receive(
        _ bytes: ArraySlice<UInt8>, from link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        if let (index, sequence) = placeOfHeldFeed(bytes) {
            if isHeld(bytes, index, sequence) {
                links.update(link) { $0.note(known: sequence, of: index) }
                counts.count(.ignore(.duplicate))
                noteAgain(index, by: link, now)
                return
            }
            if sequence > feeds.spot(index).tip, !feeds.spot(index).isFrozen,
                !mayBePushed(index, now)
            {
                links.update(link) { $0.note(known: sequence, of: index) }
                counts.count(.ignore(.overRate))
                return
            }
        }
        let record: Record
        do {
            record = try Record(decoding: bytes, scheme: scheme)
        } catch {
            conclude(.reject(.malformed), link, now, &effects)
            return
        }
        if let index = feeds.index(of: record.body.feed) {
            links.update(link) { $0.note(known: record.body.sequence, of: index) }
        }
        guard let verdict = judge(record, from: link, now, &effects) else { return }
        conclude(verdict, link, now, &effects)
        noteFirst(verdict, of: record, by: link, now)
    }

    private func placeOfHeldFeed(_ bytes: ArraySlice<UInt8>) -> (FeedIndex, UInt64)? {
        guard bytes.count <= WireLimits.recordBytes,
            let (feed, sequence) = RecordBody.place(in: bytes), let index = feeds.index(of: feed)
        else { return nil }
        return (index, sequence)
    }

    /// Whether the record is held already. Most that arrive are: of these only the place is read and the digest
    /// made, which decides alone; equal digests are equal bodies.
    private mutating func isHeld(
        _ bytes: ArraySlice<UInt8>, _ index: FeedIndex, _ sequence: UInt64
    ) -> Bool {
        let spot = feeds.spot(index)
        guard sequence <= spot.tip, !spot.isFrozen,
            let id = Record.id(of: bytes, scheme: scheme, scratch: &scratch)
        else { return false }
        // What was before a suffix is as good as held.
        let held =
            sequence == spot.tip ? spot.tipPrint : feeds[index].fingerprint(at: sequence)
        return held.map { $0 == fingerprint(id) } ?? true
    }

    /// Counts a verdict and blames the sender for a rejection.
    mutating func conclude(
        _ verdict: Verdict, _ link: LinkID?, places: Int = 1, _ now: Moment,
        _ effects: inout [Effect]
    ) {
        counts.count(verdict, places: places)
        if case .reject(let reason) = verdict, !reason.isAuthors { blame(link, now, &effects) }
    }

    /// The verdict, or nil when it comes later: the record waits in a window, or a fork is being settled.
    private mutating func judge(
        _ record: Record, from link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) -> Verdict? {
        let body = record.body
        guard let index = feeds.index(of: body.feed) else {
            return judgeFirst(record, from: link, now, &effects)
        }
        let tip = feeds[index].tip
        let isLostOwn = body.feed == configuration.feed && body.sequence > tip
        if isLostOwn {
            guard record.isSigned(network: configuration.network, scheme: scheme) else {
                return .reject(.badSignature)
            }
            lostOwn(record, link, &effects)
        }
        // Nothing of a frozen feed counts, so nothing more of it is taken: what is in flight at the freeze may
        // be on the disk, and another branch in its place would contradict the store.
        if feeds[index].isFrozen { return .ignore(.frozen) }
        if let last = lastCounted(index), body.sequence > last, body.sequence > tip {
            return .ignore(.revoked)
        }
        if body.sequence <= tip { return judgeHeld(record, feeds[index], now, &effects) }
        if !isLostOwn, !hasShare(for: record, index) { return .ignore(.overQuota) }
        if body.sequence > tip + limits.windowSpan {
            want(body.feed, through: body.sequence, from: link)
            return .ignore(.tooFarAhead)
        }
        // What we signed ourselves is true whatever our clock says now.
        if !isLostOwn {
            if let verdict = judgeTimeAndRoom(record, now) ?? judgeSignature(record, now) {
                return verdict
            }
            notePushed(feeds[index].author, now)
        }
        if body.sequence > tip + 1 {
            want(body.feed, through: body.sequence, from: link)
            return wait(record, index, link, &effects)
        }
        return chain(record, index, link, now, &effects)
    }

    /// A record of a feed that is not held: only the first of it can be linked to anything. A pushed CHECKPOINT is
    /// not taken for a beginning: whoever wants the suffix asks for its range.
    private mutating func judgeFirst(
        _ record: Record, from link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) -> Verdict? {
        guard record.body.sequence == 1 || proofs.contains(record.body.feed) else {
            return .ignore(.tooFarAhead)
        }
        if let verdict = judgeAdmission(record, now) ?? judgeSignature(record, now) {
            return verdict
        }
        switch admitFeed(of: record, &effects) {
        case .failure(let refusal): return refusal.verdict
        case .success(let index):
            notePushed(record.speaker, now)
            links.update(link) { $0.note(known: 1, of: index) }
            return chain(record, index, link, now, &effects)
        }
    }

    /// What can be said before its signature of the first record that is held of a feed; nil when nothing speaks
    /// against it.
    mutating func judgeAdmission(_ record: Record, _ now: Moment) -> Verdict? {
        let key = record.body.feed
        guard !proofs.contains(key) else { return .ignore(.frozen) }
        guard record.body.sequence == 1 || isBeginning(record) else {
            return .ignore(.tooFarAhead)
        }
        guard mayAdmit(key, of: record.speaker, bytes: record.chargedBytes) else {
            noteDeclined(key, of: record.speaker)
            return .ignore(.overQuota)
        }
        if let verdict = judgeTimeAndRoom(record, now) { return verdict }
        return scheme.isValid(key) ? nil : .reject(.badKey)
    }

    /// Takes in the feed of a verified first record, or of a verified CHECKPOINT, if its author agrees and there is
    /// room.
    mutating func admitFeed(of record: Record, _ effects: inout [Effect])
        -> Result<FeedIndex, Refusal>
    {
        let key = record.body.feed
        if let consent = record.consent {
            guard holdsConsent(record) else {
                return .failure(Refusal(verdict: .reject(.badDelegation)))
            }
            guard accounts[consent.author]?.feeds ?? 0 < limits.devicesPerAuthor else {
                return .failure(Refusal(verdict: .ignore(.overQuota)))
            }
        }
        guard let index = admit(key, author: record.speaker) else {
            return .failure(Refusal(verdict: .ignore(.overQuota)))
        }
        if record.body.sequence > 1 {
            feeds[index].begin(after: record.body.sequence - 1, record.body.previous)
        }
        return .success(index)
    }

    /// Whether whom a first record or a CHECKPOINT names agrees to it.
    func holdsConsent(_ record: Record) -> Bool {
        record.consent.map {
            isDelegated(device: record.body.feed, by: $0.author, consent: $0.signature)
        } ?? true
    }

    func isDelegated(device: PublicKey, by author: PublicKey, consent: Signature) -> Bool {
        let statement = Delegation.statement(
            device: device, author: author, network: configuration.network)
        return scheme.isValid(author) && scheme.verify(consent, of: statement, by: author)
    }

    func judgeTimeAndRoom(_ record: Record, _ now: Moment) -> Verdict? {
        if record.body.time > now.wall.advanced(byMilliseconds: limits.futureMilliseconds) {
            return .ignore(.futureDated)
        }
        return hasRoom ? nil : .ignore(.storeUnavailable)
    }

    /// What the signature says; nil when it holds. Within what the author's tier may cost.
    private mutating func judgeSignature(_ record: Record, _ now: Moment) -> Verdict? {
        let author = feeds.index(of: record.body.feed).map { feeds[$0].author }
        guard mayVerify(author ?? record.speaker, count: 1 + record.carriedSignatures, now) else {
            return .ignore(.overRate)
        }
        return record.isSigned(network: configuration.network, scheme: scheme)
            ? nil : .reject(.badSignature)
    }

    /// Whether the feed may hold a record more; notes that it was refused one.
    private mutating func hasShare(for record: Record, _ index: FeedIndex) -> Bool {
        guard !isOverCap(record.body.sequence, index) else { return false }
        let author = feeds[index].author
        return makeRoom(for: record.chargedBytes, of: author, in: record.body.feed)
    }

    /// Whether another verified place may wait for the store.
    var hasRoom: Bool { hasRoom(for: 1) }

    func hasRoom(for places: Int) -> Bool {
        !isStoreResting
            && gathered.places.count + commits.reduce(0) { $0 + $1.places.count } + places
                <= limits.uncommittedRecords
    }

    /// A place that is taken: a replay, or a fork.
    private mutating func judgeHeld(
        _ record: Record, _ feed: FeedState, _ now: Moment, _ effects: inout [Effect]
    ) -> Verdict? {
        guard let held = feed.fingerprint(at: record.body.sequence),
            fingerprint(record.id) != held
        else { return .ignore(.duplicate) }
        if let verdict = judgeSignature(record, now) { return verdict }
        suspectFork([.record(record)], &effects)
        return nil
    }

    /// Holds a verified record until the gap before it closes.
    private mutating func wait(
        _ record: Record, _ index: FeedIndex, _ link: LinkID, _ effects: inout [Effect]
    ) -> Verdict? {
        let window = feeds[index].window
        let position = window.firstIndex { $0.record.body.sequence >= record.body.sequence }
        if let position, window[position].record.body.sequence == record.body.sequence {
            if window[position].record.id == record.id { return .ignore(.duplicate) }
            settleFork([.record(window[position].record)], [.record(record)], &effects)
            return nil
        }
        let room = isReachable(feeds[index].author) ? Int(limits.windowSpan) : limits.strangerWindow
        guard windowTotal < limits.windowRecords, window.count < room else {
            return .ignore(.tooFarAhead)
        }
        feeds[index].window.insert(
            WaitingRecord(record: record, source: link), at: position ?? window.count)
        windowTotal += 1
        return nil
    }

    /// A verified record for the place after the tip: does it continue the chain?
    mutating func chain(
        _ record: Record, _ index: FeedIndex, _ link: LinkID?, _ now: Moment,
        _ effects: inout [Effect]
    ) -> Verdict {
        guard record.body.previous == feeds[index].tipID else {
            if let link {
                probe(feeds[index].key, at: feeds[index].tip, link, now, &effects)
            }
            return .reject(.brokenChain)
        }
        if let reason = fault(of: [.record(record)], in: feeds[index]) { return .reject(reason) }
        guard hold(record.chargedBytes, in: index) else { return .ignore(.overQuota) }
        feeds[index].extend(by: .record(record), fingerprint: fingerprint(record.id))
        gather(record, index, link, now)
        drainWindow(of: index, now, &effects)
        return .accept
    }

    /// What waited behind the gap that just closed.
    mutating func drainWindow(
        of index: FeedIndex, _ now: Moment, _ effects: inout [Effect]
    ) {
        while let first = feeds[index].window.first {
            let tip = feeds[index].tip
            guard first.record.body.sequence <= tip + 1 else { return }
            feeds[index].window.removeFirst()
            windowTotal -= 1
            guard first.record.body.sequence == tip + 1 else {
                counts.count(.ignore(.duplicate))
                continue
            }
            let verdict = chain(first.record, index, first.source, now, &effects)
            conclude(verdict, first.source, now, &effects)
            return
        }
    }
}

extension RejectReason {
    /// Validly signed, and its sender may not be able to see what is wrong with it: the author told two stories and the
    /// sender knows one; or what it contradicts is before the suffix that the sender holds.
    var isAuthors: Bool {
        switch self {
        case .brokenChain, .badCheckpoint, .badRetraction, .badKeyChange: true
        default: false
        }
    }
}

/// Why a feed was not taken in.
struct Refusal: Error {
    let verdict: Verdict
}

extension Record {
    /// For whom a feed speaks whose first record this is, or a CHECKPOINT of which it is.
    var speaker: PublicKey { consent?.author ?? body.feed }

    /// The consent of whom it speaks for, if that is not its own key.
    var consent: Consent? {
        switch body.payload {
        case .delegate(let author, let signature): Consent(author: author, signature: signature)
        case .checkpoint(let consent): consent
        default: nil
        }
    }
}
