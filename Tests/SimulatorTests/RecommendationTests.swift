import Testing

@testable import Simulator

/// Each attack in a network of 16 honest users, small because these are compiled without optimisation;
/// docs/simulator.md has larger ones.
@Suite("Recommendation attackers")
struct RecommendationTests {
    private static func small(_ attack: RecommendationAttack) -> Scenario {
        var scenario = Scenario()
        scenario.attack = attack.rawValue
        (scenario.egos, scenario.honestNodes, scenario.dialledLinks) = (8, 16, 2)
        (scenario.activeSeconds, scenario.settleSeconds, scenario.sampleSeconds) = (40, 30, 1_000)
        (scenario.actionSeconds, scenario.items, scenario.likes) = (2, 120, 12)
        (scenario.circles, scenario.friends, scenario.judgedWalks) = (2, 4, 200)
        (scenario.colluders, scenario.sybilsPerHead) = (0.15, 6)
        (scenario.regionSybils, scenario.regionEdges) = (16, 2)
        return scenario
    }

    private static func figure(_ name: String, _ report: RunReport) throws -> Double {
        try #require(report.figures.first { $0.name == name }?.value, "\(name)")
    }

    @Test(
        "each attack bites an engine without defence, and one of ours less",
        arguments: RecommendationAttack.allCases.filter { $0 != .none })
    func bites(attack: RecommendationAttack) throws {
        let report = Simulation(Self.small(attack), seed: 2).run()
        #expect(report.violations.isEmpty, "\(report.violations.map(\.invariant))")
        #expect(try Self.figure("verdict.rejected.malformed", report) == 0)
        func spam(_ method: ListJudge.Method, _ suffix: String = "") throws -> Double {
            try Self.figure("spam_at_20\(suffix).\(method.rawValue)", report)
        }
        let undefended = max(try spam(.salsa), try spam(.popularity))
        let ours = min(try spam(.tsalsa), try spam(.taste))
        switch attack {
        case .slander:
            // Real items: they should neither rise nor be driven out.
            for method in [ListJudge.Method.tsalsa, .taste] {
                let before = try spam(method, RecommendationStudy.twinSuffix)
                #expect(try spam(method) > before / 2, "\(method)")
            }
        case .freeRiders, .whitewash:
            // Whom nobody trusts gains exactly nothing.
            #expect(undefended >= 3)
            for method in [ListJudge.Method.tsalsa, .taste] {
                #expect(try spam(method) == 0, "\(method)")
                #expect(try Self.figure("spam_share.\(method.rawValue)", report) == 0)
            }
        default:
            #expect(undefended >= 3 && ours < undefended, "\(ours) of \(undefended)")
            for method in ListJudge.Method.allCases {
                #expect(try spam(method, RecommendationStudy.twinSuffix) == 0, "\(method)")
            }
        }
    }

    @Test("lists are judged twice alike, and find held-out items where nobody attacks")
    func peace() throws {
        let first = Simulation(Self.small(.none), seed: 3).run()
        let second = Simulation(Self.small(.none), seed: 3).run()
        #expect(first.rows == second.rows && first.traceHash == second.traceHash)
        #expect(try Self.figure("recall_at_20.tsalsa", first) > 0.1)
        #expect(try Self.figure("attack.identities", first) == 0)
    }
}
