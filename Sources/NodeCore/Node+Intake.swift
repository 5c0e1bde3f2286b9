import Primitives
import Records

/// Intake: what becomes of a record that a peer sent. The order of the checks is docs/protocol.md,
/// section 3: the cheap ones first, the signature late, and nothing changes before the verdict.
extension Node {
    mutating func pushed(
        _ records: [ArraySlice<UInt8>], by link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        for bytes in records { receive(bytes, from: link, now, &effects) }
        pump(link, now, &effects)
    }

    mutating func receive(
        _ bytes: ArraySlice<UInt8>, from link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        if let (index, sequence) = heldPlace(of: bytes) {
            links.update(link) { $0.note(known: sequence, of: index) }
            counts.count(.ignore(.duplicate))
            return
        }
        let record: Record
        do {
            record = try Record(decoding: bytes, scheme: scheme)
        } catch {
            conclude(.reject(.malformed), link, &effects)
            return
        }
        if let index = feeds.index(of: record.body.feed) {
            links.update(link) { $0.note(known: record.body.sequence, of: index) }
        }
        guard let verdict = judge(record, from: link, now, &effects) else { return }
        conclude(verdict, link, &effects)
    }

    /// Where the record is held already. Most that arrive are: of these only the place is read and the digest
    /// made, which decides alone; equal digests are equal bodies.
    private mutating func heldPlace(of bytes: ArraySlice<UInt8>) -> (FeedIndex, UInt64)? {
        guard let (feed, sequence) = RecordBody.place(in: bytes),
            let index = feeds.index(of: feed)
        else { return nil }
        let spot = feeds.spot(index)
        guard sequence <= spot.tip, !spot.isFrozen,
            let id = Record.id(of: bytes, scheme: scheme, scratch: &scratch)
        else { return nil }
        let held =
            sequence == spot.tip
            ? spot.tipPrint : feeds[index].fingerprints[Int(sequence) - 1]
        return fingerprint(id) == held ? (index, sequence) : nil
    }

    /// Counts a verdict and blames the sender for a rejection.
    mutating func conclude(_ verdict: Verdict, _ link: LinkID?, _ effects: inout [Effect]) {
        counts.count(verdict)
        // A broken chain is validly signed: its author told two stories, and its sender knows one of them.
        if case .reject(let reason) = verdict, reason != .brokenChain { blame(link, &effects) }
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
        if body.sequence <= tip { return judgeHeld(record, feeds[index], &effects) }
        if !isLostOwn, body.sequence > recordCap(of: body.feed) { return .ignore(.overQuota) }
        if body.sequence > tip + limits.windowSpan {
            want(body.feed, through: body.sequence, from: link)
            return .ignore(.tooFarAhead)
        }
        // What we signed ourselves is true whatever our clock says now.
        if !isLostOwn {
            if let verdict = judgeTimeAndRoom(record, now) { return verdict }
            guard record.isSigned(network: configuration.network, scheme: scheme) else {
                return .reject(.badSignature)
            }
        }
        if body.sequence > tip + 1 {
            want(body.feed, through: body.sequence, from: link)
            return wait(record, index, link, &effects)
        }
        return chain(record, index, link, now, &effects)
    }

    /// A record of a feed that is not held: only the first of it can be linked to anything.
    private mutating func judgeFirst(
        _ record: Record, from link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) -> Verdict? {
        let key = record.body.feed
        guard !proofs.contains(key) else { return .ignore(.frozen) }
        guard record.body.sequence == 1 else { return .ignore(.tooFarAhead) }
        var author = key
        if case .delegate(let claimed, _) = record.body.payload { author = claimed }
        guard mayAdmit(key, of: author) else { return .ignore(.overQuota) }
        if let verdict = judgeTimeAndRoom(record, now) { return verdict }
        guard scheme.isValid(key) else { return .reject(.badKey) }
        guard record.isSigned(network: configuration.network, scheme: scheme) else {
            return .reject(.badSignature)
        }
        if case .delegate(let claimed, let consent) = record.body.payload {
            guard isDelegated(device: key, by: claimed, consent: consent) else {
                return .reject(.badDelegation)
            }
            guard devices[claimed] ?? 0 < limits.devicesPerAuthor else {
                return .ignore(.overQuota)
            }
        }
        guard let index = admit(key, author: author, &effects) else { return .ignore(.overQuota) }
        links.update(link) { $0.note(known: 1, of: index) }
        return chain(record, index, link, now, &effects)
    }

