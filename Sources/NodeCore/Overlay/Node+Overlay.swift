public import Primitives
public import Records

/// The exchange of addresses: frames and links to the overlay, its wishes to the driver.
extension Node {
    mutating func noteOrigin(_ origin: LinkOrigin, of link: LinkID) {
        guard let state = links[link] else { return }
        links.update(link) { $0.isAnchor = origin.isAnchor }
        addresses?.links.set(
            link, AddressLink(key: state.nodeKey, direction: state.direction, origin: origin))
    }

    /// The greeting is over: the overlay hears of the link.
    mutating func overlayUp(_ link: LinkID, _ hello: Hello, _ now: Moment) {
        guard var state = addresses?.links[link] else { return }
        state.isReady = true
        state.exchanges = hello.capabilities & Hello.addresses != 0
        addresses?.links.set(link, state)
        addresses?.overlay.linkUp(
            state.key, state.origin.address.netgroup, state.direction,
            isAnchor: state.origin.isAnchor, at: now)
        addresses?.isDue = true
    }

    mutating func overlayDown(_ link: LinkID, _ now: Moment) {
        guard let state = addresses?.links.remove(link), state.isReady else { return }
        addresses?.isDue = true
        let others = addresses?.links.values.filter { $0.key == state.key && $0.isReady } ?? []
        // Of two links with the peer its own is gone: what we dialled is as it was.
        if state.direction == .inbound, others.contains(where: { $0.direction == .outbound }) {
            return
        }
        addresses?.overlay.linkDown(state.key)
        // Ours was given up: the other is none of the overlay's making.
        guard let other = others.first else { return }
        addresses?.overlay.linkUp(
            other.key, other.origin.address.netgroup, .inbound, isAnchor: other.origin.isAnchor,
            at: now)
    }

    mutating func dialEnded(_ key: NodeKey, _ now: Moment) {
        addresses?.overlay.dialFailed(key, at: now)
        addresses?.isDue = true
    }

    var capabilities: UInt64 {
        Hello.sketches | (limits.upstreams > 0 ? Hello.trees : 0)
            | (exchangesAddresses ? Hello.addresses : 0)
    }

    private var exchangesAddresses: Bool {
        addresses.map { $0.settings.scope != .heard } ?? false
    }

    var overlayDeadline: UInt64? { addresses?.overlay.nextDeadline }

    mutating func turnOverlay(_ now: Moment, _ effects: inout [Effect]) {
        guard let isDue = addresses?.isDue,
            isDue || now.monotonicMilliseconds >= overlayDeadline ?? .max
        else { return }
        addresses?.isDue = false
        let idle = idlePeer(now)
        guard let actions = addresses?.overlay.turn(at: now, idle: idle) else { return }
        for action in actions {
            guard case .ask(let key) = action else {
                effects.append(.overlay(action))
                continue
            }
            ask(key, &effects)
        }
    }

    private mutating func ask(_ key: NodeKey, _ effects: inout [Effect]) {
        guard exchangesAddresses, let book = addresses,
            let link = book.links.keys.enumerated().first(where: { position, _ in
                let state = book.links.values[position]
                return state.key == key && state.isReady && state.exchanges
            })?.element
        else { return }
        addresses?.links.update(link) { $0.isAsked = true }
        effects.append(.send(link, .addressRequest(book.own)))
    }

    /// A peer asks whom we know, and may say where it is itself.
    mutating func addressesAsked(
        _ record: AddressRecord?, by link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        guard let state = addresses?.links[link], state.isReady else { return }
        let time = now.monotonicMilliseconds
        // One answer a peer in ten minutes, before anything is verified (threats.md, T25).
        guard addresses?.noteAnswer(to: state.key, at: time) == true else { return }
        if let record { learn([record], over: state, now) }
        guard let book = addresses, let told = addresses?.overlay.answer(to: state.key, at: now)
        else { return }
        // What was heard on the local net stays there.
        let records =
            [book.own].compactMap { $0 }
            + told.compactMap(\.record).filter { book.settings.admits($0.address) }
        effects.append(.send(link, .addressResponse(Array(records.prefix(WireLimits.addresses)))))
    }

