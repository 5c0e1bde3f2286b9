import Daemon
import Foundation
import Testbed
import Testing

extension ProcessTests {
    @Suite("Real nodes agree") struct Agreement {
        @Test("four daemons in a chain hold the same records, each written on another node")
        func chain() throws {
            try Bench.withChain(["ana", "ben", "cho", "dana"]) { network in
                for (place, node) in network.nodes.enumerated() {
                    try node.publish(
                        (0..<10).map { Draft(kind: .like, item: "song:\(place)-\($0)") })
                }
                let look = try AgreementMonitor(nodes: network.nodes).wait(
                    feeds: 4, records: 44, seconds: 30)
                #expect(Set(look.digests).count == 1)
                #expect(look.feeds == [4, 4, 4, 4])
                for node in network.nodes {
                    let status = try node.status()
                    #expect(status.records.forkedFeeds == 0)
                    let rejected = status.records.verdicts.filter { $0.key.hasPrefix("rejected.") }
                    #expect(rejected.values.allSatisfy { $0 == 0 }, "\(node.name): \(rejected)")
                }
            }
        }

        @Test("a node that was away catches up on what it missed, and on its own feed")
        func lateComer() throws {
            try Bench.withChain(["ana", "ben", "cho"]) { network in
                let (ana, ben, cho) = (network.nodes[0], network.nodes[1], network.nodes[2])
                try Bench.trust(ben, ana)
                try Bench.trust(cho, ana)
                try AgreementMonitor(nodes: network.nodes).wait(feeds: 3, records: 5, seconds: 20)
                #expect(cho.stop() == .exited(0))
                try ana.publish((0..<300).map { Draft(kind: .like, item: "song:\($0)") })
                try AgreementMonitor(nodes: [ana, ben]).wait(feeds: 3, records: 307, seconds: 20)
                try cho.start()
                try cho.waitUntilReady()
                try cho.publish([Draft(kind: .like, item: "song:after")])
                try AgreementMonitor(nodes: network.nodes).wait(feeds: 3, records: 308, seconds: 20)
            }
        }

        @Test("an unlike takes the like back on the other node too")
        func retraction() throws {
            try Bench.withChain(["ana", "ben"]) { network in
                let (ana, ben) = (network.nodes[0], network.nodes[1])
                try ana.publish([
                    Draft(kind: .like, item: "song:kept"), Draft(kind: .like, item: "song:regret"),
                ])
                try AgreementMonitor(nodes: network.nodes).wait(feeds: 2, records: 4, seconds: 20)
                #expect(try likes(on: ben) == ["song:kept", "song:regret"])
                let answer = try ana.request(
                    .retract(item: "song:regret", kind: nil), as: RetractDocument.self)
                #expect(answer.retracted.count == 1)
                try AgreementMonitor(nodes: network.nodes).wait(feeds: 2, records: 5, seconds: 20)
                #expect(try likes(on: ben) == ["song:kept"])
            }
        }

        private func likes(on node: LocalNode) throws -> [String] {
            try node.waitUntilFresh()
            return try node.edges(.interactions).map(\.target).sorted()
        }
    }
}
