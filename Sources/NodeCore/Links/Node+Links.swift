import Primitives
import Records

/// Links: greeting, liveness, and what ends one.
extension Node {
    /// The newest version of the protocol, and the oldest that is spoken unless the configuration says otherwise.
    public static let protocolVersion: UInt64 = 1

    mutating func linkUp(
        _ link: LinkID, _ key: NodeKey, _ direction: LinkDirection, _ now: Moment,
        _ effects: inout [Effect]
    ) {
        guard key != configuration.nodeKey else {
            effects.append(.disconnect(link, .selfLink))
            return
        }
        guard !isBanned(key, now) else {
            effects.append(.disconnect(link, .protocolViolation))
            return
        }
        let state = LinkState(
            nodeKey: key, direction: direction, session: nextEffect().raw,
            now: now.monotonicMilliseconds, limits: limits)
        guard links.set(link, state) else {
            effects.append(.disconnect(link, .overloaded))
            return
        }
        if direction == .outbound { effects.append(.send(link, .hello(hello(at: now)))) }
        dropUnderPressure(sparing: link, now, &effects)
    }

    mutating func linkDown(_ link: LinkID, _ now: Moment, _ effects: inout [Effect]) {
        guard let state = links.remove(link) else { return }
        overlayDown(link, now)
        wantsTotal -= state.wants.count
        for feed in state.ranges.keys { release(feed, from: link) }
        replaceUpstream(link, now, &effects)
    }

    mutating func frame(
        _ bytes: [UInt8], from link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        guard let slot = links.slot(of: link) else { return }
        let isReady = links[slot: slot].isReady
        let frame: Frame
        do {
            if isReady, let records = try Frame.recordsOfPush(bytes) {
                pushed(records, by: link, now, &effects)
                return
            }
            frame = try Frame.decode(bytes)
        } catch {
            breakLink(link, .malformed, &effects)
            return
        }
        if case .hello(let hello) = frame {
            greet(hello, on: link, now, &effects)
            return
        }
        guard isReady else {
            breakLink(link, .unexpected, &effects)
            return
        }
        ready(frame, link, now, &effects)
    }

    private mutating func ready(
        _ frame: Frame, _ link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        switch frame {
        case .hello: break
        case .ping(let nonce): effects.append(.send(link, .pong(nonce: nonce)))
        case .pong(let nonce): pong(nonce, on: link, now)
        case .goodbye(let reason): effects.append(.disconnect(link, reason))
        case .push(let records):
            pushed(records.map { $0[...] }, by: link, now, &effects)
        case .announce(let entries): announced(entries, by: link, now, &effects)
        case .graft(let tags): grafted(tags, by: link)
        case .prune(let tags): pruned(tags, by: link)
        case .frontier(let frontier): told(frontier, by: link, now, &effects)
        case .sketch(let part): sketched(part, by: link, now, &effects)
        case .sketchRequest(let request): symbolsAsked(request, by: link, now, &effects)
        case .sketchResult(let result): sketchEnded(result, by: link, &effects)
        case .rangeRequest(let request): asked(request, by: link, &effects)
        case .rangeResponse(let response): answered(response, by: link, now, &effects)
        case .forkProof(let one, let other):
            proved(one, other, by: link, now, &effects)
        case .invitation(let claim):
            guard let key = nodeKey(of: link) else { return }
            effects.append(.invitationClaimed(link, key, claim))
        case .addressRequest(let record): addressesAsked(record, by: link, now, &effects)
        case .addressResponse(let records): addressesTold(records, by: link, now, &effects)
        }
    }

    /// Whose link it is. `links[link]` would copy all that is known of it.
    func nodeKey(of link: LinkID) -> NodeKey? {
        guard let slot = links.slot(of: link) else { return nil }
        return links[slot: slot].nodeKey
    }

    /// Ends a link that no honest peer would need ended.
    mutating func breakLink(
        _ link: LinkID, _ reason: RejectReason, _ effects: inout [Effect]
    ) {
        counts.count(.reject(reason))
        effects.append(.disconnect(link, .protocolViolation))
    }

    /// Blames the direct sender, never the author; too much blame ends the link.
    mutating func blame(_ link: LinkID?, _ now: Moment, _ effects: inout [Effect]) {
        guard let link else { return }
        noteRejected(link, now)
        let limit = limits.rejectionsPerLink
        let isOver = links.update(link) { state in
            state.rejections += 1
            return state.rejections == limit
        }
        if isOver == true {
            ban(link, now)
            effects.append(.disconnect(link, .protocolViolation))
        }
    }

    private func hello(at now: Moment) -> Hello {
        Hello(
            minimumVersion: configuration.versions.lowerBound,
            maximumVersion: configuration.versions.upperBound,
            network: configuration.network, capabilities: capabilities, time: now.wall,
            maximumFrameBytes: UInt64(WireLimits.frameBytes))
    }

