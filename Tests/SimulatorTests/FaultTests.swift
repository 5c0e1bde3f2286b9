import Primitives
import Testing

@testable import Simulator

/// Faults of single hosts and prefixes: that they strike, what they do, and that nothing is violated.
@Suite("Faults of hosts and prefixes") struct FaultTests {
    /// Short runs: these are compiled without optimisation.
    private static func small(_ change: (inout Scenario) -> Void) -> Scenario {
        var scenario = Scenario()
        (scenario.honestNodes, scenario.dialledLinks) = (6, 2)
        (scenario.activeSeconds, scenario.settleSeconds) = (60, 120)
        change(&scenario)
        return scenario
    }

    @Test("a prefix that is cut off talks within, and to all others again when the cut is over")
    func prefixes() throws {
        let scenario = Self.small {
            (
                $0.honestNodes, $0.netgroups, $0.prefixes, $0.partitionSeconds, $0.sampleSeconds
            ) = (8, 2, 1, 50, 5)
        }
        let simulation = Simulation(scenario, seed: 3)
        let groups = Set(simulation.hosts.map(\.address.netgroup))
        #expect(groups.count == 2)
        let fault = try #require(simulation.plan.first)
        simulation.strike(fault)
        let inside = simulation.hosts[fault.host].address.netgroup
        for one in simulation.hosts {
            for other in simulation.hosts {
                let isBetween =
                    (one.address.netgroup == inside) != (other.address.netgroup == inside)
                #expect(simulation.isCut(one.index, other.index) == isBetween)
            }
        }
        let report = Simulation(scenario, seed: 3).run()
        #expect(report.violations == [])
        #expect(try report.figure("fault.prefix") == 1)
        let held = report.rows.filter { $0.metric == "convergence" }.map(\.value)
        #expect((held.min() ?? 1) < 0.9 && held.last == 1)
    }

    @Test(
        "nobody reaches who is behind NAT, and all that it says arrives: it dials",
        arguments: [1, 5])
    func nat(hidden: Int) throws {
        let scenario = Self.small {
            $0.behindNAT = hidden
            ($0.resets, $0.storms, $0.crashes, $0.settleSeconds) = (2, 1, 1, 200)
        }
        let simulation = Simulation(scenario, seed: 2)
        let report = simulation.run()
        #expect(report.violations == [])
        #expect(simulation.hosts.count(where: \.isBehindNAT) == hidden)
        #expect(simulation.connections.count > 5)
        #expect(simulation.connections.allSatisfy { !simulation.hosts[$0.listener].isBehindNAT })
        #expect(try report.figure("vain_dials") > 0)
        #expect(try report.figure("deliveries") >= report.figure("published") * 5)
    }

    @Test("where everybody dialled is behind NAT and nobody dials past it, some are alone")
    func natBites() {
        let simulation = Simulation(Self.small { $0.behindNAT = 1 }, seed: 2)
        for host in simulation.hosts { host.isBehindNAT = true }
        let found = Set(simulation.run().violations.map(\.invariant))
        #expect(found.contains("no-honest-link") && found.contains("not-converged"))
    }

    @Test("the oracle sees a disk that never catches up")
    func slowDisk() {
        let scenario = Self.small { ($0.netCommitMilliseconds, $0.checks) = (30_000, "light") }
        let found = Simulation(scenario, seed: 1).run().violations.map(\.invariant)
        #expect(found.contains("queue-not-drained"), "\(Set(found))")
    }

    @Test("a stopped process does nothing, and then all that waited, in its order")
    func paused() throws {
        let simulation = Simulation(Self.small { $0.jitterMilliseconds = 0 }, seed: 1)
        simulation.run(through: 30_000)
        let host = simulation.hosts[2]
        let frontiers = simulation.hosts.map { host.frontier(of: $0.publicKey) }
        let life = host.life
        let clock = simulation.moment(host).monotonicMilliseconds
        let fault = Fault(kind: .pause, host: 2, draw: Self.sleep, lasts: 20_000)
        simulation.strike(fault)
        simulation.run(through: 49_999)
        #expect(simulation.hosts.map { host.frontier(of: $0.publicKey) } == frontiers)
        let waiting = try #require(host.pause?.waiting)
        #expect(waiting.count > 5)
        let frames = waiting.compactMap { event -> Int? in
            if case .frame(let connection, _, _) = event { connection } else { nil }
        }
        #expect(!frames.isEmpty)
        simulation.run(through: 55_000)
        #expect(host.pause == nil && host.life == life && simulation.pausedHosts == 0)
        #expect(host.clockLag == 20_000)
        #expect(simulation.moment(host).monotonicMilliseconds < clock + 5_001)
        let later = simulation.hosts.map { host.frontier(of: $0.publicKey) }
        #expect(later != frontiers)
        #expect(simulation.run().violations == [])
    }

    /// A draw under which the clock stands still and all links are kept.
    private static let sleep: UInt64 = {
        (0...10_000).first {
            var random = SeededRandom(seed: $0)
            return (0..<8).allSatisfy { _ in random.below(2) == 0 }
        } ?? 0
    }()

    @Test("nodes that stand still longer than a heartbeat, or die meanwhile, catch up")
    func longPauses() throws {
        let scenario = Self.small {
            ($0.activeSeconds, $0.settleSeconds, $0.partitionSeconds) = (150, 150, 120)
            ($0.pauses, $0.crashes, $0.powerCuts, $0.clockJumps) = (4, 3, 1, 2)
        }
        for seed: UInt64 in 1...2 {
            let report = Simulation(scenario, seed: seed).run()
            #expect(report.violations == [], "seed \(seed)")
            #expect(try report.figure("fault.pause") == 4, "seed \(seed)")
        }
    }
}
