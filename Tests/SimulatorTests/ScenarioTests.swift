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
            ("[nodes]\nhonest = 4\nbehind_nat = 4", "line 3: nobody among 4 honest nodes"),
            ("[network]\nprefixes = 1\n[faults]\nprefixes = 1", "line 4: everybody is in one"),
            ("[run\nswarm = 1", "line 1"),
            ("[nodes]\nstore = \"sqlite\"", "line 2: real files hold real signatures only"),
            ("[faults]\nbit_flips = 1", "line 2: a store in memory has no bits"),
        ])
    func impossibleValue(text: String, message: String) {
        let failure = #expect(throws: ScenarioFailure.self) {
            try Scenario(toml: text, path: "x.toml")
        }
        #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "none")")
    }

    @Test(
        "an attack that a seed's community does not allow is refused with its line, and not run",
        arguments: [
            ("sybil-region", "region_sybils = 3\nregion_edges = 4", "each of the 4 attack edges"),
            ("sybil-region", "region_edges = 200\nregion_sybils = 500", "can be deceived"),
            ("slander", "likes = 1", "items have five holders"),
        ])
    func community(attack: String, keys: String, reason: String) throws {
        let text = "[recommendation]\negos = 4\nattack = \"\(attack)\"\n\(keys)\n"
        let scenario = try Scenario(toml: text, path: "x.toml")
        let place = Scenario.place(of: "recommendation.attack", in: text, path: "x.toml")
        let failure = #expect(throws: ScenarioFailure.self) {
            try scenario.checkCommunity(seed: 7, at: place)
        }
        #expect(failure?.message.hasPrefix("x.toml, line 3: ") == true)
        #expect(failure?.message.contains(reason) == true, "\(failure?.message ?? "none")")
        #expect(throws: Never.self) { try Scenario().checkCommunity(seed: 7, at: place) }
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
