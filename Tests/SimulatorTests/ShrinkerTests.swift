import Simulator
import Testing

@Suite("Shrinking") struct ShrinkerTests {
    private static func large() -> Scenario {
        var scenario = Scenario()
        scenario.honestNodes = 12
        scenario.activeSeconds = 200
        scenario.crashes = 7
        scenario.resets = 9
        scenario.halves = 1
        scenario.keySpinners = 2
        scenario.lossPerMillion = 500
        return scenario
    }

    private static let finding = Shrinker.Finding(
        invariant: "bad", timeMilliseconds: 500_000, text: "bad: so")

    @Test("what the violation needs stays, everything else goes")
    func minimal() {
        var shrinker = Shrinker(Self.large(), finding: Self.finding, limit: 1000)
        shrinker.shrink { candidate in
            let isBad =
                candidate.crashes >= 3 && candidate.honestNodes >= 5
                && candidate.activeSeconds >= 17
            return isBad ? Self.finding : nil
        }
        let least = shrinker.scenario
        #expect(least.crashes == 3 && least.honestNodes == 5 && least.activeSeconds == 17)
        #expect(least.resets == 0 && least.halves == 0 && least.keySpinners == 0)
        #expect(least.lossPerMillion == 0 && least.dialledLinks == 1)
        #expect(!shrinker.isExhausted)
    }

    @Test("another violation is not taken for the same one, and the limit of runs holds")
    func others() {
        var shrinker = Shrinker(Self.large(), finding: Self.finding, limit: 10)
        shrinker.shrink { _ in
            Shrinker.Finding(invariant: "worse", timeMilliseconds: 1, text: "worse")
        }
        #expect(shrinker.scenario == Self.large())
        #expect(shrinker.isExhausted && shrinker.runs == 10)
    }

    @Test("a real violation shrinks to a scenario that reads back and violates the same, each time")
    func real() throws {
        var scenario = Scenario()
        scenario.honestNodes = 5
        scenario.dialledLinks = 2
        scenario.activeSeconds = 40
        scenario.settleSeconds = 60
        scenario.feedLimit = 3
        scenario.resets = 3
        func run(_ scenario: Scenario) -> Shrinker.Finding? {
            Simulation(scenario, seed: 2).run().violations.first.map {
                Shrinker.Finding(
                    invariant: $0.invariant, timeMilliseconds: $0.time, text: "\($0)")
            }
        }
        let finding = try #require(run(scenario))
        func shrunk() -> Scenario {
            var shrinker = Shrinker(scenario, finding: finding, limit: 40)
            shrinker.shrink(run: run)
            return shrinker.scenario
        }
        let least = shrunk()
        #expect(least == shrunk())
        #expect(least.resets == 0 && least.honestNodes < 5)
        let read = try Scenario(toml: least.shortTOML, path: "x.toml")
        #expect(read == least)
        #expect(run(read)?.invariant == finding.invariant)
    }
}
