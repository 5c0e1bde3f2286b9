import Daemon
import Foundation
import Primitives
import Testbed
import Testing

extension ProcessTests {
    /// Rotation and revocation with real daemons, keys and databases.
    @Suite("Keys that change hands") struct Keys {
        @Test("a rotated author key keeps the trust of friends, its feed and its history")
        func rotates() throws {
            try Bench.withChain(["ana", "ben"]) { network in
                let (ana, ben) = (network.nodes[0], network.nodes[1])
                try Bench.trust(ben, ana)
                try ana.publish([Draft(kind: .like, item: "song:before")])
                let before = try ana.identity()
                let running = try ana.command(["identity", "rotate"])
                #expect(running.exitCode == 73, "\(running.errorOutput)")
                #expect(ana.stop() == .exited(0))
                let rotated = try ana.command(["identity", "rotate", "--json"])
                #expect(rotated.exitCode == 0, "\(rotated.errorOutput)")
                let document = try json(rotated.output)
                #expect(document["old_author"] as? String == before.author)
                let new = try #require(document["author"] as? String)
                let kept = try #require(document["old_key_file"] as? String)
                #expect(FileManager.default.fileExists(atPath: kept))
                try ana.start()
                try ana.waitUntilReady()
                try ana.publish([Draft(kind: .like, item: "song:after")])
                let after = try ana.identity()
                #expect(after.author == new && after.feed == before.feed)
                // DELEGATE, like, ROTATE, like; DELEGATE and TRUST of ben.
                try AgreementMonitor(nodes: network.nodes).wait(feeds: 2, records: 6, seconds: 20)
                try ben.waitUntilFresh()
                let path = try ben.request(
                    .trustPath(author: new), as: TrustPathDocument.self)
                #expect(path.isReachable && path.trust > 0)
                let edges = try ben.edges(.interactions).filter { $0.author == new }
                #expect(edges.count == 2)
                let history = try ana.request(
                    .history(before: nil, limit: 100), as: HistoryDocument.self)
                #expect(
                    Set(history.items.compactMap(\.item)) == ["song:before", "song:after"])
            }
        }

        @Test("a rotation that was cut off after its record was durable is ended by the next start")
        func resumes() throws {
            try Bench.withNodes(["ana"]) { network in
                let ana = network.nodes[0]
                try ana.start()
                try ana.waitUntilReady()
                try ana.publish([Draft(kind: .like, item: "song:before")])
                #expect(ana.stop() == .exited(0))
                let rotated = try ana.command(["identity", "rotate", "--json"])
                let document = try json(rotated.output)
                let new = try #require(document["author"] as? String)
                let kept = try #require(document["old_key_file"] as? String)
                // As a crash before the key files moved leaves them.
                let keys = ana.directory.path + "/keys/"
                let manager = FileManager.default
                try manager.moveItem(atPath: keys + "author.key", toPath: keys + "author.key.next")
                try manager.moveItem(atPath: kept, toPath: keys + "author.key")
                try ana.start()
                try ana.waitUntilReady()
                #expect(try ana.identity().author == new)
                #expect(!manager.fileExists(atPath: keys + "author.key.next"))
                #expect(try ana.status().records.own == 3)
            }
        }

        @Test(
            "a device that another one revokes counts no further, publishes no more, and its doctor says so"
        )
        func revokes() throws {
            try Bench.withNodes(["ana", "ben"]) { network in
                let (ana, ben) = (network.nodes[0], network.nodes[1])
                try ana.start()
                try ana.waitUntilReady()
                let phone = try device(of: ana, on: ben.port)
                defer { phone.stop() }
                try phone.start()
                try phone.waitUntilReady()
                try phone.publish((1...4).map { Draft(kind: .like, item: "song:\($0)") })
                _ = try phone.request(
                    .peerAdd(address: ana.address, nodeKey: try ana.identity().nodeKey),
                    as: DoneDocument.self)
                try ana.publish([Draft(kind: .like, item: "song:ana")])
                try AgreementMonitor(nodes: [ana, phone]).wait(feeds: 2, records: 7, seconds: 20)
                let feed = try phone.identity().feed
                let listed = try ana.request(.deviceList, as: DeviceListDocument.self)
                #expect(listed.items.count == 2)
                #expect(listed.items.first { $0.feed == feed }?.records == 5)
                #expect(listed.items.first { $0.feed != feed }?.isThis == true)

                let refused = try ana.command(["device", "revoke", try ana.identity().feed])
                #expect(refused.exitCode == 64)
                #expect(try ana.command(["device", "revoke", "vb1nobody"]).exitCode != 0)
                let revoked = try ana.command(["device", "revoke", feed, "--after", "3", "--json"])
                #expect(revoked.exitCode == 0, "\(revoked.errorOutput)")
                #expect(try ana.command(["device", "revoke", feed, "--after", "4"]).exitCode == 64)
                let shown = try ana.command(["device", "list"])
                #expect(shown.output.contains("revoked after record 3"))

                try AgreementMonitor(nodes: [ana, phone]).wait(feeds: 2, records: 8, seconds: 20)
                for node in [ana, phone] {
                    try node.waitUntilFresh()
                    // Two likes before the place, and one of the other device; the ego's own two are the same person.
                    #expect(try node.edges(.interactions).count == 3)
                }
                let checkup = try phone.command(["doctor", "--json"])
                #expect(checkup.exitCode == 1)
                #expect(checkup.output.contains("\"revoked\""))
                let answer = try phone.client().answer(
                    to: .publish(drafts: [Draft(kind: .like, item: "song:late")]), seconds: 20)
                guard case .failure(let failure) = answer else {
                    Issue.record("\(answer)")
                    return
                }
                #expect(failure.code == .fenced)
            }
        }

        /// Another device of a node's person, made from a backup.
        private func device(of node: LocalNode, on port: UInt16) throws -> LocalNode {
            let folder = node.directory.deletingLastPathComponent().appendingPathComponent("phone")
            let backup = folder.path + ".vbkey"
            let secret = folder.path + ".secret"
            try Data("correct horse".utf8).write(to: URL(fileURLWithPath: secret))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600], ofItemAtPath: secret)
            let made = try node.command([
                "identity", "backup", "--to", backup, "--passphrase-file", secret,
            ])
            #expect(made.exitCode == 0, "\(made.errorOutput)")
            let phone = LocalNode(
                name: "phone", directory: folder, port: port, settings: Bench.settings)
            let restored = try phone.command([
                "identity", "restore", backup, "--passphrase-file", secret, "--name", "phone",
                "--listen", phone.address,
            ])
            #expect(restored.exitCode == 0, "\(restored.errorOutput)")
            return phone
        }

        private func json(_ text: String) throws -> [String: Any] {
            let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
            return try #require(value as? [String: Any])
        }
    }
}
