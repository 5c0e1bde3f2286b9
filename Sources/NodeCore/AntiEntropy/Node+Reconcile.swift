import Primitives
import Records

/// Reconciliation: on a new link, and every so often on an old one, the two sides find out what their
/// frontiers do not share by a sketch (docs/protocol.md, section 7), at the cost of the difference and
/// not of the whole. The dialler sends symbols; the listener decodes and says what came out.
struct Reconciliation: Sendable {
    enum Role: Sendable {
        case sender(SketchEncoder)
        case receiver(SketchDecoder)
    }

    var role: Role
    /// The frontier that the sketch is of, in the order of its marks.
    let feeds: [(key: PublicKey, sequence: UInt64)]
    let positions: [SketchTag: Int]
    let deadline: UInt64

    var salt: UInt64 {
        switch role {
        case .sender(let encoder): encoder.salt
        case .receiver(let decoder): decoder.salt
        }
    }
}

extension Node {
    /// Brings both sides to know the other's frontier: by a sketch where both take it and it is shorter, by the
    /// whole frontier otherwise. Of two that take sketches the dialler begins.
    mutating func reconcile(_ link: LinkID, _ now: Moment, _ effects: inout [Effect]) {
        guard let state = links[link], state.sketches else {
            tellFrontier(link, whole: true, now, &effects)
            return
        }
        guard state.direction == .outbound else {
            // Only what changes from here on; the rest comes with the dialler's sketch. A short frontier is told
            // at once: it must not hang on the arrival of another frame.
            let isShort = tellableFeeds < limits.sketchedFeeds
            tellFrontier(link, whole: isShort, since: feeds.clock, now, &effects)
            return
        }
        let salt = random.next()
        let isShort = tellableFeeds < limits.sketchedFeeds
        guard !isShort, sketchCount < limits.sketches || state.reconciliation != nil else {
            let part = SketchPart(
                salt: salt, setSize: UInt64(tellableFeeds), first: 0, symbols: [])
            effects.append(.send(link, .sketch(part)))
            tellFrontier(link, whole: true, now, &effects)
            return
        }
        let frontier = markedFrontier(salt: salt)
        var encoder = SketchEncoder(frontier.marks, salt: salt)
        encoder.extend(to: limits.firstSymbols)
        effects.append(.send(link, .sketch(Self.part(of: encoder, from: 0))))
        begin(.sender(encoder), frontier, on: link, now)
        tellFrontier(link, whole: false, since: feeds.clock, now, &effects)
    }

    /// A peer sent symbols of its frontier.
    mutating func sketched(
        _ part: SketchPart, by link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        guard let state = links[link] else { return }
        if part.first == 0 {
            guard now.monotonicMilliseconds >= state.nextSketch else {
                conclude(.reject(.badSketch), link, now, &effects)
                return
            }
            let rested = now.monotonicMilliseconds + limits.sketchRestMilliseconds
            links.update(link) { $0.nextSketch = rested }
            guard !part.symbols.isEmpty else {
                tellFrontier(link, whole: true, now, &effects)
                return
            }
            guard sketchCount < limits.sketches || state.reconciliation != nil else {
                giveUpSketch(part.salt, on: link, now, &effects)
                return
            }
            let frontier = markedFrontier(salt: part.salt)
            let decoder = SketchDecoder(
                SketchEncoder(frontier.marks, salt: part.salt), remoteCount: part.setSize)
            begin(.receiver(decoder), frontier, on: link, now)
        }
        guard var sketch = links[link]?.reconciliation, case .receiver(var decoder) = sketch.role,
            decoder.salt == part.salt, UInt64(decoder.symbolCount) == part.first
        else { return }
        decoder.take(part.symbols)
        switch decoder.state {
        case .inconsistent:
            conclude(.reject(.badSketch), link, now, &effects)
            giveUpSketch(part.salt, on: link, now, &effects)
        case .done: settle(decoder, sketch, with: link, now, &effects)
        case .needsMore:
            guard let through = Self.nextSymbols(decoder) else {
                giveUpSketch(part.salt, on: link, now, &effects)
                return
            }
            sketch.role = .receiver(decoder)
            links.update(link) { $0.reconciliation = sketch }
            let request = SketchRequest(salt: part.salt, through: UInt64(through))
            effects.append(.send(link, .sketchRequest(request)))
        }
    }

