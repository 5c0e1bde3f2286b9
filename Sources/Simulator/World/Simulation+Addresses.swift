import NodeCore
import Primitives
import Records

/// Where hosts are in the network, and who of them cannot be dialled.
extension Simulation {
    /// The first of the prefixes; public, of the 11.0.0.0/8 that no network of ours uses.
    private static let firstPrefix: UInt32 = 0x0B_00_00

    /// An address in a prefix that the seed draws.
    func address(_ index: Int) -> NetworkAddress {
        var random = SeededRandom(seed: seed, stream: "address \(index)")
        let prefix = Self.firstPrefix + UInt32(random.below(scenario.netgroups))
        return NetworkAddress(
            ipv4: prefix << 8 | UInt32(index & 0xff), port: UInt16(1 + index % 65_535))
    }

    /// Draws who is behind NAT.
    func hideBehindNAT() {
        guard scenario.behindNAT > 0 else { return }
        var random = SeededRandom(seed: seed, stream: "NAT")
        var order = Array(0..<scenario.honestNodes)
        random.shuffle(&order)
        for index in order.prefix(scenario.behindNAT) { hosts[index].isBehindNAT = true }
    }

    /// Where the next on the ring is dialled in vain, the next one that is not is dialled too: the honest
    /// stay connected through the honest.
    func dialPastNAT(_ index: Int, _ random: inout SeededRandom) {
        let ring = (1..<scenario.honestNodes).map { (index + $0) % scenario.honestNodes }
        guard let next = ring.first, hosts[next].isBehindNAT,
            let reachable = ring.first(where: { !hosts[$0].isBehindNAT })
        else { return }
        addEdge(index, reachable, &random)
    }

    // MARK: Exchange of addresses

    /// An eclipser has one prefix for all its keys; to nodes that count no prefixes each key is like any other host.
    func eclipserAddress(_ number: Int, _ key: Int) -> NetworkAddress {
        let group =
            scenario.countsPrefixes ? number : number * scenario.eclipserKeys + key
        return NetworkAddress(
            ipv4: (Self.firstHostilePrefix + UInt32(group % 65_536)) << 8 | UInt32(1 + key % 250),
            port: UInt16(1 + hosts.count % 65_535))
    }

    /// Of 12.0.0.0/8.
    private static let firstHostilePrefix: UInt32 = 0x0C_00_00

    /// The key pair of a node; nil where addresses are not exchanged.
    func nodeSigner(_ index: Int, _ keys: KeyMaker) -> (any Signer)? {
        guard scenario.hasDiscovery else { return nil }
        var random = SeededRandom(seed: seed, stream: "node \(index)")
        return keys.signer(&random)
    }

    /// The secret of a host's overlay, kept with its addresses.
    func overlaySeed(_ index: Int) -> UInt64 {
        var random = SeededRandom(seed: seed, stream: "overlay \(index)")
        return random.next()
    }

    /// In whose name a hostile node signs where it is.
    func nodePersona(_ host: Host) -> Persona {
        Persona(signer: host.nodeSigner ?? host.signer, network: network, scheme: scheme)
    }

    func lies(_ keys: KeyMaker) -> Lies {
        if let lies = discovery.lies { return lies }
        let lies = Lies(random: SeededRandom(seed: seed, stream: "lies")) { keys.signer(&$0) }
        discovery.lies = lies
        return lies
    }

    func eclipser(_ host: Host) -> AdaptiveEclipser {
        discovery.team.know(hosts.prefix(scenario.honestNodes).map(\.address))
        let member = discovery.team.add(host.nodeSigner ?? host.signer, at: host.address)
        return AdaptiveEclipser(member, of: discovery.team)
    }

    /// Whether a host's links follow from what it sees: nobody draws them for it.
    func dialsByItself(_ host: Host) -> Bool {
        guard scenario.hasDiscovery, case .program(let program) = host.role else { return false }
        return program is AdaptiveEclipser
    }

    /// Users name hostile peers that they were told of, beside their anchors: a poisoned start.
    func nameHostileAnchors() {
        let hostile = hosts.filter(\.isProgram)
        guard scenario.hasDiscovery, scenario.poisonedAnchors > 0, !hostile.isEmpty else { return }
        var random = SeededRandom(seed: seed, stream: "poisoned anchors")
        for index in 0..<scenario.honestNodes {
            for _ in 0..<scenario.poisonedAnchors {
                let peer = hostile[random.below(hostile.count)].index
                guard !isNamed(hosts[peer], by: hosts[index]) else { continue }
                hosts[index].edges.append(edges.count)
                edges.append(Edge(dialler: index, listener: peer))
            }
        }
    }
}
