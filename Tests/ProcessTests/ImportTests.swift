import Daemon
import Foundation
import Testbed
import Testing

extension ProcessTests {
    @Suite("Imports") struct Imports {
        @Test("bad lines are named with their numbers, and the rest goes in, once")
        func badLines() throws {
            try Bench.withChain(["ana", "ben"]) { network in
                let (ana, ben) = (network.nodes[0], network.nodes[1])
                let file = network.directory.appendingPathComponent("likes.tsv")
                let lines = [
                    "ana\tsong:1\t3", "ana\tsong:2\tmany", "ana\tsong:3\t2", "nonsense",
                    "ana\tsong:4\t-1", "ana\tsong:5\t1",
                ]
                try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
                let import1 = try ana.command(["import", "tsv", file.path, "--publish"])
                #expect(import1.exitCode == 2, "\(import1)")
                let words = import1.output + import1.errorOutput
                for number in [2, 4, 5] {
                    #expect(words.contains("likes.tsv:\(number) "), "\(words)")
                }
                for number in [1, 3, 6] {
                    #expect(!words.contains("likes.tsv:\(number) "), "\(words)")
                }
                try AgreementMonitor(nodes: network.nodes).wait(feeds: 2, records: 5, seconds: 20)
                try ben.waitUntilFresh()
                #expect(
                    try ben.edges(.interactions).map(\.target) == ["song:1", "song:3", "song:5"])

                let import2 = try ana.command(["import", "tsv", file.path, "--publish"])
                #expect(import2.exitCode == 2)
                #expect(try ana.status().records.own == 4)
            }
        }
    }
}