    /// A peer asks for more symbols of ours, or for the whole frontier.
    mutating func symbolsAsked(
        _ request: SketchRequest, by link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        guard var sketch = links[link]?.reconciliation, case .sender(var encoder) = sketch.role,
            encoder.salt == request.salt
        else { return }
        guard request.through > 0 else {
            links.update(link) { $0.reconciliation = nil }
            tellFrontier(link, whole: true, now, &effects)
            return
        }
        let start = encoder.symbols.count
        // One frame's worth at a time: an honest peer asks for no more.
        let end = min(Int(request.through), start + WireLimits.symbolsPerFrame)
        guard end > start else { return }
        encoder.extend(to: end)
        effects.append(.send(link, .sketch(Self.part(of: encoder, from: start))))
        sketch.role = .sender(encoder)
        links.update(link) { $0.reconciliation = sketch }
    }

    /// A peer decoded our sketch: it told where it is ahead, and names what it does not know.
    mutating func sketchEnded(
        _ result: SketchResult, by link: LinkID, _ effects: inout [Effect]
    ) {
        guard let sketch = links[link]?.reconciliation, case .sender(let encoder) = sketch.role,
            encoder.salt == result.salt
        else { return }
        links.update(link) { $0.reconciliation = nil }
        let unknown = Set(result.unknown)
        var entries: [Frontier.Entry] = []
        for (position, feed) in sketch.feeds.enumerated() {
            guard let index = feeds.index(of: feed.key) else { continue }
            if unknown.contains(encoder.marks[position].tag) {
                entries.append(entry(of: index))
            } else {
                links.update(link) { $0.note(known: feed.sequence, of: index) }
            }
        }
        effects += Self.frontierFrames(entries).map { .send(link, $0) }
    }

    /// A sketch that takes too long gives way to the whole frontier.
    mutating func expireSketch(_ link: LinkID, _ now: Moment, _ effects: inout [Effect]) {
        guard let slot = links.slot(of: link),
            links[slot: slot].timers.sketch <= now.monotonicMilliseconds,
            let sketch = links[slot: slot].reconciliation
        else { return }
        giveUpSketch(sketch.salt, on: link, now, &effects)
    }

    var sketchCount: Int { links.values.count { $0.reconciliation != nil } }

    // MARK: Helpers

    private typealias MarkedFrontier = (
        feeds: [(key: PublicKey, sequence: UInt64)], marks: [FrontierMark]
    )

    private mutating func begin(
        _ role: Reconciliation.Role, _ frontier: MarkedFrontier, on link: LinkID, _ now: Moment
    ) {
        var positions: [SketchTag: Int] = [:]
        for (position, mark) in frontier.marks.enumerated() { positions[mark.tag] = position }
        let sketch = Reconciliation(
            role: role, feeds: frontier.feeds, positions: positions,
            deadline: now.monotonicMilliseconds + limits.sketchMilliseconds)
        links.update(link) { $0.reconciliation = sketch }
    }

    private mutating func giveUpSketch(
        _ salt: UInt64, on link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        links.update(link) { $0.reconciliation = nil }
        effects.append(.send(link, .sketchRequest(SketchRequest(salt: salt, through: 0))))
        tellFrontier(link, whole: true, now, &effects)
    }

    /// How many symbols to ask for in all; nil when the whole frontier is shorter or the cap is reached.
    ///
    /// A changed author is two differences and costs about 2 x 1.4 symbols of 19 B and half an entry of 43 B;
    /// told whole it costs two entries.
    private static func nextSymbols(_ decoder: SketchDecoder) -> Int? {
        let have = decoder.symbolCount
        let difference = decoder.estimatedDifference
        let entries = Int(clamping: decoder.remoteCount) + decoder.localMarks.count
        guard difference * 4 < entries * 3, have < Int(WireLimits.sketchSymbols) else { return nil }
        let wanted = max(difference + difference / 8, have + max(32, have / 8))
        return min(wanted, have + WireLimits.symbolsPerFrame, Int(WireLimits.sketchSymbols))
    }

    private static func part(of encoder: SketchEncoder, from start: Int) -> SketchPart {
        SketchPart(
            salt: encoder.salt, setSize: UInt64(encoder.marks.count), first: UInt64(start),
            symbols: Array(encoder.symbols[start...]))
    }

