import NodeCore
import Primitives

/// What is asked of overlays: whom they disturb (threats.md, T25) and whom they are surrounded by (T24).
extension Simulation {
    /// Time in which a node does not dial again who did not answer.
    private static let probeMilliseconds: UInt64 = 3_600_000
    /// Two SYN packets of 60 bytes, the second after a second: what the kernel sends before the transport gives up.
    private static let probeBytes = 120
    /// Up to this share of attackers among all prefixes nobody may be surrounded (T24).
    private static let toleratedShare = 0.2
    /// As long as for any link, see `no-honest-link`.
    private static let loneMilliseconds: UInt64 = 60_000
    /// Eight that stay, two while others take their place, and two that are only tried or tested.
    private static let mostLinks = OverlayLimits().outbound + 4
    /// Before, overlays are still looking for peers.
    private static let beginningMilliseconds: UInt64 = 3_600_000

    /// A process dials a host at most once an hour that does not answer.
    func noteVainDial(_ address: NetworkAddress, _ host: Host) {
        guard host.isHonest else { return }
        discovery.failures += 1
        if address.isSameHost(as: Lies.victim) { discovery.victimDials += 1 }
        let dial = Discovery.VainDial(
            host: host.index, life: host.life, high: address.high, low: address.low)
        let last = discovery.vainDials.updateValue(now, forKey: dial)
        oracle.check(
            last.map { now - $0 >= Self.probeMilliseconds } ?? true, "victim-probed", host, now,
            "\(address) was dialled again after \(now - (last ?? now)) ms")
    }

    /// Takes note of since when a host has no link that it chose, or that its user did, to anybody honest.
    func noteChosen(_ host: Host) {
        let isChosen = host.links.contains { number in
            let peer = peer(of: LinkID(UInt64(number)), from: host)
            let isOutbound = connections[number].dialler == host.index
            // Of two links with an anchor the one that the anchor dialled may be the one that is kept.
            return peer.isHonest && (isOutbound || isNamed(peer, by: host))
        }
        if isChosen {
            host.unchosenSince = nil
        } else if host.unchosenSince == nil {
            host.unchosenSince = now
        }
    }

    func checkOverlays(_ honest: [Host]) {
        guard scenario.hasDiscovery, scenario.settleSeconds >= 120,
            hostileGroupShare <= Self.toleratedShare
        else { return }
        for host in honest {
            let alone = host.unchosenSince.map { now - $0 } ?? 0
            oracle.check(
                alone < Self.loneMilliseconds, "no-honest-outbound", host, now, "for \(alone) ms")
        }
    }

    /// Links that a host's overlay dialled and that are up: to honest hosts, and all.
    private func chosenLinks(of host: Host) -> (honest: Int, all: Int) {
        let peers = host.learnt.compactMap { edge -> Host? in
            guard let number = edges[edge].connection, connections[number].isUpAtDialler else {
                return nil
            }
            return hosts[edges[edge].listener]
        }
        return (peers.count(where: \.isHonest), peers.count)
    }

    /// Share of the prefixes of all hosts that are hostile hosts'.
    private var hostileGroupShare: Double {
        var (honest, hostile): (Set<Netgroup>, Set<Netgroup>) = ([], [])
        for host in hosts {
            if host.isHonest {
                honest.insert(host.address.netgroup)
            } else {
                hostile.insert(host.address.netgroup)
            }
        }
        return Double(hostile.count) / Double(max(1, honest.union(hostile).count))
    }

    /// Honest hosts whose overlay holds links and none to anybody honest.
    private func eclipsed() -> Int {
        hosts.count { host in
            guard host.isHonest, host.isRunning else { return false }
            let links = chosenLinks(of: host)
            return links.all > 0 && links.honest == 0
        }
    }

    /// Figures of the overlays, in one order; none where addresses are not exchanged.
    var overlayFigures: [(name: String, value: Double)] {
        guard scenario.hasDiscovery else { return [] }
        var (links, hostile, running) = (0, 0, 0)
        for host in hosts where host.isHonest && host.isRunning {
            let chosen = chosenLinks(of: host)
            running += 1
            links += chosen.all
            hostile += chosen.all - chosen.honest
        }
        let told = discovery.hostileAnswerBytes
        return [
            ("overlay_links", Double(links) / Double(max(1, running))),
            ("overlay_malicious_share", Double(hostile) / Double(max(1, links))),
            ("overlay_malicious_groups", hostileGroupShare),
            ("overlay_eclipsed", Double(eclipsed())),
            ("overlay_worst_eclipsed", Double(discovery.worstEclipsed)),
            ("overlay_dials", Double(discovery.dials)),
            ("overlay_vain_dials", Double(discovery.failures)),
            ("overlay_refused_links", Double(discovery.refused)),
            ("victim_dials", Double(discovery.victimDials)),
            (
                "victim_reflection",
                Double(discovery.victimDials * Self.probeBytes) / Double(max(1, told))
            ),
        ]
    }

    func sampleOverlays() {
        guard scenario.hasDiscovery else { return }
        for host in hosts where host.isHonest && host.isRunning {
            let links = chosenLinks(of: host).all
            oracle.check(
                links <= Self.mostLinks, "overlay-over-cap", host, now,
                "\(links) links that its overlay dialled")
        }
        guard now >= Self.beginningMilliseconds else { return }
        discovery.worstEclipsed = max(discovery.worstEclipsed, eclipsed())
    }
}