    func isDelegated(device: PublicKey, by author: PublicKey, consent: Signature) -> Bool {
        let statement = Delegation.statement(
            device: device, author: author, network: configuration.network)
        return scheme.isValid(author) && scheme.verify(consent, of: statement, by: author)
    }

    private func judgeTimeAndRoom(_ record: Record, _ now: Moment) -> Verdict? {
        if record.body.time > now.wall.advanced(byMilliseconds: limits.futureMilliseconds) {
            return .ignore(.futureDated)
        }
        return hasRoom ? nil : .ignore(.storeUnavailable)
    }

    /// Whether another verified place may wait for the store.
    var hasRoom: Bool {
        gathered.places.count + commits.reduce(0) { $0 + $1.places.count }
            < limits.uncommittedRecords
    }

    /// A place that is taken: a replay, or a fork.
    private mutating func judgeHeld(
        _ record: Record, _ feed: FeedState, _ effects: inout [Effect]
    ) -> Verdict? {
        let held = feed.fingerprints[Int(record.body.sequence) - 1]
        guard fingerprint(record.id) != held else { return .ignore(.duplicate) }
        guard record.isSigned(network: configuration.network, scheme: scheme) else {
            return .reject(.badSignature)
        }
        suspectFork(record, &effects)
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
            settleFork(window[position].record, record, &effects)
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
        guard record.body.time >= feeds[index].tipTime else { return .reject(.timeReversed) }
        switch record.body.payload {
        case .delegate where record.body.sequence != 1: return .reject(.badDelegation)
        case .retract(let sequence, let id):
            guard sequence < record.body.sequence, sequence > 1,
                feeds[index].fingerprints[Int(sequence) - 1] == fingerprint(id)
            else { return .reject(.badRetraction) }
        default: break
        }
        feeds[index].extend(
            id: record.id, time: record.body.time, fingerprint: fingerprint(record.id))
        gather(record, index, link, now)
        drainWindow(of: index, now, &effects)
        return .accept
    }

    /// What waited behind the gap that just closed.
    private mutating func drainWindow(
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
            conclude(verdict, first.source, &effects)
            return
        }
    }

    /// A place whose body its author took back; the retraction vouches for the id.
    mutating func receiveTombstone(
        feed key: PublicKey, sequence: UInt64, id: RecordID, retraction: EncodedRecord,
        from link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        guard let index = feeds.index(of: key), !feeds[index].isFrozen,
            sequence == feeds[index].tip + 1, sequence > 1
        else {
            counts.count(.ignore(.tooFarAhead))
            return
        }
        guard sequence <= recordCap(of: key), hasRoom else {
            counts.count(.ignore(hasRoom ? .overQuota : .storeUnavailable))
            return
        }
        guard let record = try? Record(decoding: retraction[...], scheme: scheme),
            record.body.feed == key, record.body.sequence > sequence,
            record.body.payload == .retract(sequence: sequence, id: id),
            record.isSigned(network: configuration.network, scheme: scheme)
        else {
            conclude(.reject(.badRetraction), link, &effects)
            return
        }
        // It proves that our own feed went on to its retraction.
        if key == configuration.feed { fence(known: record.body.sequence, &effects) }
        feeds[index].extend(id: id, time: nil, fingerprint: fingerprint(id))
        let tombstone = Tombstone(
            feed: key, sequence: sequence, id: id, retraction: record.body.sequence,
            encodedRetraction: retraction)
        gathered.places.append(
            Gathered.Place(entry: .tombstone(tombstone), feed: index, source: link))
        counts.count(.accept)
        drainWindow(of: index, now, &effects)
    }
}
