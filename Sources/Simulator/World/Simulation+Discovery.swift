import NodeCore
import Primitives
import Records

/// What the overlays of a run did to others, beside what each host knows.
struct Discovery {
    /// A dial that found nobody: by whom, in which life, and which host.
    struct VainDial: Hashable {
        let host: Int
        let life: Int
        let high: UInt64
        let low: UInt64
    }

    /// When each was last dialled in vain.
    var vainDials: [VainDial: UInt64] = [:]
    /// Dials of learnt addresses, and those of them that led nowhere.
    var dials = 0
    var failures = 0
    /// Of these, at the address of the one whom poisoners want disturbed.
    var victimDials = 0
    /// Bytes of PX_RESP that hostile programs sent.
    var hostileAnswerBytes = 0
    /// Inbound links that were refused for their prefix.
    var refused = 0
    /// Most honest hosts, at any sample after an hour, whose overlay held links and none to anybody honest.
    var worstEclipsed = 0
    /// Hosts by address. No two have the same port.
    var places: [NetworkAddress: Int] = [:]
    /// What hostile programs have agreed among themselves.
    var team = EclipserTeam()
    var lies: Lies?
}

/// Links that nodes make because their overlay wants them: what the daemon does in `NodeLoop+Overlay`, over simulated
/// links.
extension Simulation {
    /// From SYN to giving up where nobody answers, as the transport's `connectMilliseconds`.
    private static let connectMilliseconds: UInt64 = 2_000
    private static let savingMilliseconds: UInt64 = 60_000
    private static let announcingMilliseconds = AddressRecord.lifetimeMilliseconds / 2
    /// Inbound links of one prefix, and all links, as the transport allows them (docs/protocol.md, "Limits").
    private static let inboundPerNetgroup = 2
    private static let connections = 256

    func overlaySettings(of host: Host) -> OverlaySettings? {
        guard scenario.hasDiscovery else { return nil }
        var settings = OverlaySettings(scope: .public, seed: host.overlaySeed)
        settings.limits.probeMilliseconds = UInt64(scenario.probeRestSeconds) * 1000
        return settings
    }

    /// The process of a host has started: it says where it is, and keeps its file from now on.
    func startDiscovery(_ host: Host) {
        guard scenario.hasDiscovery else { return }
        announce(host)
        schedule(
            .addresses(host: host.index, life: host.life), after: Self.savingMilliseconds)
    }

    func addressesDue(_ host: Host, _ life: Int) {
        guard host.life == life, let node = host.node else { return }
        host.keptAddresses = node.knownAddresses
        let age = moment(host).monotonicMilliseconds - host.announcedAt
        if age >= Self.announcingMilliseconds { announce(host) }
        schedule(.addresses(host: host.index, life: life), after: Self.savingMilliseconds)
    }

    private func announce(_ host: Host) {
        host.announcedAt = moment(host).monotonicMilliseconds
        feed(host, .announce(addressRecord(of: host)))
    }

    /// A host's own word where it is, from now on for a day.
    func addressRecord(of host: Host) -> AddressRecord? {
        host.nodeSigner.map {
            AddressRecord(
                signing: host.address,
                expires: moment(host).wall.advanced(
                    byMilliseconds: AddressRecord.lifetimeMilliseconds),
                network: network, signer: $0)
        }
    }

    // MARK: Dials

    func perform(_ action: OverlayAction, _ host: Host) {
        switch action {
        case .dial(let known): dial(known, from: host)
        case .hangUp(let key): hangUpLearnt(key, host)
        // The core asks over its links itself.
        case .ask: break
        }
    }

    private func dial(_ known: KnownNode, from host: Host) {
        // Whom the user named is dialled anyway.
        let isKnown =
            host.edges.contains { hosts[edges[$0].listener].nodeKey == known.key }
            || learntEdge(known.key, host) != nil
        guard !isKnown else { return feed(host, .dialFailed(known.key)) }
        discovery.dials += 1
        let listener = discovery.places[known.address].map { hosts[$0] }
        guard let listener, isReachable(listener, from: host), listener.nodeKey == known.key
        else {
            noteVainDial(known.address, host)
            // Where a kernel answers there is a refusal within a round trip.
            let isRefused = listener.map { isReachable($0, from: host) || !$0.isUp } ?? false
            let delay = isRefused ? UInt64(4 * scenario.delayMilliseconds + 1) : nil
            let answer = Event.answer(
                host: host.index, life: host.life, .dialFailed(known.key))
            schedule(answer, after: delay ?? Self.connectMilliseconds)
            return
        }
        connect(host, listener)
    }

