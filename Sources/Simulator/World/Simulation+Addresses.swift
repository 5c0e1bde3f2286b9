import Primitives

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
}
