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
    }
}
