import Daemon
import Foundation
import Primitives
import Testbed
import Testing

extension ProcessTests {
    /// Each finding of `doctor`, brought about with real daemons and real files.
    @Suite("Doctor") struct Doctor {
        /// What one run of `doctor --json` found.
        private struct Report {
            var exitCode: Int32
            /// By name of the check.
            var items: [String: [String: Any]] = [:]

            func finding(_ name: String) -> String? { items[name]?["finding"] as? String }
            func state(_ name: String) -> String? { items[name]?["state"] as? String }
            func detail(_ name: String) -> String { items[name]?["detail"] as? String ?? "" }
            func fix(_ name: String) -> String { items[name]?["fix"] as? String ?? "" }
        }

        private func doctor(_ node: LocalNode) throws -> Report {
            let run = try node.command(["doctor", "--json"])
            let value = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
            let items = (value as? [String: Any])?["items"] as? [[String: Any]] ?? []
            var report = Report(exitCode: run.exitCode)
            for item in items { report.items[item["name"] as? String ?? ""] = item }
            return report
        }

        /// Asks the doctor again until it says what is awaited, or time is up.
        private func doctor(
            _ node: LocalNode, until isAwaited: (Report) -> Bool
        ) throws -> Report {
            let deadline = Date(timeIntervalSinceNow: 20)
            var report = try doctor(node)
            while !isAwaited(report), Date() < deadline { report = try doctor(node) }
            return report
        }

        @Test("says who has the own head: nobody when alone, then the peer, by its key")
        func head() throws {
            try Bench.withNodes(["ana", "ben"]) { network in
                let (ana, ben) = (network.nodes[0], network.nodes[1])
                try network.start()
                try ana.publish([Draft(kind: .like, item: "song:1")])
                let alone = try doctor(ana)
                #expect(alone.finding("own head") == "head-unknown")
                #expect(alone.exitCode == 2 && !alone.fix("own head").isEmpty)
                try network.connect(ana, to: ben)
                let held = try doctor(ana) { $0.state("own head") == "ok" }
                #expect(held.finding("own head") == nil)
                let key = try ben.identity().nodeKey.prefix(8)
                #expect(held.detail("own head").contains(key), "\(held.detail("own head"))")
                #expect(held.state("own feed") == "ok")
            }
        }

        @Test("says that our own feed is forked, when a disk was set back and published on alone")
        func forked() throws {
            try Bench.withNodes(["ana", "ben"]) { network in
                let (ana, ben) = (network.nodes[0], network.nodes[1])
                try network.start()
                try network.connect(ana, to: ben)
                try Bench.trust(ben, ana)
                try ana.publish([Draft(kind: .like, item: "song:before")])
                try AgreementMonitor(nodes: network.nodes).wait(feeds: 2, records: 4, seconds: 20)
                #expect(ana.stop() == .exited(0))
                let copy = try contents(ana)
                try ana.start()
                try ana.waitUntilReady()
                try ana.publish([Draft(kind: .like, item: "song:told")])
                try AgreementMonitor(nodes: network.nodes).wait(feeds: 2, records: 5, seconds: 20)
                #expect(ana.stop() == .exited(0))
                #expect(ben.stop() == .exited(0))
                // The same files with older bytes, as a snapshot of the whole disk brings back: nothing tells.
                try setBack(ana, to: copy)
                try ana.start()
                try ana.waitUntilReady()
                try ana.publish([Draft(kind: .like, item: "song:twice")])
                try ben.start()
                try ben.waitUntilReady()
                let report = try doctor(ana) { $0.finding("own feed") == "forked" }
                #expect(report.finding("own feed") == "forked", "\(report.items)")
                #expect(report.exitCode == 1)
                #expect(report.fix("own feed").contains("identity restore"))
                // And the friend hears that whom he trusts forked.
                let friend = try doctor(ben) { $0.finding("forks") == "friend-forked" }
                #expect(friend.finding("forks") == "friend-forked" && friend.exitCode == 2)
            }
        }

        @Test(
            "says that our own feed is behind, while a peer shows more of it than there is here",
            .enabled(if: ForeignPeer.isUsable, ForeignPeer.missing))
        func behind() throws {
            try Bench.withChain(["ana"]) { network in
                let ana = network.nodes[0]
                try ana.publish([Draft(kind: .like, item: "song:before")])
                #expect(ana.stop() == .exited(0))
                let copy = try contents(ana)
                try ana.start()
                try ana.waitUntilReady()
                try ana.publish((1...3).map { Draft(kind: .like, item: "song:lost-\($0)") })
                let feed = try #require(PublicKey(text: try ana.identity().feed)).hex
                let witness = try ForeignPeer(facing: ana).start([
                    "witness", "--feed", feed, "--seconds", "30",
                ])
                _ = try #require(
                    witness.outputLine(seconds: 15) { $0.contains("sequence") },
                    "\(witness.lastWords)")
                #expect(ana.stop() == .exited(0))
                try setBack(ana, to: copy)
                try ana.start()
                try ana.waitUntilReady()
                #expect(try doctor(ana).state("own feed") == "ok")
                witness.releaseLeash()
                _ = try #require(
                    witness.outputLine(seconds: 15) { $0.contains("shown") }, "\(witness.lastWords)"
                )
                let report = try doctor(ana)
                #expect(report.finding("own feed") == "behind", "\(report.items)")
                #expect(report.exitCode == 1 && report.detail("own feed").contains("5"))
                #expect(report.fix("own feed").contains("peers list"))
                witness.kill()
            }
        }

        @Test(
            "says that the clock is off, when it is so for most of three peers",
            .enabled(if: ForeignPeer.isUsable, ForeignPeer.missing))
        func clock() throws {
            try Bench.withChain(["ana"]) { network in
                let ana = network.nodes[0]
                #expect(try doctor(ana).finding("clock") == nil)
                let peers = try (0..<3).map { number in
                    try ForeignPeer(facing: ana).start([
                        "serve", "--seconds", "40",
                        "--clock-offset", number == 0 ? "0" : "3600000",
                    ])
                }
                for peer in peers {
                    _ = try #require(
                        peer.outputLine(seconds: 15) { $0.contains("ready") }, "\(peer.lastWords)")
                }
                let report = try doctor(ana) { $0.finding("clock") == "clock-off" }
                #expect(report.finding("clock") == "clock-off", "\(report.items)")
                #expect(report.exitCode == 2 && report.fix("clock").contains("ntp"))
                for peer in peers { peer.kill() }
            }
        }

        // MARK: Helpers

        private static let files = ["own.db", "net.db"]

        private func contents(_ node: LocalNode) throws -> [String: Data] {
            var copy: [String: Data] = [:]
            for name in Self.files {
                copy[name] = try Data(contentsOf: node.directory.appendingPathComponent(name))
            }
            return copy
        }

        /// Writes older bytes into the very files, which keep their inodes, and drops their logs.
        private func setBack(_ node: LocalNode, to copy: [String: Data]) throws {
            for (name, bytes) in copy {
                let place = node.directory.appendingPathComponent(name)
                let file = try FileHandle(forWritingTo: place)
                try file.truncate(atOffset: 0)
                try file.write(contentsOf: bytes)
                try file.close()
                for log in ["-wal", "-shm"] {
                    try? FileManager.default.removeItem(
                        at: node.directory.appendingPathComponent(name + log))
                }
            }
        }
    }
}
