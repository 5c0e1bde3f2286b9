import NodeCore
import Primitives
import Records
import Testing

@testable import Simulator

/// Simulated hosts that carry out what their overlay wants.
@Suite("Discovery") struct DiscoveryTests {
    /// An hour and some minutes in which little is said: these are compiled without optimisation.
    private static func quiet(_ change: (inout Scenario) -> Void = { _ in }) -> Scenario {
        var scenario = Scenario()
        (scenario.honestNodes, scenario.anchors, scenario.netgroups) = (14, 1, 4_096)
        (scenario.hasDiscovery, scenario.checks) = (true, "light")
        (scenario.activeSeconds, scenario.settleSeconds) = (2_400, 120)
        (scenario.actionSeconds, scenario.antiEntropySeconds) = (600, 120)
        (scenario.sampleSeconds, scenario.dialledTwice) = (600, 0)
        change(&scenario)
        return scenario
    }

    @Test("nodes that begin with one friend each find the others, and all agree")
    func finds() throws {
        let simulation = Simulation(Self.quiet(), seed: 1)
        let report = simulation.run()
        #expect(report.violations == [])
        #expect(try report.figure("published") > 20)
        #expect(
            try report.figure("deliveries") == report.figure("published") * 13)
        // A node has one anchor and is the anchor of another: the rest it found.
        for host in simulation.hosts {
            let peers = Set(
                host.links.map { simulation.peer(of: LinkID(UInt64($0)), from: host).index })
            #expect(host.edges.count == 1 && peers.count >= 6, "host \(host.index)")
        }
    }

    @Test(
        "a node that starts again dials those who answered before, and no more than once those who do not"
    )
    func restarts() throws {
        let simulation = Simulation(Self.quiet { $0.behindNAT = 3 }, seed: 2)
        simulation.run(through: 2_000_000)
        simulation.now = 2_000_000
        let host = try #require(simulation.hosts.first { $0.keptAddresses.count > 3 })
        let kept = host.keptAddresses
        simulation.stop(host, noticedWithin: 200)
        // Its friends are out of reach: what it dials now it dials because its file says so.
        host.edges = []
        simulation.restart(host)
        #expect(host.node?.knownAddresses.count == kept.count)
        simulation.run(through: 2_040_000)
        let dialled = host.learnt.map { simulation.hosts[simulation.edges[$0].listener].address }
        #expect(dialled.count >= 3)
        #expect(dialled.allSatisfy { address in kept.contains { $0.address == address } })
        let report = simulation.run()
        #expect(report.violations.filter { $0.invariant == "victim-probed" } == [])
        #expect(try report.figure("overlay_vain_dials") > 0)
    }

    @Test("without the exchange of addresses nobody has more links than users named")
    func without() {
        let simulation = Simulation(Self.quiet { $0.hasDiscovery = false }, seed: 1)
        _ = simulation.run()
        #expect(simulation.hosts.allSatisfy { $0.learnt.isEmpty && $0.nodeSigner == nil })
    }
}
