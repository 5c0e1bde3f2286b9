import Daemon
import Foundation
import Testbed
import Testing

/// Something that a peer sends and no node may take.
struct Offence: Sendable, CustomTestStringConvertible {
    /// As `foreign_peer.py` calls it.
    var kind: String
    /// The counter that it moves, and by how much.
    var counter: String
    var count: UInt64 = 1
    /// Whether the node ends the link.
    var closes = false
    /// Whether it proves a fork, which freezes a feed.
    var forks = false

    var testDescription: String { kind }

    static let all = [
        Offence(kind: "malformed", counter: "rejected.malformed"),
        Offence(kind: "trailing-byte", counter: "rejected.malformed"),
        Offence(kind: "oversized-record", counter: "rejected.malformed", closes: true),
        Offence(kind: "element-bomb", counter: "rejected.malformed", closes: true),
        Offence(kind: "unknown-type", counter: "rejected.malformed", closes: true),
        Offence(kind: "replayed", counter: "ignored.duplicate", count: 15),
        Offence(kind: "future-dated", counter: "ignored.future-dated"),
        Offence(kind: "wrong-signature", counter: "rejected.bad-signature"),
        Offence(kind: "other-network", counter: "rejected.bad-signature"),
        Offence(kind: "other-author", counter: "rejected.bad-signature"),
        Offence(kind: "bad-key", counter: "rejected.bad-key"),
        Offence(kind: "broken-chain", counter: "rejected.broken-chain"),
        Offence(kind: "time-reversed", counter: "rejected.time-reversed"),
        Offence(kind: "too-far-ahead", counter: "ignored.too-far-ahead"),
        Offence(kind: "far-jump", counter: "ignored.over-quota", count: 3),
        Offence(kind: "equivocating", counter: "rejected.equivocation", forks: true),
    ]
}

extension ProcessTests {
    @Suite("Hostile records") struct HostileRecords {
        @Test(
            "what no node may take is refused with a counted reason and changes nothing",
            .enabled(if: ForeignPeer.isUsable, ForeignPeer.missing), arguments: Offence.all)
        func refused(offence: Offence) throws {
            try Bench.withChain(["ana"]) { network in
                let node = network.nodes[0]
                try node.publish([Draft(kind: .like, item: "song:own")])
                let peer = try ForeignPeer(facing: node).start(["offend", offence.kind])
                let line = try #require(
                    peer.outputLine(seconds: 15) { $0.contains("accepted") }, "\(peer.lastWords)")
                let offered = try JSONDecoder().decode(
                    ForeignPeer.Offered.self, from: Data(line.utf8))
                let before = try node.status()
                #expect(before.records.known == UInt64(2 + offered.accepted))

                peer.releaseLeash()
                let offended = try ForeignPeer.answer(of: peer, as: ForeignPeer.Offended.self)
                #expect(offended.link == (offence.closes ? "closed" : "open"))
                let after = try node.status()
                let moved = { (name: String) in
                    after.records.verdicts[name, default: 0]
                        - before.records.verdicts[name, default: 0]
                }
                #expect(moved(offence.counter) == offence.count, "\(after.records.verdicts)")
                #expect(moved("accepted") == 0)
                #expect(after.records.forkedFeeds == (offence.forks ? 1 : 0))
                if !offence.forks {
                    #expect(after.frontier.digest == before.frontier.digest)
                    #expect(after.records.known == before.records.known)
                }
            }
        }

        @Test(
            "a frame beyond the limit, and a message of two frames, end the link and change nothing",
            .enabled(if: ForeignPeer.isUsable, ForeignPeer.missing),
            arguments: ["oversized-frame", "second-part"])
        func cut(kind: String) throws {
            try Bench.withChain(["ana"]) { network in
                let node = network.nodes[0]
                let peer = try ForeignPeer(facing: node).start(["offend", kind])
                #expect(peer.outputLine(seconds: 15) { $0.contains("accepted") } != nil)
                let before = try node.status()
                peer.releaseLeash()
                let offended = try ForeignPeer.answer(of: peer, as: ForeignPeer.Offended.self)
                #expect(offended.link == "closed")
                let after = try node.status()
                #expect(after.frontier.digest == before.frontier.digest)
                #expect(after.records.verdicts == before.records.verdicts)
            }
        }

        @Test(
            "a fork freezes the feed: the first record stays, its author counts for nothing",
            .enabled(if: ForeignPeer.isUsable, ForeignPeer.missing))
        func frozen() throws {
            try Bench.withChain(["ana", "ben"]) { network in
                let (ana, ben) = (network.nodes[0], network.nodes[1])
                let peer = try ForeignPeer(facing: ana).start(["offend", "equivocating"])
                #expect(peer.outputLine(seconds: 15) { $0.contains("accepted") } != nil)
                try AgreementMonitor(nodes: [ana, ben]).wait(feeds: 3, records: 5, seconds: 15)
                peer.releaseLeash()
                _ = try ForeignPeer.answer(of: peer, as: ForeignPeer.Offended.self)
                try waitForFork(on: ana)
                // The proof alone spreads: ben never met the forger.
                try waitForFork(on: ben)
                try ana.waitUntilFresh()
                #expect(try ana.edges(.interactions).isEmpty)
                try ben.waitUntilFresh()
                #expect(try ben.edges(.interactions).isEmpty)
            }
        }

        private func waitForFork(on node: LocalNode) throws {
            let deadline = DispatchTime.now() + 15
            let client = try node.client()
            while try client.request(.status, as: StatusDocument.self).records.forkedFeeds == 0 {
                try #require(DispatchTime.now() < deadline, "\(node.name) never saw the fork")
            }
        }
    }
}
