import Daemon
import Foundation
import Primitives
import Testbed
import Testing

extension ProcessTests {
    /// docs/protocol.md is enough to write a peer: this one is Python.
    @Suite("A peer in another language") struct Foreign {
        @Test(
            "completes the CURVE handshake, fetches a feed, and verifies every record with PyNaCl",
            .enabled(if: ForeignPeer.isUsable, ForeignPeer.missing))
        func fetch() throws {
            try Bench.withChain(["ana"]) { network in
                let node = network.nodes[0]
                try node.publish((0..<40).map { Draft(kind: .like, item: "song:\($0)") })
                let identity = try node.identity()
                let fetched = try ForeignPeer(facing: node)
                    .run(["fetch"], as: ForeignPeer.Fetched.self)
                #expect(fetched.feeds.count == 1)
                let feed = try #require(fetched.feeds.first)
                #expect(feed.feed == PublicKey(text: identity.feed)?.hex)
                #expect(feed.author == PublicKey(text: identity.author)?.hex)
                #expect(feed.records >= 40 && feed.verified == feed.records)
                #expect(feed.chained && feed.headMatches)
                let offset = UInt64(feed.records - 40)
                #expect(
                    (0..<40).allSatisfy {
                        feed.holds(item: "song:\($0)", at: UInt64($0) + 1 + offset)
                    })
            }
        }

        @Test(
            "publishes records that PyNaCl signed; the node takes them, and hands on the same bytes",
            .enabled(if: ForeignPeer.isUsable, ForeignPeer.missing))
        func publish() throws {
            try Bench.withChain(["ana", "ben"]) { network in
                let (ana, ben) = (network.nodes[0], network.nodes[1])
                // As many as a stranger may push at once.
                let published = try ForeignPeer(facing: ana)
                    .run(["publish", "--items", "20"], as: ForeignPeer.Published.self)
                #expect(published.unchanged)
                try AgreementMonitor(nodes: [ana, ben]).wait(feeds: 3, records: 22, seconds: 20)
                let fetched = try ForeignPeer(facing: ben)
                    .run(["fetch", "--feed", published.feed], as: ForeignPeer.Fetched.self)
                let feed = try #require(fetched.feeds.first)
                #expect(feed.records == 20 && feed.verified == 20 && feed.chained)
                try ben.waitUntilFresh()
                #expect(try ben.edges(.interactions).count == 20)
            }
        }

        @Test(
            "a long feed that PyNaCl signed is taken from a checkpoint on, and back to its first record once it is trusted",
            .enabled(if: ForeignPeer.isUsable, ForeignPeer.missing))
        func suffix() throws {
            try Bench.withChain(["ana"]) { network in
                let ana = network.nodes[0]
                let peer = try ForeignPeer(facing: ana).start(["long", "--seconds", "25"])
                let line = try #require(
                    peer.outputLine(seconds: 15) { $0.contains("feed") }, "\(peer.lastWords)")
                let told = try JSONDecoder().decode(Told.self, from: Data(line.utf8))
                // 512 ... 700, the oldest checkpoint from which on no more than 256 are held, and the node's own first.
                try waitForRecords(190, on: ana)
                let feed = try #require(PublicKey(hex: told.feed))
                try ana.publish([Draft(kind: .trust, author: feed.text)])
                try waitForRecords(702, on: ana)
                try ana.waitUntilFresh()
                // As many as the graph keeps of one author.
                #expect(try ana.edges(.interactions).count == 256)
                let status = try ana.status()
                #expect(
                    status.records.verdicts.filter { $0.key.hasPrefix("rejected") && $0.value > 0 }
                        .isEmpty)
                let served = try ForeignPeer.answer(of: peer, as: Ranges.self)
                let blocks = [[512, 700], [384, 512], [256, 384], [128, 256], [1, 128]]
                #expect(served.asked == blocks)
            }
        }

        @Test(
            "a rotation and a revocation that PyNaCl signed count as our own would",
            .enabled(if: ForeignPeer.isUsable, ForeignPeer.missing))
        func keys() throws {
            try Bench.withChain(["ana"]) { network in
                let ana = network.nodes[0]
                let peer = try ForeignPeer(facing: ana).start(["rotate"])
                let line = try #require(
                    peer.outputLine(seconds: 15) { $0.contains("author") }, "\(peer.lastWords)")
                let told = try JSONDecoder().decode(Author.self, from: Data(line.utf8))
                let author = try #require(PublicKey(hex: told.author)).text
                try ana.publish([Draft(kind: .trust, author: author)])
                try ana.waitUntilFresh()
                peer.releaseLeash()
                let keys = try ForeignPeer.answer(of: peer, as: Keys.self)
                try ana.waitUntilFresh()
                let new = try #require(PublicKey(hex: keys.new)).text
                let path = try ana.request(.trustPath(author: new), as: TrustPathDocument.self)
                #expect(path.isReachable && path.path.count == 3)
                let edges = try ana.edges(.interactions)
                #expect(
                    edges.filter { $0.author == new }.map(\.target).sorted() == [
                        "kept:2", "kept:5",
                    ])
                #expect(edges.filter { $0.author == author }.map(\.target) == ["lost:2"])
            }
        }

        private struct Told: Decodable { var feed: String }
        private struct Author: Decodable { var author: String }
        private struct Ranges: Decodable { var asked: [[Int]] }
        private struct Keys: Decodable { var new: String }

        private func waitForRecords(_ count: UInt64, on node: LocalNode) throws {
            let deadline = Date(timeIntervalSinceNow: 20)
            while try node.status().records.known < count, Date() < deadline {
                Pause.milliseconds(50)
            }
            #expect(try node.status().records.known == count)
        }
    }
}
