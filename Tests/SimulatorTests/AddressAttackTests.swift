import Simulator
import Testing

/// Rows T24 and T25 of the threat model with whole nodes: what attackers on addresses do to overlays of ours, and to
/// the same overlays without the rule that holds them off.
@Suite("Attacks on addresses") struct AddressAttackTests {
    /// Little is said in it: these are compiled without optimisation.
    private static func quiet(_ honest: Int, _ change: (inout Scenario) -> Void) -> Scenario {
        var scenario = Scenario()
        (scenario.honestNodes, scenario.anchors, scenario.netgroups) = (honest, 1, 65_536)
        (scenario.hasDiscovery, scenario.checks) = (true, "light")
        (scenario.actionSeconds, scenario.antiEntropySeconds) = (1_800, 600)
        (scenario.sampleSeconds, scenario.dialledTwice) = (300, 0)
        change(&scenario)
        return scenario
    }

    /// Every user has named one of two poisoners, and so believes what it tells.
    private static func poisoned(restSeconds: Int) -> Scenario {
        quiet(6) {
            ($0.activeSeconds, $0.settleSeconds) = (4_200, 240)
            ($0.addressPoisoners, $0.poisonedAnchors, $0.hostileLinks) = (2, 1, 2)
            $0.probeRestSeconds = restSeconds
        }
    }

    @Test(
        "T25: a victim is disturbed at most once an hour by a node, with less than what its enemies send"
    )
    func poisoners() throws {
        let report = Simulation(Self.poisoned(restSeconds: 3_600), seed: 1).run()
        #expect(report.violations == [])
        let dials = try report.figure("victim_dials")
        // The lie is believed, and twice at most by each of six nodes in 74 minutes.
        #expect(dials >= 3 && dials <= 12)
        let reflection = try report.figure("victim_reflection")
        #expect(reflection > 0 && reflection < 1)
        // Nobody is kept from its peers by thousands of addresses of nobody.
        #expect(try report.figure("overlay_eclipsed") == 0)
    }

    @Test("T25: nodes that leave nobody alone disturb the victim again and again")
    func poisonersBite() {
        let report = Simulation(Self.poisoned(restSeconds: 0), seed: 1).run()
        #expect(report.violations.contains { $0.invariant == "victim-probed" })
        #expect(report.violations.allSatisfy { $0.invariant == "victim-probed" })
    }

    /// Five attackers with a prefix each among 25, ten keys each; three of four peers that a user named are theirs.
    private static func surrounded(countsPrefixes: Bool) -> Scenario {
        quiet(20) {
            ($0.activeSeconds, $0.settleSeconds) = (1_500, 300)
            ($0.adaptiveEclipsers, $0.eclipserKeys, $0.poisonedAnchors) = (5, 10, 3)
            ($0.crashes, $0.countsPrefixes) = (8, countsPrefixes)
        }
    }

    @Test("T24: who holds a fifth of all prefixes surrounds nobody's overlay, whatever its keys")
    func eclipsers() throws {
        let report = Simulation(Self.surrounded(countsPrefixes: true), seed: 1).run()
        #expect(report.violations == [])
        #expect(try report.figure("overlay_malicious_groups") == 0.2)
        #expect(try report.figure("overlay_eclipsed") == 0)
        // The bar of 1.3 is for ten hours in a large network (docs/overlay.md): here three of four were hostile first.
        #expect(try report.figure("overlay_malicious_share") < 0.45)
    }

    @Test("T24: nodes that count keys and not prefixes are mostly linked to the attackers")
    func eclipsersBite() throws {
        let report = Simulation(Self.surrounded(countsPrefixes: false), seed: 1).run()
        #expect(try report.figure("overlay_malicious_share") > 0.6)
    }
}
