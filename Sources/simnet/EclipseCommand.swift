import ArgumentParser
import Simulator

struct EclipseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eclipse",
        abstract: "Surround the overlays of a whole network, and say how far it got (T24, T25).",
        discussion: """
            Real overlays, made-up links, and with --anchors honest friends who are linked for good. One \
            line for each share of attackers, number of keys and seed: honest nodes without an honest \
            outbound peer at the end and at worst after the tenth round, the attackers' share of outbound \
            links over their share of network groups, and the most failed dials of one host by one node \
            within an hour. Exit code 1 when a bar of threats.md is missed: \
            nobody eclipsed up to 20 %, a ratio up to 1.3, one probe an hour.
            """)

    @Option(help: "Honest nodes.")
    var honest = 1_000
    @Option(help: "Shares of network groups that attackers hold, as in 0.1,0.2,0.3.")
    var attackers = "0.1,0.2,0.3"
    @Option(help: "Node keys of an attacker, as in 1,20.")
    var keys = "1,20"
    @Option(help: "Share of attackers among the addresses that a node starts with.")
    var poisoned = 0.75
    @Option(help: "Honest friends that a node is linked with for good, mean.")
    var anchors = 0
    @Option(help: "Links that an attacker opens for every one of an honest node.")
    var push = 10
    @Option(help: "Rounds of ten minutes, the time between two questions to one peer.")
    var rounds = 60
    @Option(help: "First seed.")
    var seed: UInt64 = 1
    @Option(help: "Seeds.")
    var seeds: UInt64 = 1

    func validate() throws {
        guard (2...20_000).contains(honest) else {
            throw ValidationError("--honest takes 2 to 20000")
        }
        guard shares.allSatisfy({ (0..<0.9).contains($0) }), !shares.isEmpty else {
            throw ValidationError("--attackers takes shares from 0 to 0.9, as in 0.1,0.2")
        }
        guard keyCounts.allSatisfy({ (1...250).contains($0) }), !keyCounts.isEmpty else {
            throw ValidationError("--keys takes numbers from 1 to 250, as in 1,20")
        }
        guard (0...1).contains(poisoned) else { throw ValidationError("--poisoned takes 0 to 1") }
        guard (0...32).contains(anchors) else { throw ValidationError("--anchors takes 0 to 32") }
        guard (1...100_000).contains(rounds), (0...1_000).contains(push), seeds > 0 else {
            throw ValidationError("--rounds takes 1 to 100000, --push 0 to 1000, --seeds 1 or more")
        }
    }

    private var shares: [Double] { attackers.split(separator: ",").map { Double($0) ?? -1 } }
    private var keyCounts: [Int] { keys.split(separator: ",").map { Int($0) ?? 0 } }

    func run() throws {
        var isMissed = false
        Console.print(
            "anchors\tattackers\tkeys\tseed\teclipsed\tworst\tmalicious_share\tratio\toutbound\tprobes"
        )
        for share in shares {
            for count in keyCounts {
                for number in seed..<seed + seeds {
                    let outcome = study(share, count, number)
                    let ratio = share > 0 ? outcome.maliciousShare / share : 0
                    Console.print(
                        [
                            "\(anchors)", "\(share)", "\(count)", "\(number)",
                            "\(outcome.eclipsed)",
                            "\(outcome.worstEclipsed)", rounded(outcome.maliciousShare),
                            rounded(ratio), rounded(outcome.outboundLinks),
                            "\(outcome.probesPerHostHour)",
                        ].joined(separator: "\t"))
                    isMissed =
                        isMissed || (share <= 0.2 && outcome.eclipsed > 0) || ratio > 1.3
                        || outcome.probesPerHostHour > 1
                }
            }
        }
        if isMissed { throw ExitCode(1) }
    }

    private func study(_ share: Double, _ count: Int, _ number: UInt64) -> EclipseStudy.Outcome {
        var study = EclipseStudy(
            EclipseStudy.Plan(
                seed: number, honest: honest, attackers: share, keysPerAttacker: count,
                pushFactor: push, poisoned: poisoned, anchors: anchors, rounds: rounds))
        var bar = ProgressBar()
        defer { bar.finish() }
        return study.run { bar.show(UInt64($0), of: UInt64(rounds), "\(share), \(count) keys") }
    }

    private func rounded(_ value: Double) -> String {
        "\((value * 1_000).rounded() / 1_000)"
    }
}
