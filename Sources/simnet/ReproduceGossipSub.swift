import ArgumentParser
import Simulator

struct ReproduceGossipSub: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gossipsub",
        abstract:
            "Delivery among 1,000 honest nodes while 4,000 Sybils announce and do not deliver.",
        discussion: """
            Three networks of scenario gossipsub: without Sybils, with Sybils from the start (cold boot), \
            and with Sybils that come when the network is warm. See docs/research/gossipsub.md.
            """)

    @Option(help: "Honest nodes; the scenario has four Sybils for each.")
    var honest = 1_000

    @Flag(help: "20 honest nodes: seconds instead of minutes.")
    var quick = false

    @Option(help: "First seed.")
    var seed: UInt64 = 1

    @Option(help: "Seeds that each row is a mean of.")
    var seeds: UInt64 = 1

    @OptionGroup var output: ReproductionOutput

    func validate() throws {
        guard (8...10_000).contains(honest) else {
            throw ValidationError("--honest takes 8 to 10000")
        }
        guard (1...1_000).contains(seeds) else { throw ValidationError("--seeds takes 1 to 1000") }
    }

    func run() throws {
        let study = GossipSubStudy(try ScenarioFile.load("gossipsub"), honest: quick ? 20 : honest)
        var rows: [GossipSubStudy.Row] = []
        for setting in GossipSubStudy.Setting.allCases {
            for number in seed..<seed + seeds {
                var bar = ProgressBar()
                rows.append(
                    study.run(setting, seed: number) { bar.show($0, of: $1, setting.rawValue) })
                bar.finish()
            }
        }
        try output.give(
            markdown: GossipSubStudy.markdown(rows), tsv: GossipSubStudy.tsv(rows),
            name: "gossipsub.tsv")
    }
}
