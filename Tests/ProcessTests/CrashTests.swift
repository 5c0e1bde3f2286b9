import Daemon
import Dispatch
import Foundation
import Primitives
import TestSupport
import Testbed
import Testing

extension ProcessTests {
    @Suite("Killed nodes") struct Crashes {
        static let restarts = 50

        @Test(
            "killed at 50 random moments while it publishes, a node loses no acknowledged record and never forks itself",
            .enabled(if: ForeignPeer.isUsable, ForeignPeer.missing), arguments: [20_831 as UInt64])
        func kills(seed: UInt64) throws {
            var random = SeededRandom(seed: seed, stream: "kills")
            try Bench.withNodes(["ana", "ben"]) { network in
                let (ana, ben) = (network.nodes[0], network.nodes[1])
                try network.start()
                try network.connect(ana, to: ben)
                try Bench.trust(ben, ana)
                var acknowledged: [UInt64: String] = [:]
                for round in 1...Self.restarts {
                    if round > 1 {
                        try ana.start()
                        try ana.waitUntilReady()
                    }
                    let killed = self.kill(ana, afterMilliseconds: 5 + random.below(150))
                    try publish(on: ana, round: round, &random, &acknowledged)
                    killed.wait()
                }
                try ana.start()
                try ana.waitUntilReady()
                #expect(acknowledged.count > Self.restarts, "seed \(seed)")
                try check(ana, ben, acknowledged, seed: seed)
            }
        }

        @Test(
            "an own.db set back to an old copy asks its peer for the rest before it publishes, and does not fork"
        )
        func oldCopy() throws {
            try Bench.withChain(["ana", "ben"]) { network in
                let (ana, ben) = (network.nodes[0], network.nodes[1])
                try Bench.trust(ben, ana)
                // Only whom ana's user named is believed to know of nothing more.
                try network.connect(ana, to: ben)
                let own = ana.directory.path + "/own.db"
                let copy = ana.directory.path + "/old-copy.db"
                try ana.publish([Draft(kind: .like, item: "song:before")])
                #expect(ana.stop() == .exited(0))
                try FileManager.default.copyItem(atPath: own, toPath: copy)
                try ana.start()
                try ana.waitUntilReady()
                try ana.publish((0..<5).map { Draft(kind: .like, item: "song:lost-\($0)") })
                let before = try AgreementMonitor(nodes: network.nodes).wait(
                    feeds: 2, records: 9, seconds: 20)
                #expect(ana.stop() == .exited(0))
                try FileManager.default.removeItem(atPath: own)
                try FileManager.default.moveItem(atPath: copy, toPath: own)
                try ana.start()
                try ana.waitUntilReady()
                // At once, before any peer can have told what it holds.
                let answer = try ana.client().answer(
                    to: .publish(drafts: [Draft(kind: .like, item: "song:after")]), seconds: 40)
                guard case .document = answer else {
                    Issue.record("\(answer)")
                    return
                }
                let after = try AgreementMonitor(nodes: network.nodes).wait(
                    feeds: 2, records: 10, seconds: 20)
                #expect(after.digests != before.digests)
                for node in network.nodes {
                    #expect(try node.status().records.forkedFeeds == 0)
                }
            }
        }

        @Test("with nobody to ask a copy of own.db is not published on until its user says to know")
        func nobodyToAsk() throws {
            try Bench.withNodes(["ana"]) { network in
                let ana = network.nodes[0]
                try network.start()
                try ana.publish([Draft(kind: .like, item: "song:before")])
                #expect(ana.stop() == .exited(0))
                let own = ana.directory.path + "/own.db"
                try FileManager.default.copyItem(atPath: own, toPath: own + ".copy")
                try FileManager.default.removeItem(atPath: own)
                try FileManager.default.moveItem(atPath: own + ".copy", toPath: own)
                try ana.start()
                try ana.waitUntilReady()
                let draft = Draft(kind: .like, item: "song:after")
                let answer = try ana.client().answer(to: .publish(drafts: [draft]), seconds: 40)
                guard case .failure(let failure) = answer else {
                    Issue.record("\(answer)")
                    return
                }
                #expect(failure.code == .fenced && failure.message.contains("--i-know"))
                #expect(ana.stop() == .exited(0))
                try ana.start(flags: ["--i-know"])
                try ana.waitUntilReady()
                try ana.publish([draft])
                #expect(ana.stop() == .exited(0))
                // What was published since shows that this file is the newest.
                try ana.start()
                try ana.waitUntilReady()
                try ana.publish([Draft(kind: .like, item: "song:later")])
            }
        }

