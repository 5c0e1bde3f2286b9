import Daemon
import Foundation
import TestSupport
import Testbed
import Testing

extension ProcessTests {
    /// Each failure to start names its cause and the next step.
    @Suite("Starting and stopping") struct Starting {
        @Test("a second daemon on one directory is refused with exit 73 and the first one's pid")
        func second() throws {
            try Bench.withChain(["ana"]) { network in
                let node = network.nodes[0]
                let first = try #require(node.processIdentifier)
                let second = try node.command(["daemon"], seconds: 15)
                #expect(second.exitCode == 73)
                #expect(second.errorOutput.contains("pid \(first)"), "\(second.errorOutput)")
                #expect(second.errorOutput.contains("vouchbird status"), "\(second.errorOutput)")
                #expect(try node.status().processId == first)
            }
        }

        @Test(
            "a key file that others may read is refused with exit 77 and the command that closes it",
            arguments: ["author", "device", "node"])
        func openKey(kind: String) throws {
            try Bench.withNodes(["ana"]) { network in
                let node = network.nodes[0]
                let key = node.directory.path + "/keys/\(kind).key"
                let manager = FileManager.default
                try #require(manager.fileExists(atPath: key))
                try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
                let refused = try node.command(["daemon"], seconds: 15)
                #expect(refused.exitCode == 77)
                #expect(refused.errorOutput.contains("\(kind).key"), "\(refused.errorOutput)")
                #expect(refused.errorOutput.contains("chmod"), "\(refused.errorOutput)")

                try manager.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
                try node.start()
                try node.waitUntilReady()
            }
        }

        @Test("stop ends well however busy the daemon is")
        func busyStop() throws {
            try Bench.withChain(["ana"]) { network in
                let node = network.nodes[0]
                for round in 0..<10 {
                    let isReady = DispatchSemaphore(value: 0)
                    let isDone = DispatchSemaphore(value: 0)
                    // Somebody who publishes until the daemon is gone.
                    Thread.detachNewThread {
                        let client = try? node.client()
                        var number = 0
                        while let client,
                            (try? client.request(
                                .publish(
                                    drafts: (0..<50).map {
                                        Draft(kind: .like, item: "song:\(round)-\(number)-\($0)")
                                    }), as: PublishDocument.self)) != nil
                        {
                            number += 1
                            if number == 2 { isReady.signal() }
                        }
                        isReady.signal()
                        isDone.signal()
                    }
                    isReady.wait()
                    let result = try node.command(["stop"], seconds: 30)
                    #expect(result.exitCode == 0, "round \(round): \(result.errorOutput)")
                    isDone.wait()
                    #expect(node.stop() == .exited(0))
                    try node.start()
                    try node.waitUntilReady()
                }
            }
        }

        @Test("a port that another node has is refused with exit 73, the address and a way out")
        func portInUse() throws {
            try Bench.withChain(["ana"]) { network in
                let ana = network.nodes[0]
                let folder = network.directory.appendingPathComponent("twin")
                let twin = LocalNode(
                    name: "twin", directory: folder, port: ana.port, settings: Bench.settings)
                try twin.initialise()
                let refused = try twin.command(["daemon"], seconds: 15)
                #expect(refused.exitCode == 73)
                #expect(refused.errorOutput.contains(String(ana.port)), "\(refused.errorOutput)")
                #expect(try ana.status().name == "ana")
            }
        }

        @Test("a directory without an identity is refused, and the error names init")
        func notInitialised() throws {
            try Bench.withNodes([]) { network in
                let folder = network.directory.appendingPathComponent("empty")
                let node = LocalNode(
                    name: "empty", directory: folder, port: 1, settings: Bench.settings)
                let refused = try node.command(["daemon"], seconds: 15)
                #expect(refused.exitCode != 0)
                #expect(refused.errorOutput.contains("vouchbird init"), "\(refused.errorOutput)")
            }
        }

        @Test("without its own.db a node refuses to begin its feed anew, which would fork it")
        func missingOwn() throws {
            try Bench.withChain(["ana"]) { network in
                let node = network.nodes[0]
                try node.publish([Draft(kind: .like, item: "song:1")])
                #expect(node.stop() == .exited(0))
                for suffix in ["", "-wal", "-shm"] {
                    try? FileManager.default.removeItem(
                        atPath: node.directory.path + "/own.db" + suffix)
                }
                let refused = try node.command(["daemon"], seconds: 15)
                #expect(refused.exitCode == 74)
                #expect(refused.errorOutput.contains("own.db is missing"), "\(refused.errorOutput)")
                #expect(
                    refused.errorOutput.contains("vouchbird identity backup"),
                    "\(refused.errorOutput)")
            }
        }

