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
        (scenario.colluders, scenario.sybilsPerHead) = (attack == .multiGiga ? 0.4 : 0.15, 6)
        (scenario.regionSybils, scenario.regionEdges) = (16, 2)
        // The network without attackers is much the same for all of them.
        scenario.hasTwin = attack == .slander || attack == .giga
        if attack == .teams || attack == .collusionRing {
            // Of three items, which is all that the others push here, a list of 20 holds all or none.
            (scenario.honestNodes, scenario.circles, scenario.colluders) = (30, 3, 0.08)
            scenario.spamItems = 10
        }
        return scenario
    }

    @Test(
        "each attack bites an engine without defence, and ours as little as is written here",
        arguments: RecommendationAttack.allCases.filter { $0 != .none && $0 != .slander })
    func bites(attack: RecommendationAttack) throws {
        // With seed 2 two users trust the team, none of them near those who are asked; with seed 1 eight do.
        let report = Simulation(Self.small(attack), seed: attack == .teams ? 1 : 2).run()
        #expect(report.violations.isEmpty, "\(report.violations.map(\.invariant))")
        #expect(try report.figure("verdict.rejected.malformed") == 0)
        func spam(_ method: ListJudge.Method, _ suffix: String = "") throws -> Double {
            try report.figure("spam_at_20\(suffix).\(method.rawValue)")
        }
        let effect = Self.effect(of: attack)
        #expect(try spam(effect.bitten) >= effect.bite, "\(effect.bitten)")
        for (method, most) in [(ListJudge.Method.tsalsa, effect.tsalsa), (.taste, effect.taste)] {
            #expect(try spam(method) <= most, "\(method): at most \(most)")
            // Whom nobody trusts gains exactly nothing.
            guard most == 0 else { continue }
            #expect(try report.figure("spam_share.\(method.rawValue)") == 0, "\(method)")
        }
        guard Self.small(attack).hasTwin else { return }
        for method in ListJudge.Method.allCases {
            #expect(try spam(method, RecommendationStudy.twinSuffix) == 0, "\(method)")
        }
    }

    @Test("T31: slander drives real items out of a list by votes, and not out of ours")
    func slander() throws {
        let report = Simulation(Self.small(.slander), seed: 2).run()
        #expect(report.violations.isEmpty, "\(report.violations.map(\.invariant))")
        func gone(_ method: ListJudge.Method) throws -> Double {
            try report.figure("slandered_gone_at_20.\(method.rawValue)")
        }
        // Of 2.6 of the three that a list showed.
        #expect(try gone(.votes) >= 2)
        // People whom some trust are gone from among those who like them: that costs any engine some, and ours no more.
        #expect(try gone(.tsalsa) <= 0.75)
        #expect(try gone(.taste) <= 1)
    }

    /// Spam items among the first 20 that an attack gets at least, by an engine without defence, and at most by ours.
    private struct Effect {
        var bitten = ListJudge.Method.salsa
        var bite = 6.0
        let tsalsa: Double
        let taste: Double
    }

    /// What one seed gave when this was written, and room for half an item. Two or three of 16 users turned, so that the
    /// trust in them is a large part of all; where `taste` has 3.5, it shows every item of the team that is near. Three spam
    /// items are all that there are under `sybil-region` and `free-riders`, ten under `collusion-ring` and `teams`.
    private static func effect(of attack: RecommendationAttack) -> Effect {
        switch attack {
        case .sybilChain: Effect(tsalsa: 0.9, taste: 3.6)
        case .sybilStar: Effect(tsalsa: 0.9, taste: 3.3)
        case .sybilCycle: Effect(tsalsa: 0.9, taste: 3.5)
        case .giga: Effect(tsalsa: 0.9, taste: 3.2)
        case .multiGiga: Effect(tsalsa: 0.5, taste: 1.5)
        case .camouflage: Effect(tsalsa: 0.9, taste: 2.8)
        case .betrayal: Effect(tsalsa: 0.9, taste: 2.3)
        // Among the most popular nothing else fits in: it bites who walks from item to item.
        case .piggyBack: Effect(tsalsa: 0.9, taste: 0.9)
        case .whitewash: Effect(tsalsa: 0, taste: 0)
        case .freeRiders: Effect(bite: 3, tsalsa: 0, taste: 0)
        case .sybilRegion: Effect(bitten: .popularity, bite: 3, tsalsa: 1.25, taste: 2.9)
        case .collusionRing: Effect(bitten: .popularity, bite: 10, tsalsa: 5.5, taste: 4.5)
        case .teams: Effect(bitten: .popularity, bite: 10, tsalsa: 4.75, taste: 4.25)
        case .none, .slander: Effect(bite: 0, tsalsa: 0, taste: 0)
        }
    }

    @Test("lists are judged twice alike, and find held-out items where nobody attacks")
    func peace() throws {
        let first = Simulation(Self.small(.none), seed: 3).run()
        let second = Simulation(Self.small(.none), seed: 3).run()
        #expect(first.rows == second.rows && first.traceHash == second.traceHash)
        #expect(try first.figure("recall_at_20.tsalsa") > 0.1)
        #expect(try first.figure("attack.identities") == 0)
    }
}