        /// SIGKILL from another thread, so that it strikes in the middle of anything.
        private func kill(_ node: LocalNode, afterMilliseconds delay: Int) -> DispatchSemaphore {
            let done = DispatchSemaphore(value: 0)
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(delay)) {
                node.kill()
                done.signal()
            }
            return done
        }

        /// Publishes until the node dies; writes down what it acknowledged.
        private func publish(
            on node: LocalNode, round: Int, _ random: inout SeededRandom,
            _ acknowledged: inout [UInt64: String]
        ) throws {
            guard let client = try? node.client() else { return }
            var number = 0
            while true {
                let items = (0..<1 + random.below(20)).map { "kill:\(round)-\(number + $0)" }
                number += items.count
                let drafts = items.map { Draft(kind: .like, item: $0) }
                guard
                    let answer = try? client.request(
                        .publish(drafts: drafts), as: PublishDocument.self)
                else { return }
                for (item, result) in zip(items, answer.items) {
                    #expect(result.outcome == .written, "\(result)")
                    let sequence = try #require(result.sequence)
                    try #require(
                        acknowledged[sequence] == nil, "sequence \(sequence) given twice")
                    acknowledged[sequence] = item
                }
            }
        }

        private func check(
            _ ana: LocalNode, _ ben: LocalNode, _ acknowledged: [UInt64: String], seed: UInt64
        ) throws {
            // The node's own: one at each multiple of 128.
            let checkpoints = (acknowledged.keys.max() ?? 0) / 128
            try AgreementMonitor(nodes: [ana, ben]).wait(
                feeds: 2, records: UInt64(acknowledged.count) + 3 + checkpoints, seconds: 30)
            let own = try history(of: ana)
            let lost = acknowledged.filter { own[$0.key] != $0.value }
            #expect(lost.isEmpty, "seed \(seed): lost on the node itself: \(lost)")

            let feed = try PublicKey(text: ana.identity().feed)?.hex
            let fetched = try ForeignPeer(facing: ben)
                .run(["fetch", "--feed", #require(feed)], as: ForeignPeer.Fetched.self)
            let copy = try #require(fetched.feeds.first)
            #expect(copy.verified == copy.records && copy.chained && copy.headMatches)
            let missing = acknowledged.filter { !copy.holds(item: $0.value, at: $0.key) }
            #expect(missing.isEmpty, "seed \(seed): lost on the peer: \(missing)")

            for node in [ana, ben] {
                let status = try node.status()
                #expect(status.records.forkedFeeds == 0)
                #expect(status.records.verdicts["rejected.equivocation", default: 0] == 0)
                #expect(status.records.verdicts["rejected.broken-chain", default: 0] == 0)
            }
        }

        /// Items of the own feed by sequence.
        private func history(of node: LocalNode) throws -> [UInt64: String] {
            let client = try node.client()
            var items: [UInt64: String] = [:]
            var cursor: UInt64?
            repeat {
                let page = try client.request(
                    .history(before: cursor, limit: 1000), as: HistoryDocument.self)
                for entry in page.items {
                    if let sequence = entry.sequence { items[sequence] = entry.item }
                }
                cursor = page.nextCursor
            } while cursor != nil
            return items
        }
    }
}
