import Simulator
import Testing

@Suite("Simulations") struct SimulationTests {
    /// Short runs: these are compiled without optimisation.
    private static func small(_ change: (inout Scenario) -> Void = { _ in }) -> Scenario {
        var scenario = Scenario()
        scenario.honestNodes = 5
        scenario.dialledLinks = 2
        scenario.activeSeconds = 60
        scenario.settleSeconds = 120
        scenario.lossPerMillion = 1000
        change(&scenario)
        return scenario
    }

    @Test("one seed does the same twice, another seed does something else")
    func determinism() {
        let scenario = Self.small { $0.crashes = 2 }
        let first = Simulation(scenario, seed: 7).run()
        let second = Simulation(scenario, seed: 7).run()
        #expect(first.traceHash == second.traceHash && first.events == second.events)
        #expect(Simulation(scenario, seed: 8).run().traceHash != first.traceHash)
    }

    /// The value is what a release build gave: `simnet run calm --seed 1`. It changes with every change of what a
    /// node does or says; then take the new one from a release build.
    @Test("debug and release have one trace hash")
    func releaseHash() {
        var scenario = Scenario()
        scenario.activeSeconds = 60
        scenario.settleSeconds = 60
        let report = Simulation(scenario, seed: 1).run()
        #expect(report.traceHashText == "e468652a22252e2b")
    }

    @Test("in a calm network everything that was published arrives everywhere")
    func calm() throws {
        let report = Simulation(Self.small { $0.lossPerMillion = 0 }, seed: 1).run()
        #expect(report.violations == [])
        let published = try report.figure("published")
        #expect(published > 40)
        #expect(try report.figure("deliveries") == published * 4)
    }

    @Test("real signatures give the same network as the keyed hash: nothing is violated")
    func realSignatures() throws {
        let scenario = Self.small {
            $0.fidelity = "full"
            $0.activeSeconds = 30
            $0.settleSeconds = 60
            $0.halvesForkers = 1
            $0.attackEdges = 1
        }
        let report = Simulation(scenario, seed: 3).run()
        #expect(report.violations == [])
        #expect(try report.figure("proven_forks") == 1)
    }

    @Test("every fault strikes, and the network recovers", arguments: [UInt64(1), 2])
    func faults(seed: UInt64) throws {
        let scenario = Self.small {
            $0.activeSeconds = 120
            $0.halves = 1
            $0.isolations = 1
            $0.oneWayCuts = 1
            $0.resets = 3
            $0.delaySpikes = 2
            $0.crashes = 2
            $0.powerCuts = 1
            $0.oldCopies = 1
            $0.clockJumps = 1
            $0.fullDisks = 1
            $0.brokenDisks = 1
            $0.stalls = 2
            $0.halfOpens = 2
            $0.storms = 1
            $0.partitionSeconds = 20
        }
        let report = Simulation(scenario, seed: seed).run()
        #expect(report.violations == [], "seed \(seed)")
        for name in ["halves", "reset", "crash", "power-cut", "clock-jump", "full-disk"]
            + ["stall", "half-open", "storm"]
        {
            #expect(try report.figure("fault.\(name)") > 0, "seed \(seed): \(name)")
        }
    }

    @Test("each Byzantine peer does its harm to nobody", arguments: ByzantineKind.allCases)
    func byzantine(kind: ByzantineKind) throws {
        let scenario = try {
            var scenario = Self.small {
                $0.activeSeconds = 40
                $0.settleSeconds = 110
                $0.attackEdges = 1
            }
            try scenario.set("byzantine.\(kind.rawValue)=1")
            return scenario
        }()
        let report = Simulation(scenario, seed: 5).run()
        #expect(report.violations == [], "\(kind)")
    }

    @Test(
        "T18: keys without end take the pool of a small store and no more, and put no friend out",
        arguments: [0, 1])
    func smallStore(attackEdges: Int) throws {
        let scenario = Self.small {
            $0.activeSeconds = 60
            $0.settleSeconds = 60
            $0.keySpinners = 2
            $0.spinnerKeys = 20
            $0.attackEdges = attackEdges
            $0.storeKibibytes = 512
        }
        let report = Simulation(scenario, seed: 4).run()
        #expect(report.violations == [])
        // They do come near: nobody asked less of the store than it holds.
        #expect(try report.figure("region_bytes") > 0.02)
    }

    @Test("T17: a flood by one trusted author delays nobody else's records by a tenth")
    func authorFlood() throws {
        /// The mean over seeds: one figure is a step of an eighth wide.
        func delay(flooders: Int) throws -> Double {
            let scenario = Self.small {
                $0.honestNodes = 7
                $0.lossPerMillion = 0
                ($0.activeSeconds, $0.settleSeconds, $0.warmUpSeconds) = (35, 8, 20)
                ($0.actionSeconds, $0.checks) = (1, "light")
                // A twentieth of the flood fills a link: where no rate is kept (mutant core-rates-ignored) the delay
                // is ten times as long.
                $0.bytesPerSecond = 6_000
                $0.authorFlooders = flooders
                $0.attackEdges = flooders
            }
            let seeds: ClosedRange<UInt64> = 1...3
            let delays = try seeds.map { seed in
                let report = Simulation(scenario, seed: seed).run()
                #expect(report.violations == [])
                // The flood is there, and what is over its author's rate is not looked at.
                let overRate = try report.figure("verdict.ignored.over-rate")
                #expect((overRate > 100) == (flooders > 0), "\(overRate)")
                return try report.figure("delay_p99_milliseconds")
            }
            return delays.reduce(0, +) / Double(delays.count)
        }
        let calm = try delay(flooders: 0)
        #expect(calm > 0)
        #expect(try delay(flooders: 1) <= 1.1 * calm)
    }

    @Test("nodes of an earlier version, thin links and late attackers keep nothing from anybody")
    func mixed() throws {
        let scenario = Self.small {
            $0.oldNodes = 2
            $0.bytesPerSecond = 20_000
            $0.droppers = 4
            $0.hostileFromSeconds = 20
            $0.hostileLinks = 3
        }
        let report = Simulation(scenario, seed: 4).run()
        #expect(report.violations == [])
        #expect(try report.figure("deliveries") == report.figure("published") * 4)
    }

    @Test("thin links delay what wide ones do not")
    func bandwidth() throws {
        func p99(_ bytesPerSecond: Int) throws -> Double {
            let scenario = Self.small {
                $0.lossPerMillion = 0
                $0.bytesPerSecond = bytesPerSecond
            }
            return try Simulation(scenario, seed: 1).run().figure("delay_p99_milliseconds")
        }
        #expect(try p99(2_000) > p99(0) + 50)
    }

    @Test("the oracle bites: nodes that cannot hold what everybody wants have not converged")
    func oracleBites() {
        let scenario = Self.small { $0.feedLimit = 3 }
        let report = Simulation(scenario, seed: 1).run()
        #expect(report.violations.contains { $0.invariant == "not-converged" })
    }
}
