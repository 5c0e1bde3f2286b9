import Simulator
import Testing

@Suite("Scenarios") struct ScenarioTests {
    @Test("the file form of a scenario reads back as itself")
    func roundTrip() throws {
        var scenario = Scenario()
        scenario.honestNodes = 17
        scenario.actionSeconds = 2.5
        scenario.isSwarm = true
        scenario.keySpinners = 3
        #expect(try Scenario(toml: scenario.toml, path: "x.toml") == scenario)
    }

    @Test("an unknown key is refused with its line and the keys that exist")
    func unknownKey() {
        let text = "[run]\nchecks = \"full\"\n\n[faults]\ncrashs = 2\n"
        let failure = #expect(throws: ScenarioFailure.self) {
            try Scenario(toml: text, path: "x.toml")
        }
        #expect(failure?.message == "x.toml, line 5: there is no key faults.crashs")
        #expect(failure?.hint?.contains("faults.crashes") == true)
    }

    @Test(
        "an impossible value is refused with its line",
        arguments: [
            ("[nodes]\nhonest = 1", "line 2: nodes.honest cannot be 1"),
            ("[nodes]\nhonest = \"many\"", "line 2: nodes.honest cannot be \"many\""),
            ("[run]\n\nfidelity = \"exact\"", "line 3: run.fidelity cannot be \"exact\""),
            ("[trust]\nrewiring = 1.5", "line 2: trust.rewiring cannot be 1.5"),
            ("[trust]\nfree_riders = 8", "line 2: 8 free riders among 8 honest nodes"),
            ("[run]\nswarm = [1]", "line 2: run.swarm cannot be"),
            ("[run\nswarm = 1", "line 1"),
        ])
    func impossibleValue(text: String, message: String) {
        let failure = #expect(throws: ScenarioFailure.self) {
            try Scenario(toml: text, path: "x.toml")
        }
        #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "none")")
    }

    @Test("a change on the command line is held to the same rules")
    func change() throws {
        var scenario = Scenario()
        try scenario.set("faults.crashes=3")
        #expect(scenario.crashes == 3)
        #expect(throws: ScenarioFailure.self) { try scenario.set("faults.crashes") }
        #expect(throws: ScenarioFailure.self) { try scenario.set("faults.crashes=-1") }
    }

    @Test(
        "a swarm draws by its seed, never more than what is stated, and another seed draws other things"
    )
    func swarm() {
        var scenario = Scenario()
        scenario.isSwarm = true
        scenario.resets = 9
        scenario.crashes = 4
        let drawn = (UInt64(1)...50).map { scenario.resolved(seed: $0) }
        #expect(drawn.allSatisfy { $0.resets <= 9 && $0.crashes <= 4 && !$0.isSwarm })
        #expect(drawn.contains { $0.resets == 0 } && drawn.contains { $0.resets > 0 })
        #expect(drawn == (UInt64(1)...50).map { scenario.resolved(seed: $0) })
        #expect(Set(drawn).count > 40)
    }
}