    private mutating func greet(
        _ hello: Hello, on link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        guard let state = links[link], !state.isReady else {
            breakLink(link, .unexpected, &effects)
            return
        }
        guard hello.network == configuration.network else {
            effects.append(.disconnect(link, .otherNetwork))
            return
        }
        guard speaksWithUs(hello, state.nodeKey) else {
            effects.append(.disconnect(link, .noCommonVersion))
            return
        }
        if state.direction == .inbound { effects.append(.send(link, .hello(self.hello(at: now)))) }
        // No clock says more than that, so no sum of two times leaves 64 bits.
        let time = min(hello.time.milliseconds, 1 << 62)
        let offset = Int64(time) - Int64(clamping: now.monotonicMilliseconds)
        let growsTrees = limits.upstreams > 0
        links.update(link) { state in
            state.open()
            state.clockOffsetMilliseconds = offset
            state.sketches = hello.capabilities & Hello.sketches != 0
            state.trees = growsTrees && hello.capabilities & Hello.trees != 0
        }
        if let claim = claims[state.nodeKey] { effects.append(.send(link, .invitation(claim))) }
        meet(state.nodeKey, now)
        scores.update(state.nodeKey) { $0.note(version: hello.maximumVersion) }
        overlayUp(link, hello, now)
        if own.headCheck != nil { askForOwnHead(link, now, &effects) }
        reconcile(link, now, &effects)
        giveUpDuplicate(of: link, &effects)
    }

    /// Whether there is a version that both speak; not for a peer that once spoke a newer one that would be taken:
    /// whoever makes it speak an older one wants something of that (T39).
    private mutating func speaksWithUs(_ hello: Hello, _ peer: NodeKey) -> Bool {
        let own = configuration.versions
        let common = min(hello.maximumVersion, own.upperBound)
        guard common >= max(hello.minimumVersion, own.lowerBound) else { return false }
        guard common >= min(scores[peer]?.newestVersion ?? 0, own.upperBound) else {
            counts.count(.reject(.unexpected))
            return false
        }
        return true
    }

    /// Two nodes that dialled each other keep the link that the smaller node key dialled. The dialler of the
    /// other gives it up, so that exactly one side acts.
    private func giveUpDuplicate(of link: LinkID, _ effects: inout [Effect]) {
        guard let key = nodeKey(of: link), configuration.nodeKey > key else { return }
        let same = links.keys.enumerated().filter { position, _ in
            links.values[position].nodeKey == key && links.values[position].isReady
        }
        guard same.count > 1, same.contains(where: { links.values[$0.0].direction == .inbound })
        else { return }
        for (position, other) in same where links.values[position].direction == .outbound {
            effects.append(.disconnect(other, .duplicate))
        }
    }

    mutating func redeem(_ claim: InvitationClaim, at key: NodeKey, _ effects: inout [Effect]) {
        guard claims.set(key, claim) else { return }
        for (position, link) in links.keys.enumerated()
        where links.values[position].nodeKey == key && links.values[position].isReady {
            effects.append(.send(link, .invitation(claim)))
        }
    }

    private mutating func pong(_ nonce: UInt64, on link: LinkID, _ now: Moment) {
        links.update(link) { state in
            guard let ping = state.ping, ping.nonce == nonce else { return }
            state.roundTripMilliseconds = now.monotonicMilliseconds - ping.sentAt
            state.ping = nil
        }
    }

    /// Deadlines of every link; also finds when the next one is due.
    mutating func runLinkTimers(_ now: Moment, _ effects: inout [Effect]) {
        let time = now.monotonicMilliseconds
        for (slot, link) in links.keys.enumerated() {
            let due = links[slot: slot].timers
            guard time >= due.next else { continue }
            guard links[slot: slot].isReady else {
                effects.append(.disconnect(link, .protocolViolation))
                continue
            }
            if time >= due.ping { ping(link, now, &effects) }
            expireRanges(of: link, now)
            if time >= due.frontier {
                wantAgain(from: link)
                askBlocks(link, now, &effects)
                let isWhole =
                    links[slot: slot].frontierRounds % configuration.fullFrontierRounds
                    == configuration.fullFrontierRounds - 1
                if isWhole {
                    links[slot: slot].forgetBeginnings()
                    reconcile(link, now, &effects)
                } else {
                    tellFrontier(link, whole: false, now, &effects)
                }
            }
            expireSketch(link, now, &effects)
            if time >= links[slot: slot].timers.scan { pump(link, now, &effects) }
        }
    }

    private mutating func ping(_ link: LinkID, _ now: Moment, _ effects: inout [Effect]) {
        let nonce = random.next() >> 8
        let next = now.monotonicMilliseconds + limits.pingMilliseconds
        links.update(link) { state in
            state.ping = (nonce, now.monotonicMilliseconds)
            state.timers.ping = next
        }
        effects.append(.send(link, .ping(nonce: nonce)))
    }

    /// When `endOfTurn` is next needed even if nothing arrives; monotonic milliseconds.
    public var nextDeadline: UInt64? {
        // Asked after every turn: nothing is allocated.
        var next = min(ranking.dueAt ?? .max, headCheckDeadline ?? .max)
        next = min(next, rebuilds.retryAt ?? .max, ownClaimEnd ?? .max)
        next = min(next, announceAt ?? .max, awaitedDue ?? .max)
        next = min(next, stem?.until ?? .max)
        next = min(next, overlayDeadline ?? .max, storeRestsUntil ?? .max)
        for slot in links.keys.indices { next = min(next, links[slot: slot].timers.next) }
        return next == .max ? nil : next
    }
}
