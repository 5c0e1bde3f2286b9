import Testing

@testable import Simulator

@Suite("Recommendation attackers")
struct RecommendationTests {
    private static func small(_ attack: RecommendationAttack) -> Scenario {
        var scenario = Scenario()
        scenario.attack = attack.rawValue
        (scenario.egos, scenario.honestNodes, scenario.dialledLinks) = (8, 16, 2)
        (scenario.activeSeconds, scenario.settleSeconds, scenario.sampleSeconds) = (40, 40, 40)
        (scenario.actionSeconds, scenario.items, scenario.likes) = (2, 120, 12)
        (scenario.circles, scenario.friends, scenario.judgedWalks) = (2, 4, 500)
        (scenario.colluders, scenario.sybilsPerHead) = (0.15, 6)
        (scenario.regionSybils, scenario.regionEdges) = (16, 2)
        return scenario
    }

    @Test("each attack bites an undefended engine, and ours less", arguments: RecommendationAttack.allCases)
    func bites(attack: RecommendationAttack) throws {
        let report = Simulation(Self.small(attack), seed: 2).run()
        print("DBG", attack, report.figures.filter { $0.name.hasPrefix("spam_at") || $0.name.hasPrefix("attack.") || $0.name.hasPrefix("verdict.rejected.malf")}.map { "\($0.name.replacing("spam_at_20", with: "s").replacing("verdict.rejected.", with: ""))=\($0.value)" }.joined(separator: " "))
        #expect(report.violations.isEmpty, "\(report.violations.map(\.invariant))")
    }
}
