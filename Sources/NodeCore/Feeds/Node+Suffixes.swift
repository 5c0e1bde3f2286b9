import Primitives
import Records

/// Suffixes: a feed can be held from any CHECKPOINT of it on. What would not fit is not fetched, what no longer
/// fits is dropped, and what trust wants whole is fetched backwards, from checkpoint to checkpoint.
extension Node {
    // MARK: What fits

    /// Whether a place would leave the feed with more places than its cap, and no checkpoint to drop some before.
    func isOverCap(_ sequence: UInt64, _ index: FeedIndex) -> Bool {
        let feed = feeds[index]
        guard sequence > feed.base, (feed.checkpoints.last?.sequence ?? 0) <= feed.base + 1 else {
            return false
        }
        return sequence - feed.base > recordCap(of: feed.key)
    }

    /// How far a feed is worth asking for when a peer says that it has it so far.
    func worthAsking(_ feed: PublicKey, through told: UInt64) -> UInt64 {
        guard feed != configuration.feed, let index = feeds.index(of: feed) else { return told }
        let counted = min(told, lastCounted(index) ?? told)
        return feeds[index].lacksCheckpoints
            ? min(counted, feeds[index].base + recordCap(of: feed)) : counted
    }

    /// The first place to ask for: the one after the tip, or the checkpoint from which on the rest fits.
    func firstWanted(_ feed: PublicKey, through told: UInt64) -> UInt64 {
        let tip = feeds.tip(of: feed)
        let index = feeds.index(of: feed)
        let base = index.map { feeds[$0].base } ?? 0
        let cap = recordCap(of: feed)
        guard feed != configuration.feed, told > base, told - base > cap,
            index.map({ !feeds[$0].lacksCheckpoints }) ?? true
        else { return tip + 1 }
        let span = limits.checkpointSpan
        let newest = told - told % span
        let start = min(newest, (told - cap) / span * span + span)
        // What one range brings is not worth dropping the rest for, if it can be taken.
        let isNear = start <= tip + WireLimits.rangeSpan
        if start <= tip + 1 || (isNear && index.map { !isOverCap(tip + 1, $0) } ?? false) {
            return tip + 1
        }
        return start
    }

    // MARK: Beginning at a checkpoint

    /// A CHECKPOINT stands at such places and nowhere else.
    func isCheckpointDue(at sequence: UInt64) -> Bool { sequence % limits.checkpointSpan == 0 }

    /// Whether a feed can be held from this record on.
    func isBeginning(_ record: Record) -> Bool {
        if case .checkpoint = record.body.payload {
            isCheckpointDue(at: record.body.sequence)
        } else {
            false
        }
    }

    func isBeginning(_ place: ChainPlace) -> Bool {
        if case .record(let record) = place { isBeginning(record) } else { false }
    }

    /// Whether a suffix that begins with this place may take the place of what is held: of a stranger's feed always, of
    /// another where the feed as the link has it does not fit any more.
    func mayJump(to place: ChainPlace, _ index: FeedIndex, from link: LinkID) -> Bool {
        let feed = feeds[index]
        guard isBeginning(place), feed.key != configuration.feed else { return false }
        let known = max(place.sequence, links[link]?.known(index) ?? 0)
        return !isReachable(feed.author) || known - feed.base > recordCap(of: feed.key)
    }

    /// A range brought nothing. Where it was to begin with a checkpoint and did not, the feed is asked for from
    /// where we are; where the link holds a later part only, it is not asked again for what is before.
    mutating func refused(
        _ response: RangeResponse, _ asked: RangeRequest, by link: LinkID, _ now: Moment,
        _ effects: inout [Effect]
    ) {
        guard let chain = response.chain else { return }
        let index = feeds.index(of: response.feed)
        if chain.first > asked.first, let index {
            links.update(link) { $0.note(begins: chain.first, of: index) }
            return
        }
        let tip = feeds.tip(of: response.feed)
        guard chain.first == asked.first, asked.first > tip + 1, !chain.beginsWithCheckpoint else {
            return
        }
        if let index { feeds[index].lacksCheckpoints = true }
        let last = min(asked.last, tip + min(WireLimits.rangeSpan, recordCap(of: response.feed)))
        guard index.map({ !isOverCap(tip + 1, $0) }) ?? true, last > tip else { return }
        ask(
            RangeRequest(feed: response.feed, first: tip + 1, last: last), link, now, &effects)
    }

    // MARK: Dropping what no longer fits

