import Testing

@testable import Simulator

@Suite("GossipSub's Sybils")
struct GossipSubTests {
    /// As simnet/scenarios/gossipsub.toml, which tests do not read.
    private static var scenario: Scenario {
        var scenario = Scenario()
        (scenario.checks, scenario.agreement) = ("light", "held")
        (scenario.honestNodes, scenario.dialledLinks, scenario.dialledTwice) = (1_000, 10, 0)
        (scenario.authors, scenario.trustNeighbours) = (20, 8)
        (scenario.activeSeconds, scenario.warmUpSeconds, scenario.settleSeconds) = (30, 12, 15)
        (scenario.sampleSeconds, scenario.retractions) = (5, 0)
        (scenario.feedLimit, scenario.strangerLimit) = (64, 64)
        (scenario.delayMilliseconds, scenario.jitterMilliseconds) = (25, 3)
        (scenario.rankingDebounceSeconds, scenario.antiEntropySeconds) = (2, 60)
        (scenario.droppers, scenario.hostileLinks) = (4_000, 20)
        return scenario
    }

    @Test("four Sybils an honest node, from the start or later, keep nothing and delay little")
    func quick() {
        let study = GossipSubStudy(Self.scenario, honest: 20)
        let rows = GossipSubStudy.Setting.allCases.map { study.run($0, seed: 1) }
        for row in rows {
            #expect(row.violations == 0 && row.held == 1, "\(row)")
            #expect(row.p99Milliseconds <= 1_200, "\(row)")
        }
        #expect(rows.map(\.sybils) == [0, 80, 80])
        // They are there: honest nodes send them what they ask for.
        #expect(rows[1].bytesPerDelivery > 1.1 * rows[0].bytesPerDelivery, "\(rows)")
    }
}
