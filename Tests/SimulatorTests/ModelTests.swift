import Simulator
import Testing

/// Fidelity `model` against the network that it stands for.
@Suite("The model of large networks") struct ModelTests {
    /// 1,000 nodes where the code is optimised; few where it is not, so that a test takes seconds.
    #if DEBUG
        private static let nodes = 30
    #else
        private static let nodes = 1000
    #endif

    private static func steady(_ change: (inout Scenario) -> Void = { _ in }) -> Scenario {
        var scenario = Scenario()
        scenario.checks = "light"
        scenario.honestNodes = nodes
        scenario.dialledLinks = 4
        scenario.dialledTwice = 0
        scenario.trustNeighbours = 2
        scenario.retractions = 0
        scenario.warmUpSeconds = 50
        scenario.activeSeconds = 150
        scenario.settleSeconds = 2
        scenario.actionSeconds = 20
        scenario.rankingDebounceSeconds = 1000
        scenario.modelRecords = 150
        change(&scenario)
        return scenario
    }

    private static func setTrees(_ upstreams: Int, _ scenario: inout Scenario) {
        scenario.upstreams = upstreams
        scenario.trustedUpstreams = upstreams == 0 ? 0 : 2
    }

    private static func nearly(_ left: Double, _ right: Double, within share: Double) -> Bool {
        abs(left - right) <= share * max(left, right)
    }

    /// Copies and bytes a delivery within 5 %; each point of the curve within one slot of its histogram, 12.5 %, and
    /// another for where the two random networks differ.
    @Test(
        "it gives copies, bytes and delays of the protocol at the same size, with trees and without",
        arguments: [0, 1, 2])
    func calibration(upstreams: Int) throws {
        let real = Simulation(Self.steady { Self.setTrees(upstreams, &$0) }, seed: 3).run()
        let model = Simulation(
            Self.steady {
                $0.fidelity = "model"
                Self.setTrees(upstreams, &$0)
            }, seed: 3
        ).run()
        #expect(real.violations == [])
        for name in ["copies_per_delivery", "bytes_per_delivery"] {
            let values = (try real.figure(name), try model.figure(name))
            #expect(
                values.0 > 0 && Self.nearly(values.0, values.1, within: 0.05), "\(name) \(values)")
        }
        for percent in [10, 50, 90, 99] {
            let name = "delay_p\(percent)_milliseconds"
            let values = (try real.figure(name), try model.figure(name))
            #expect(
                values.0 > 0 && Self.nearly(values.0, values.1, within: 0.25), "\(name) \(values)")
        }
    }

    @Test("one seed gives the same twice, another seed another network")
    func determinism() {
        let scenario = Self.steady { $0.fidelity = "model" }
        let first = Simulation(scenario, seed: 5).run()
        let second = Simulation(scenario, seed: 5).run()
        #expect(first.traceHash == second.traceHash)
        #expect(first.figures.map(\.value) == second.figures.map(\.value))
        #expect(Simulation(scenario, seed: 6).run().traceHash != first.traceHash)
    }

    @Test("what a node holds stays below its limits, and most of its records arrive")
    func interest() throws {
        let scenario = Self.steady {
            $0.fidelity = "model"
            $0.honestNodes = 400
            $0.feedLimit = 24
            $0.strangerLimit = 8
        }
        let report = Simulation(scenario, seed: 2).run()
        let feeds = try report.figure("node.feeds")
        #expect(feeds <= 24 && feeds > 16)
        #expect(try report.figure("coverage") > 0.8)
    }

    @Test("at constant interest a node of a network five times as large spends the same")
    func flat() throws {
        func day(_ nodes: Int) -> RunReport {
            let scenario = Self.steady {
                $0.fidelity = "model"
                $0.honestNodes = nodes
                $0.feedLimit = 24
                $0.strangerLimit = 8
                $0.modelRecords = 1500
            }
            return Simulation(scenario, seed: 1).run()
        }
        let reports = (day(400), day(2000))
        for name in ["node_day.bytes_sent", "node_day.cpu_seconds", "node.memory_bytes"] {
            let values = (try reports.0.figure(name), try reports.1.figure(name))
            #expect(
                values.0 > 0 && Self.nearly(values.0, values.1, within: 0.1), "\(name) \(values)")
        }
    }

    @Test("a fault that the model does not know is refused with its line")
    func noFaults() {
        let text = "[run]\nfidelity = \"model\"\n[faults]\ncrashes = 1\n"
        let failure = #expect(throws: ScenarioFailure.self) {
            try Scenario(toml: text, path: "x.toml")
        }
        #expect(failure?.message == "x.toml, line 4: fidelity model knows no faults.crashes")
    }
}