    private var tellableFeeds: Int {
        var count = 0
        feeds.forEach { _, feed in if feed.isTellable { count += 1 } }
        return count
    }

    private func markedFrontier(salt: UInt64) -> MarkedFrontier {
        var frontier: MarkedFrontier = ([], [])
        feeds.forEach { _, feed in
            guard feed.isTellable else { return }
            frontier.feeds.append((feed.key, feed.frontier))
            frontier.marks.append(FrontierMark(feed.frontierEntry, salt: salt, scheme: scheme))
        }
        return frontier
    }

    func entry(of index: FeedIndex) -> Frontier.Entry { feeds[index].frontierEntry }

    /// Both frontiers are known: tell where we are ahead, want where they are, ask about what is unknown.
    private mutating func settle(
        _ decoder: SketchDecoder, _ sketch: Reconciliation, with link: LinkID, _ now: Moment,
        _ effects: inout [Effect]
    ) {
        let (theirs, ours) = (decoder.theirs, decoder.ours)
        let surplus = Int64(clamping: decoder.remoteCount) - Int64(sketch.feeds.count)
        guard Int64(theirs.count) - Int64(ours.count) == surplus,
            ours.allSatisfy({ sketch.positions[$0.tag] != nil })
        else {
            conclude(.reject(.badSketch), link, now, &effects)
            giveUpSketch(decoder.salt, on: link, now, &effects)
            return
        }
        links.update(link) { $0.reconciliation = nil }
        var isShared = [Bool](repeating: true, count: sketch.feeds.count)
        for mark in ours {
            if let position = sketch.positions[mark.tag] { isShared[position] = false }
        }
        noteShared(sketch, isShared, link)
        var unknown: [SketchTag] = []
        var isBehind = Set<SketchTag>()
        for mark in theirs {
            guard let position = sketch.positions[mark.tag] else {
                unknown.append(mark.tag)
                continue
            }
            if heard(mark, of: sketch.feeds[position], from: link, now, &effects) {
                isBehind.insert(mark.tag)
            }
        }
        let ahead = ours.filter { !isBehind.contains($0.tag) }.compactMap { mark in
            sketch.positions[mark.tag].flatMap { feeds.index(of: sketch.feeds[$0].key) }
        }
        effects += Self.frontierFrames(ahead.map(entry)).map { .send(link, $0) }
        let result = SketchResult(salt: decoder.salt, unknown: unique(unknown))
        effects.append(.send(link, .sketchResult(result)))
        pump(link, now, &effects)
    }

    private mutating func noteShared(
        _ sketch: Reconciliation, _ isShared: [Bool], _ link: LinkID
    ) {
        for (position, feed) in sketch.feeds.enumerated() where isShared[position] {
            guard let index = feeds.index(of: feed.key) else { continue }
            links.update(link) { $0.note(known: feed.sequence, of: index) }
        }
    }

    /// The peer holds a feed of ours at another place. Whether it is ahead of us, or level on another history.
    private mutating func heard(
        _ mark: FrontierMark, of feed: (key: PublicKey, sequence: UInt64), from link: LinkID,
        _ now: Moment, _ effects: inout [Effect]
    ) -> Bool {
        guard let index = feeds.index(of: feed.key) else { return true }
        links.update(link) { $0.note(known: mark.sequence, of: index) }
        if mark.sequence == feed.sequence {
            probe(feed.key, at: feed.sequence, link, now, &effects)
            return false
        }
        guard mark.sequence > feed.sequence else { return false }
        if mark.sequence > feeds[index].tip {
            if feed.key == configuration.feed { noteOwnClaim(by: link, now) }
            want(feed.key, through: mark.sequence, from: link)
        }
        return true
    }

    private func unique(_ tags: [SketchTag]) -> [SketchTag] {
        var out: [SketchTag] = []
        for tag in tags.sorted() where out.last != tag { out.append(tag) }
        return out
    }
}

extension FeedState {
    /// Whether links hear how far we hold it.
    var isTellable: Bool { isHeld && !isFrozen }

    var frontierEntry: Frontier.Entry {
        Frontier.Entry(feed: key, sequence: frontier, headPrefix: head.raw.prefix64)
    }
}
