public import Primitives
public import Records

/// How a node takes part in the exchange of addresses; none at all without one.
public struct OverlaySettings: Sendable {
    /// Which addresses are told, believed and dialled.
    public enum Scope: String, Hashable, Sendable {
        /// Those that anybody can reach.
        case `public`
        /// Also loopback and private ones, each a network group of its own: for a net whose hosts are known.
        case local
    }

    public var scope: Scope
    /// Secret, and kept with the addresses: see `Overlay`.
    public var seed: UInt64
    public var limits = OverlayLimits()

    public init(scope: Scope, seed: UInt64) {
        self.scope = scope
        self.seed = seed
    }

    /// Whether an address is for this scope.
    public func admits(_ address: NetworkAddress) -> Bool {
        switch scope {
        case .public: address.isPublic
        case .local: address.port != 0 && (address.isPublic || address.isNear)
        }
    }
}

/// Where a link leads, as the transport sees it.
public struct LinkOrigin: Hashable, Sendable {
    /// The other end: of an outbound link the address that was dialled.
    public var address: NetworkAddress
    /// The peer was named by the user, or invited: the overlay neither dials nor ends such links, and believes
    /// what such a peer tells.
    public var isAnchor: Bool

    public init(address: NetworkAddress, isAnchor: Bool) {
        self.address = address
        self.isAnchor = isAnchor
    }
}

/// What a node knows of other nodes' places, beside the overlay itself.
struct AddressBook: Sendable {
    let settings: OverlaySettings
    var overlay: Overlay
    /// Our own word where we are, if anybody may know.
    var own: AddressRecord?
    var links: BoundedTable<LinkID, AddressLink>
    /// When a peer was last answered: outlives its link, so that dialling again gains nothing.
    var answered: BoundedTable<NodeKey, UInt64>
    /// Something happened that the overlay has not looked at.
    var isDue = true

    init(_ settings: OverlaySettings, links count: Int) {
        self.settings = settings
        overlay = Overlay(
            seed: settings.seed, limits: settings.limits,
            at: Moment(wall: Instant(milliseconds: 0), monotonicMilliseconds: 0))
        links = BoundedTable(capacity: count)
        answered = BoundedTable(capacity: 4 * count)
    }
}

extension AddressBook {
    var census: [MapCensus] {
        overlay.census + [
            MapCensus(name: "address-links", count: links.count, capacity: links.capacity),
            MapCensus(name: "address-answers", count: answered.count, capacity: answered.capacity),
        ]
    }
}

struct AddressLink: Sendable {
    let key: NodeKey
    let direction: LinkDirection
    let origin: LinkOrigin
    /// The greeting is over.
    var isReady = false
    /// Whether the peer takes PX_REQ.
    var exchanges = false
    /// It owes us an answer.
    var isAsked = false
}

/// The exchange of addresses: frames and links to the overlay, its wishes to the driver.
extension Node {
    mutating func noteOrigin(_ origin: LinkOrigin, of link: LinkID) {
        guard let state = links[link] else { return }
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
        addresses?.overlay.linkDown(state.key)
        addresses?.isDue = true
        // Of two links with the peer one was given up: the other is none of the overlay's making.
        guard
            let other = addresses?.links.values.first(where: { $0.key == state.key && $0.isReady })
        else { return }
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
            | (addresses == nil ? 0 : Hello.addresses)
    }

    var overlayDeadline: UInt64? { addresses?.overlay.nextDeadline }

    mutating func turnOverlay(_ now: Moment, _ effects: inout [Effect]) {
        guard let book = addresses,
            book.isDue || now.monotonicMilliseconds >= book.overlay.nextDeadline
        else { return }
        addresses?.isDue = false
        guard let actions = addresses?.overlay.turn(at: now) else { return }
        for action in actions {
            guard case .ask(let key) = action else {
                effects.append(.overlay(action))
                continue
            }
            ask(key, &effects)
        }
    }

    private mutating func ask(_ key: NodeKey, _ effects: inout [Effect]) {
        guard let book = addresses,
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
        guard mayAnswer(state.key, time), var book = addresses else { return }
        if let record { learn([record], over: state, now) }
        guard let told = addresses?.overlay.answer(to: state.key, at: now) else { return }
        book = addresses ?? book
        let records = [book.own].compactMap { $0 } + told.compactMap(\.record)
        effects.append(.send(link, .addressResponse(Array(records.prefix(WireLimits.addresses)))))
    }

    private mutating func mayAnswer(_ key: NodeKey, _ time: UInt64) -> Bool {
        guard let book = addresses else { return false }
        let rest = book.settings.limits.answerMilliseconds
        if let last = book.answered[key], time < last + rest { return false }
        if book.answered.isFull {
            for (position, old) in book.answered.keys.enumerated()
            where book.answered.values[position] + rest <= time { addresses?.answered.remove(old) }
        }
        return addresses?.answered.set(key, time) ?? false
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

    /// What a record says; nil when it is forged, of our own node, expired, or not for our scope.
    private func known(_ record: AddressRecord, _ wall: Instant) -> KnownNode? {
        let latest = AddressRecord.lifetimeMilliseconds + limits.futureMilliseconds
        guard let book = addresses, book.settings.admits(record.address), record.expires > wall,
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

/// What a node knows of the network around it.
public struct OverlaySummary: Sendable {
    /// Where others are told that we are.
    public var announced: NetworkAddress?
    /// Nodes that were only told of, and nodes that answered.
    public var new: Int
    public var tried: Int
    /// Nodes that the overlay dialled and is linked with.
    public var outbound: [KnownNode]
}