        @Test("with a corrupt own.db a node refuses, names the file and leaves it as it is")
        func corruptOwn() throws {
            try Bench.withChain(["ana"]) { network in
                let node = network.nodes[0]
                #expect(node.stop() == .exited(0))
                let path = node.directory.path + "/own.db"
                let damage = Data(repeating: 0xa5, count: 40_000)
                try damage.write(to: URL(fileURLWithPath: path))
                let refused = try node.command(["daemon"], seconds: 15)
                #expect(refused.exitCode == 74)
                #expect(refused.errorOutput.contains("own.db"), "\(refused.errorOutput)")
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == damage)
            }
        }

        @Test("while another program holds own.db, nothing is acknowledged, and the error says so")
        func lockedOwn() throws {
            try Bench.withChain(["ana"]) { network in
                let node = network.nodes[0]
                let holder = try ChildProcess(
                    executable: URL(fileURLWithPath: Python.interpreter),
                    arguments: [
                        "-c",
                        """
                        import sqlite3, sys
                        held = sqlite3.connect(sys.argv[1], isolation_level=None)
                        held.execute("BEGIN EXCLUSIVE")
                        print("held", flush=True)
                        sys.stdin.read()
                        """, node.directory.path + "/own.db",
                    ])
                #expect(holder.outputLine(seconds: 10) { $0 == "held" } != nil)
                let refused = try node.command(["like", "song:1"])
                #expect(refused.exitCode == 74, "\(refused)")
                #expect(refused.errorOutput.contains("locked"), "\(refused.errorOutput)")
                #expect(refused.errorOutput.contains("vouchbird doctor"), "\(refused.errorOutput)")
                holder.releaseLeash()
                #expect(holder.wait(seconds: 10) == .exited(0))
                let accepted = try node.command(["like", "song:1"])
                #expect(accepted.exitCode == 0, "\(accepted)")
            }
        }

        @Test("without its net.db a node starts, keeps its own feed, and fetches the rest again")
        func missingCache() throws {
            try lostCache { try FileManager.default.removeItem(atPath: $0) }
        }

        @Test("with a corrupt net.db a node starts, keeps its own feed, and fetches the rest again")
        func corruptCache() throws {
            try lostCache { path in
                let handle = try #require(FileHandle(forUpdatingAtPath: path))
                defer { try? handle.close() }
                let size = try handle.seekToEnd()
                try handle.seek(toOffset: 0)
                try handle.write(contentsOf: Data(repeating: 0xa5, count: Int(size)))
            }
        }

        @Test(
            "damage inside one record, which only reading shows, costs the cache and nothing else")
        func damagedRecord() throws {
            try lostCache { path in
                let url = URL(fileURLWithPath: path)
                var bytes = try Data(contentsOf: url)
                let place = try #require(bytes.range(of: Data("song:ana-7".utf8)))
                bytes[place.lowerBound] ^= 1
                try bytes.write(to: url)
            }
        }

        private func lostCache(_ damage: (String) throws -> Void) throws {
            try Bench.withChain(["ana", "ben"]) { network in
                let (ana, ben) = (network.nodes[0], network.nodes[1])
                try ana.publish((0..<20).map { Draft(kind: .like, item: "song:ana-\($0)") })
                try ben.publish((0..<20).map { Draft(kind: .like, item: "song:ben-\($0)") })
                let before = try AgreementMonitor(nodes: network.nodes).wait(
                    feeds: 2, records: 42, seconds: 20)
                #expect(ben.stop() == .exited(0))
                let cache = ben.directory.path + "/net.db"
                for suffix in ["-wal", "-shm"] {
                    try? FileManager.default.removeItem(atPath: cache + suffix)
                }
                try damage(cache)
                try ben.start()
                try ben.waitUntilReady()
                #expect(try ben.status().records.own == 21)
                let after = try AgreementMonitor(nodes: network.nodes).wait(
                    feeds: 2, records: 42, seconds: 20)
                #expect(after.digests == before.digests)
            }
        }

        @Test("SIGTERM ends a daemon with 0, and its socket and lock are free for the next one")
        func tidyEnd() throws {
            try Bench.withChain(["ana"]) { network in
                let node = network.nodes[0]
                #expect(node.stop(seconds: 10) == .exited(0))
                try node.start()
                try node.waitUntilReady()
                _ = try node.request(.stop, as: DoneDocument.self)
                #expect(node.running?.wait(seconds: 10) ?? .exited(0) == .exited(0))
            }
        }

        @Test("stop comes back when the daemon has ended, and says so when it does not end in time")
        func stopCommand() throws {
            try Bench.withChain(["ana"]) { network in
                let node = network.nodes[0]
                let process = try #require(node.running)
                process.signal(SIGSTOP)
                let early = try node.command(["stop", "--timeout", "0.3"])
                #expect(early.exitCode == 75, "\(early)")
                process.signal(SIGCONT)
                let stopped = try node.command(["stop"])
                #expect(stopped.exitCode == 0 || stopped.exitCode == 69, "\(stopped)")
                #expect(process.wait(seconds: 10) == .exited(0))

                try node.start()
                try node.waitUntilReady()
                let second = try #require(node.running)
                let answer = try node.command(["stop"])
                #expect(answer.exitCode == 0 && answer.output.contains("stopped"), "\(answer)")
                // The lock went with the process: the next one starts at once.
                try node.start()
                try node.waitUntilReady()
                #expect(second.wait(seconds: 1) == .exited(0))
            }
        }

        @Test("a daemon that was told to goes when its parent goes")
        func leash() throws {
            try Bench.withChain(["ana"]) { network in
                let node = network.nodes[0]
                let process = try #require(node.running)
                node.releaseLeash()
                #expect(process.wait(seconds: 10) == .exited(0))
            }
        }
    }
}