    mutating func addressesTold(
        _ records: [AddressRecord], by link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        guard let state = addresses?.links[link], state.isAsked else {
            breakLink(link, .unexpected, &effects)
            return
        }
        addresses?.links.update(link) { $0.isAsked = false }
        learn(records, over: state, now)
    }

    /// Takes records whose signatures hold. What a peer says of itself counts more than what it says of others.
    private mutating func learn(
        _ records: [AddressRecord], over link: AddressLink, _ now: Moment
    ) {
        for record in records {
            guard let known = known(record, now.wall) else { continue }
            var source = AddressSource.peer(link.origin.address.netgroup)
            let isItself =
                known.key == link.key && known.address.isSameHost(as: link.origin.address)
            if isItself { source = .itself }
            if link.origin.isAnchor { source = .anchor }
            addresses?.overlay.learn([known], from: source, at: now)
            addresses?.isDue = true
            // The link itself shows that the address works: it was dialled. An anchor's is believed.
            let isProven =
                link.direction == .outbound
                ? known.address == link.origin.address : link.origin.isAnchor
            if isItself, isProven { addresses?.overlay.confirm(known.key) }
        }
    }

    /// A node of the local net says where it is. Whoever is on that net can send such a datagram in anybody's name, so
    /// only the host that it comes from may be named in it, and all of them together are one network group, unless the
    /// user says that the hosts of the net are known.
    mutating func heard(_ record: AddressRecord, from source: NetworkAddress, _ now: Moment) {
        guard let settings = addresses?.settings, record.address.isNear, record.address.port != 0,
            record.address.isSameHost(as: source), var known = verified(record, now.wall)
        else { return }
        known.sharesGroup = settings.scope != .local
        addresses?.overlay.learn([known], from: .itself, at: now)
        addresses?.isDue = true
    }

    /// What a record says; nil when it is forged, of our own node, expired, or not for our scope.
    private func known(_ record: AddressRecord, _ wall: Instant) -> KnownNode? {
        guard let book = addresses, book.settings.admits(record.address) else { return nil }
        return verified(record, wall)
    }

    private func verified(_ record: AddressRecord, _ wall: Instant) -> KnownNode? {
        let latest = AddressRecord.lifetimeMilliseconds + limits.futureMilliseconds
        guard record.expires > wall,
            record.expires.milliseconds(since: wall) <= latest,
            let key = record.nodeKey(network: configuration.network, scheme: scheme),
            key != configuration.nodeKey
        else { return nil }
        return KnownNode(key: key, record: record)
    }

    /// Gives back what `knownAddresses` said before a restart: nodes that answered then. Expired ones too:
    /// they are not passed on, and dialling tells whether they are still there.
    public mutating func restore(_ records: [AddressRecord], at now: Moment) {
        let nodes = records.compactMap { record -> KnownNode? in
            guard let book = addresses, book.settings.admits(record.address),
                let key = record.nodeKey(network: configuration.network, scheme: scheme),
                key != configuration.nodeKey
            else { return nil }
            return KnownNode(key: key, record: record)
        }
        addresses?.overlay.restore(nodes, at: now)
    }

    /// What outlives a restart: the addresses of nodes that answered, those linked now first.
    public var knownAddresses: [AddressRecord] {
        addresses?.overlay.saved.compactMap(\.record) ?? []
    }

    /// For people to look at; nil without an exchange of addresses.
    public var overlaySummary: OverlaySummary? {
        addresses.map {
            OverlaySummary(
                announced: $0.own?.address, new: $0.overlay.newCount,
                tried: $0.overlay.triedNodes.count, outbound: $0.overlay.outboundNodes)
        }
    }
}