    private func isReachable(_ listener: Host, from host: Host) -> Bool {
        listener.isUp && !listener.isBehindNAT && listener !== host
            && !isCut(host.index, listener.index) && !isCut(listener.index, host.index)
    }

    /// Begins a link that is not dialled again when it ends.
    private func connect(_ host: Host, _ listener: Host) {
        edges.append(Edge(dialler: host.index, listener: listener.index, isLearnt: true))
        host.learnt.append(edges.count - 1)
        connect(edges.count - 1)
    }

    /// A hostile program dials an address.
    func dial(_ address: NetworkAddress, from host: Host) {
        guard scenario.hasDiscovery, let listener = discovery.places[address].map({ hosts[$0] }),
            isReachable(listener, from: host), learntEdge(listener.nodeKey, host) == nil
        else { return }
        connect(host, listener)
    }

    private func learntEdge(_ key: NodeKey, _ host: Host) -> Int? {
        host.learnt.first { hosts[edges[$0].listener].nodeKey == key }
    }

    /// The listener's process died, or the path was cut, before the link was up.
    func learntDialFailed(_ number: Int) {
        let (host, listener) = (hosts[edges[number].dialler], hosts[edges[number].listener])
        forgetLearnt(number)
        noteVainDial(listener.address, host)
        feed(host, .dialFailed(listener.nodeKey))
    }

    func forgetLearnt(_ number: Int) {
        guard edges[number].isLearnt else { return }
        hosts[edges[number].dialler].learnt.removeAll { $0 == number }
    }

    /// The overlay wants a link, or a dial that took too long, to end. No farewell: the transport just closes.
    private func hangUpLearnt(_ key: NodeKey, _ host: Host) {
        guard let edge = learntEdge(key, host), let number = edges[edge].connection else { return }
        edges[edge].connection = nil
        forgetLearnt(edge)
        guard connections[number].isUpAtDialler else {
            noteVainDial(hosts[edges[edge].listener].address, host)
            return
        }
        connections[number].isEnded = true
        forget(number, at: host, atDialler: true)
        let arrival = max(connections[number].lastArrivalAtListener, now + 1)
        queue.push(.linkDown(connection: number, atDialler: false), at: arrival)
        feed(host, .linkDown(LinkID(UInt64(number))))
    }

    // MARK: At the listener

    /// Whether a listener takes an inbound link, by the prefix that it comes from.
    func takes(_ dialler: Host, _ listener: Host) -> Bool {
        guard scenario.hasDiscovery else { return true }
        guard listener.links.count < Self.connections else { return false }
        var others: [Int] = []
        for number in listener.links where connections[number].listener == listener.index {
            let other = hosts[connections[number].dialler]
            let isCounted =
                other !== dialler && other.address.netgroup == dialler.address.netgroup
            if isCounted, !others.contains(other.index) { others.append(other.index) }
        }
        return others.count < Self.inboundPerNetgroup
    }

    /// The dialler has its link, and learns after its first frame that it is not taken.
    func refuse(_ number: Int) {
        discovery.refused += 1
        let connection = connections[number]
        let roundTrip = UInt64(connection.delayToListener + connection.delayToDialler)
        schedule(.linkDown(connection: number, atDialler: true), after: roundTrip + 1)
    }

    // MARK: Hostile programs

    func tellPrograms(_ number: Int) {
        guard scenario.hasDiscovery else { return }
        let connection = connections[number]
        let (dialler, listener) = (hosts[connection.dialler], hosts[connection.listener])
        let link = LinkID(UInt64(number))
        if dialler.isProgram { run(dialler) { $0.linked(link, to: listener.address, .outbound) } }
        if listener.isProgram, connection.isUpAtListener {
            run(listener) { $0.linked(link, to: dialler.address, .inbound) }
        }
    }

    func tellProgramOfEnd(_ link: LinkID, _ host: Host) {
        guard scenario.hasDiscovery, host.isProgram else { return }
        run(host) { $0.unlinked(link) }
    }

    private func run(_ host: Host, _ step: (inout any ByzantineProgram) -> Void) {
        guard case .program(var program) = host.role else { return }
        step(&program)
        host.role = .program(program)
    }
}
