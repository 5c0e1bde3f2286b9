import Daemon
import Foundation
import Testbed
import Testing

extension ProcessTests {
    @Suite("Modes of a running node") struct Modes {
        /// Uma trusts nobody. Vic had her songs before her, Wil and Xia have others, Yan copies hers late.
        private func live(_ network: LocalNetwork) throws {
            let (uma, vic, yan) = (network.nodes[0], network.nodes[1], network.nodes[4])
            for node in network.nodes.dropFirst() { try network.connect(node, to: uma) }
            let likes = { (items: [String]) in items.map { Draft(kind: .like, item: $0) } }
            let found = (1...6).map { "song:\($0)" }
            try vic.publish(likes(found + ["song:vics"]))
            for node in network.nodes[2...3] {
                try node.publish(likes((1...20).map { "other:\(node.name)-\($0)" }))
            }
            // Every feed opens with its author's consent.
            try AgreementMonitor(nodes: network.nodes).wait(feeds: 5, records: 52, seconds: 60)
            for song in found { try uma.publish(likes([song])) }
            try AgreementMonitor(nodes: network.nodes).wait(feeds: 5, records: 58, seconds: 60)
            try yan.publish(likes(found + ["song:yans"]))
            try AgreementMonitor(nodes: network.nodes).wait(feeds: 5, records: 65, seconds: 60)
            try uma.waitUntilFresh()
        }

        private func items(_ result: CommandResult) throws -> [String] {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let document = try decoder.decode(
                RecommendDocument.self, from: Data(result.output.utf8))
            return document.items.map(\.item)
        }

        @Test(
            "without trust only discover recommends: what a stranger has who was first, also after a restart"
        )
        func discover() throws {
            try Bench.withNodes(["uma", "vic", "wil", "xia", "yan"]) { network in
                try network.start()
                try live(network)
                let uma = network.nodes[0]
                for mode in ["trusted", "balanced"] {
                    let result = try uma.command(["recommend", "--mode", mode, "--json"])
                    #expect(result.exitCode == 3, "\(mode)")
                    #expect(try items(result).isEmpty, "\(mode)")
                }
                let listed = try uma.command(["recommend", "--mode", "discover", "--json"])
                #expect(try items(listed) == ["song:vics"])
                let why = try uma.request(
                    .why(item: "song:vics", engine: "discover"), as: WhyDocument.self)
                #expect(why.reasons.count == 1)
                let reason = try #require(why.reasons.first)
                #expect(try reason.author == network.nodes[1].identity().author)
                #expect(reason.path.isEmpty && (reason.earned ?? 0) > 0)
                #expect(reason.discoveries?.allSatisfy { $0.item.hasPrefix("song:") } == true)
                let words = try uma.command(["why", "song:vics", "--mode", "discover"])
                #expect(words.output.contains("Earned") && words.output.contains("had before you"))
                let late = try uma.request(
                    .why(item: "song:yans", engine: "discover"), as: WhyDocument.self)
                #expect(late.standing == "no-one-in-reach" && late.interactions == 1)

                #expect(uma.stop() == .exited(0))
                try choose("discover", for: uma)
                try uma.start()
                try uma.waitUntilReady()
                try uma.waitUntilFresh()
                let again = try uma.command(["recommend", "--json"])
                #expect(try items(again) == ["song:vics"])
                let after = try uma.request(
                    .why(item: "song:vics", engine: nil), as: WhyDocument.self)
                #expect(after.engine == "discover")
                #expect(abs((after.reasons.first?.earned ?? 0) - (reason.earned ?? 0)) < 1e-3)
            }
        }

        private func choose(_ mode: String, for node: LocalNode) throws {
            let file = node.directory.appendingPathComponent("config.toml")
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(text.contains("mode = \"balanced\""))
            try text.replacingOccurrences(of: "mode = \"balanced\"", with: "mode = \"\(mode)\"")
                .write(to: file, atomically: true, encoding: .utf8)
        }
    }
}