    /// Whether so many more bytes of a feed can be held, if need be at the cost of its oldest part; where they cannot, the
    /// feed remembers it.
    mutating func makeRoom(for more: UInt64, of author: PublicKey, in feed: PublicKey) -> Bool {
        if mayHold(more, of: author, in: feed) { return true }
        guard let index = feeds.index(of: feed) else { return false }
        if trim(index), mayHold(more, of: author, in: feed) { return true }
        feeds[index].isHeldBack = true
        return false
    }

    /// Drops what is before the oldest checkpoint from which on the feed fits, or the newest: after a commit, and when
    /// there is no room for more. True when something went.
    @discardableResult
    mutating func trim(_ index: FeedIndex) -> Bool {
        let feed = feeds[index]
        let cap = recordCap(of: feed.key)
        guard feed.key != configuration.feed, feed.tip - feed.base > cap else { return false }
        let usable = feed.checkpoints.filter {
            $0.sequence > feed.base + 1 && $0.sequence <= feed.frontier
        }
        guard
            let checkpoint = usable.first(where: { feed.tip - $0.sequence < cap })
                ?? usable.last
        else { return false }
        let dropped = feeds[index].trim(before: checkpoint)
        refund(dropped, to: feed.author)
        gathered.trims.append(FeedTrim(feed: feed.key, before: checkpoint.sequence))
        rebuilds.add(feed.author)
        if feeds[index].isHeldBack {
            feeds[index].isHeldBack = false
            wantMore(of: [index])
        }
        return true
    }

    // MARK: Fetching what is before

    /// Asks a link for the block before each suffix that should be whole.
    mutating func askBlocks(_ link: LinkID, _ now: Moment, _ effects: inout [Effect]) {
        var wanted: [FeedIndex] = []
        feeds.forEach { index, feed in if feed.base > 0 { wanted.append(index) } }
        for index in wanted { _ = askBlock(before: index, link, now, &effects) }
    }

    /// Asks whoever can be asked for the block before a suffix.
    mutating func askBlock(before index: FeedIndex, _ now: Moment, _ effects: inout [Effect]) {
        for link in links.keys where askBlock(before: index, link, now, &effects) { return }
    }

    /// A block is what lies between two checkpoints, with the later one, which always has its signature: a range can
    /// end there.
    private mutating func askBlock(
        before index: FeedIndex, _ link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) -> Bool {
        let feed = feeds[index]
        guard feed.base > 0, feed.isHeld, !feed.isFrozen, lastCounted(index) == nil,
            isReachable(feed.author),
            feed.tip - feed.base + limits.checkpointSpan <= recordCap(of: feed.key),
            let slot = links.slot(of: link), links[slot: slot].isReady,
            links[slot: slot].known(index) > feed.base,
            !links[slot: slot].lacks(blockStart(before: feed.base), of: index),
            !links[slot: slot].ranges.isFull, !links[slot: slot].ranges.contains(feed.key),
            (fetching[feed.key]?.deadline ?? 0) <= now.monotonicMilliseconds,
            !commits.contains(where: { $0.block?.feed == feed.key }), mayFetch(feed.key, now)
        else { return false }
        blocks.remove(feed.key)
        let request = RangeRequest(
            feed: feed.key, first: blockStart(before: feed.base), last: feed.base + 1)
        ask(request, link, now, &effects)
        return true
    }

    private func blockStart(before base: UInt64) -> UInt64 {
        base + 1 > limits.checkpointSpan ? base + 1 - limits.checkpointSpan : 1
    }

    /// A peer answered for a block, or for the rest of one.
    mutating func takeBlock(
        _ chain: Chain?, _ asked: RangeRequest, of index: FeedIndex, from link: LinkID,
        _ now: Moment, _ effects: inout [Effect]
    ) {
        let feed = feeds[index]
        let start = blockStart(before: feed.base)
        let earlier = blocks.remove(feed.key) ?? []
        guard let chain, chain.first == asked.first, !feed.isFrozen,
            asked.first == start || earlier.last.map({ $0.sequence + 1 }) == asked.first
        else {
            links.update(link) { $0.note(begins: feed.base + 1, of: index) }
            return
        }
        guard let places = try? chain.rebuilt(scheme: scheme) else {
            conclude(.reject(.malformed), link, places: chain.places.count, now, &effects)
            return
        }
        if let verdict = judgeSegments(places, after: chain.previous, of: feed.author, now) {
            conclude(verdict, link, places: places.count, now, &effects)
            return
        }
        noteFetched(index, places: places.count, now)
        let block =
            (asked.first == start ? [] : earlier) + places.filter { $0.sequence <= feed.base }
        if let last = block.last, last.sequence < feed.base {
            blocks.set(feed.key, block)
            let rest = RangeRequest(
                feed: feed.key, first: last.sequence + 1, last: feed.base + 1)
            ask(rest, link, now, &effects)
            return
        }
        commitBlock(block, of: index, from: link, now, &effects)
    }

