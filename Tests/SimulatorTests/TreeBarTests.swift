import Testing

@testable import Simulator

/// The bars of docs/protocol.md, section 5, on networks that a test has time for; `simnet run calibration` has larger ones.
@Suite("Push trees against their bars")
struct TreeBarTests {
    private static func steady(_ change: (inout Scenario) -> Void) -> Scenario {
        var scenario = Scenario()
        scenario.checks = "light"
        scenario.honestNodes = 40
        scenario.dialledLinks = 4
        scenario.dialledTwice = 0
        scenario.trustNeighbours = 2
        scenario.actionSeconds = 40
        scenario.items = 2_000
        scenario.retractions = 0
        scenario.warmUpSeconds = 100
        scenario.activeSeconds = 220
        scenario.settleSeconds = 30
        scenario.rankingDebounceSeconds = 1_000
        change(&scenario)
        return scenario
    }

    @Test(
        "copies and bytes a delivery, with one upstream and with two",
        arguments: [(upstreams: 1, copies: 1.3, bytes: 230.0), (2, 2.2, 380)])
    func economy(bar: (upstreams: Int, copies: Double, bytes: Double)) throws {
        let report = Simulation(
            Self.steady {
                $0.upstreams = bar.upstreams
                $0.trustedUpstreams = bar.upstreams
            }, seed: 3
        ).run()
        let figures = (
            try report.figure("copies_per_delivery"), try report.figure("bytes_per_delivery")
        )
        #expect(report.violations == [])
        #expect(figures.0 <= bar.copies && figures.1 <= bar.bytes, "\(figures)")
    }

    /// One in ten forwards nothing of others, one in ten nothing of the first author, and one frame in a thousand takes its
    /// link with it.
    @Test(
        "T27: silent peers, censors and loss keep no record from anybody, and nobody waits for long",
        arguments: [3, 4])
    func withheld(seed: UInt64) throws {
        let report = Simulation(
            Self.steady {
                $0.checks = "full"
                $0.honestNodes = 24
                $0.silent = 3
                $0.censors = 3
                $0.lossPerMillion = 1_000
            }, seed: seed
        ).run()
        #expect(report.violations == [], "seed \(seed)")
        let p99 = try report.figure("delay_p99_milliseconds")
        #expect(p99 <= 5_000, "seed \(seed): \(p99)")
    }
}
