import FaultDisks
import Foundation
import Testing

@testable import Simulator

/// Hosts with own.db and net.db of the real store, on disks that fail.
@Suite("Simulations on real files") struct FileTests {
    /// Short runs: these are compiled without optimisation.
    private static func small(_ change: (inout Scenario) -> Void = { _ in }) -> Scenario {
        var scenario = Scenario()
        (scenario.fidelity, scenario.store) = ("full", "sqlite")
        (scenario.honestNodes, scenario.dialledLinks) = (4, 2)
        (scenario.activeSeconds, scenario.settleSeconds) = (60, 120)
        (scenario.actionSeconds, scenario.retractions) = (3, 0.1)
        change(&scenario)
        return scenario
    }

    @Test("files that nothing happens to behave as the memory store does: one trace hash")
    func model() throws {
        let files = Self.small { ($0.activeSeconds, $0.settleSeconds) = (30, 30) }
        var memory = files
        memory.store = "memory"
        let report = Simulation(files, seed: 1).run()
        #expect(report.violations == [])
        #expect(try report.figure("published") > 20)
        #expect(report.traceHash == Simulation(memory, seed: 1).run().traceHash)
    }

    @Test("every fault of a disk strikes the files, and one seed does the same twice")
    func faults() throws {
        let scenario = Self.small {
            ($0.powerCuts, $0.crashes, $0.fullDisks, $0.brokenDisks) = (4, 3, 2, 2)
            $0.partitionSeconds = 15
        }
        let report = Simulation(scenario, seed: 2).run()
        #expect(report.violations == [])
        for name in ["power-cut", "crash", "full-disk", "broken-disk"] {
            #expect(try report.figure("fault.\(name)") > 0, "\(name)")
        }
        #expect(try report.figure("failed_store_operations") > 0)
        #expect(Simulation(scenario, seed: 2).run().traceHash == report.traceHash)
    }

    @Test(
        "flipped bits and an old copy are told or do no harm: nobody believes what was not written")
    func damage() throws {
        for seed: UInt64 in 1...3 {
            let scenario = Self.small { ($0.bitFlips, $0.oldCopies, $0.crashes) = (4, 1, 1) }
            let report = Simulation(scenario, seed: seed).run()
            #expect(report.violations == [], "seed \(seed)")
            #expect(try report.figure("fault.bit-flip") == 4, "seed \(seed)")
        }
    }

    @Test("whose whole own feed vanished with its log asks for it before it says anything anew")
    func vanished() throws {
        let simulation = Simulation(Self.small(), seed: 1)
        simulation.run(through: 30_000)
        let host = simulation.hosts[2]
        let files = try #require(host.files)
        let head = host.store.own.last(host.publicKey)
        simulation.kill(host)
        // The header: SQLite then believes nothing that follows. As after a flip that a scenario asks for.
        host.ownBackup = host.store.own
        host.isDamaged = true
        try files.disk.flip(files.disk.directory + "/own.db-wal", offset: 16, mask: 1)
        simulation.run(through: 55_000)
        let found = try #require(host.node)
        #expect(files.hasLostOwnRecords || host.frontier(of: host.publicKey) >= head, "\(found)")
        let report = simulation.run()
        #expect(report.violations == [])
        #expect(head > 5 && host.store.own.last(host.publicKey) > head)
    }

    /// What acknowledged records stand on: the oracle must see it go.
    @Test("the oracle bites: a disk that lies about synchronisations loses acknowledged records")
    func lies() {
        let simulation = Simulation(Self.small { $0.powerCuts = 4 }, seed: 1)
        for host in simulation.hosts { host.files?.disk.loseSynchronisations() }
        let found = Set(simulation.run().violations.map(\.invariant))
        #expect(
            !found.isDisjoint(with: ["acknowledged-lost", "own-file-differs", "files-refused"]))
    }

    @Test("the scratch directory goes with its simulation")
    func scratch() throws {
        var simulation: Simulation? = Simulation(Self.small { $0.activeSeconds = 5 }, seed: 1)
        let path = try #require(simulation?.scratch?.path)
        simulation?.run(through: 5_000)
        #expect(FileManager.default.fileExists(atPath: path + "/0/data/own.db"))
        simulation = nil
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("a swarm has the files in the share of seeds that it says, and the others as they were")
    func share() {
        var scenario = Self.small { ($0.isSwarm, $0.fileSeedPercent, $0.bitFlips) = (true, 25, 2) }
        let drawn = (UInt64(1)...200).map { scenario.resolved(seed: $0) }
        #expect((30...70).contains(drawn.count { $0.store == "sqlite" }))
        #expect(drawn.contains { $0.bitFlips > 0 })
        #expect(drawn.allSatisfy { $0.store == "sqlite" || $0.bitFlips == 0 })
        scenario.store = "memory"
        scenario.bitFlips = 0
        for seed in UInt64(1)...200 where drawn[Int(seed) - 1].store == "memory" {
            #expect(scenario.resolved(seed: seed) == drawn[Int(seed) - 1])
        }
    }
}