    private mutating func judgeSegments(
        _ places: [ChainPlace], after previous: RecordID, of author: PublicKey, _ now: Moment
    ) -> Verdict? {
        var before = previous
        for segment in places.segments {
            guard mayVerifyContents(of: segment, by: author, now) else { return .ignore(.overRate) }
            if let verdict = judgeSignature(segment, after: before, of: author, now) {
                return verdict
            }
            before = segment.last?.id ?? before
        }
        return nil
    }

    /// The block is whole: does it lead to what is held, and could a feed be held from it on?
    private mutating func commitBlock(
        _ places: [ChainPlace], of index: FeedIndex, from link: LinkID, _ now: Moment,
        _ effects: inout [Effect]
    ) {
        let feed = feeds[index]
        guard let first = places.first, let previous = first.previous,
            places.last?.id == feed.baseID, isContinuous(places),
            commits.count < limits.commitsInFlight, storeFailure == nil
        else {
            links.update(link) { $0.note(begins: feed.base + 1, of: index) }
            return
        }
        guard case .record(let record) = first, first.sequence == 1 || isBeginning(record) else {
            links.update(link) { $0.note(begins: feed.base + 1, of: index) }
            return
        }
        var state = FeedState(key: feed.key)
        state.open(for: record.speaker)
        if first.sequence > 1 { state.begin(after: first.sequence - 1, previous) }
        let speaker = places.lazy.compactMap(\.rotation).last?.new ?? record.speaker
        guard speaker == feed.baseAuthor, fault(of: places[...], in: state) == nil else {
            links.update(link) { $0.note(begins: feed.base + 1, of: index) }
            return
        }
        let entries = places.map { StoredEntry($0, firstSeen: now.wall) }
        var batch = StoreBatch()
        batch.records = entries.compactMap(\.storedRecord)
        batch.tombstones = entries.compactMap(\.tombstone).filter { $0.sequence > state.base }
        var bytes: UInt64 = 0
        var checkpoints: [FeedCheckpoint] = []
        for place in places {
            if let checkpoint = FeedCheckpoint(place, offset: bytes) {
                checkpoints.append(checkpoint)
            }
            bytes += place.chargedBytes
        }
        guard mayHold(bytes, of: feed.author, in: feed.key) else {
            links.update(link) { $0.note(begins: feed.base + 1, of: index) }
            return
        }
        counts.count(.accept, places: places.count)
        let block = FeedBlock(
            base: state.base, baseID: state.baseID, baseAuthor: state.baseAuthor,
            fingerprints: places.map { fingerprint($0.id) },
            checkpoints: checkpoints, bytes: bytes)
        let id = nextEffect()
        commits.append(
            InFlightCommit(
                id: id, places: [], publication: nil, isOwn: false, block: (index, feed.key, block))
        )
        effects.append(.commit(id, batch))
    }

    /// Each place names the one before; a tombstone's RETRACT does that for it.
    private func isContinuous(_ places: [ChainPlace]) -> Bool {
        zip(places, places.dropFirst()).allSatisfy {
            $1.sequence == $0.sequence + 1 && $1.previous == $0.id
        }
    }

    /// The store has a block; what its feed's author said is read anew.
    mutating func blockCommitted(
        _ commit: InFlightCommit, _ now: Moment, _ effects: inout [Effect]
    ) {
        guard let (index, key, block) = commit.block, feeds.index(of: key) == index,
            feeds[index].base == block.base + UInt64(block.fingerprints.count)
        else { return }
        feeds[index].prepend(block)
        charge(block.bytes, to: feeds[index].author)
        rebuilds.add(feeds[index].author)
        if block.base > 0 { askBlock(before: index, now, &effects) }
    }
}

extension StoredEntry {
    init(_ place: ChainPlace, firstSeen: Instant) {
        switch place {
        case .record(let record):
            self = .record(StoredRecord(record: record, firstSeen: firstSeen))
        case .tombstone(let feed, let sequence, let id, let retraction):
            self = .tombstone(
                Tombstone(
                    feed: feed, sequence: sequence, id: id, retraction: retraction.body.sequence,
                    encodedRetraction: retraction.encoded))
        }
    }
}
