import GRDB
import NodeCore
import Primitives
import Records
import Storage
import Testing

@Suite("local data")
struct LocalDataTests {
    let sandbox: Sandbox
    let keys: [PublicKey]

    init() throws {
        sandbox = try Sandbox()
        keys = try (1...4).map { try FeedWriter($0).feed }.sorted()
    }

    @Test("names are set, changed, taken away and kept")
    func petnames() throws {
        let store = try sandbox.open()
        try store.setPetname("Bo", for: keys[1])
        try store.setPetname("Ada", for: keys[0])
        try store.setPetname("Cy", for: keys[2])
        try store.setPetname("Bob 🎧", for: keys[1])
        try store.setPetname(nil, for: keys[2])
        try store.setPetname(nil, for: keys[3])
        let expected = [
            Petname(author: keys[0], name: "Ada"), Petname(author: keys[1], name: "Bob 🎧"),
        ]
        #expect(try store.petnames() == expected)
        #expect(try sandbox.open().petnames() == expected)
    }

    @Test("authors are blocked and let go, twice is once")
    func blocked() throws {
        let store = try sandbox.open()
        for key in [keys[2], keys[0], keys[2], keys[1]] { try store.setBlocked(key, true) }
        for _ in 0..<2 { try store.setBlocked(keys[1], false) }
        #expect(try sandbox.open().blockedAuthors() == [keys[0], keys[2]])
    }

    @Test("a peer is kept once by its node key, with the time at which it was added")
    func peers() throws {
        let store = try sandbox.open()
        let peer = { (number: Int, address: String?, author: PublicKey?, time: UInt64) in
            StoredPeer(
                nodeKey: NodeKey(raw: self.keys[number].raw), address: address, author: author,
                addedAt: Instant(milliseconds: time))
        }
        try store.setPeer(peer(1, "tcp://127.0.0.1:9001", nil, 5))
        try store.setPeer(peer(0, nil, keys[3], 6))
        try store.setPeer(peer(2, "tcp://127.0.0.1:9002", nil, 7))
        try store.setPeer(peer(1, "tcp://127.0.0.1:9003", keys[2], 8))
        try store.removePeer(NodeKey(raw: keys[2].raw))
        try store.removePeer(NodeKey(raw: keys[3].raw))
        #expect(
            try sandbox.open().peers() == [
                peer(1, "tcp://127.0.0.1:9003", keys[2], 5), peer(0, nil, keys[3], 6),
            ])
    }

    @Test("an invitation serves the first node that uses it, again and again, and no other")
    func invitations() throws {
        let store = try sandbox.open()
        let nodes = keys.map { NodeKey(raw: $0.raw) }
        var first = StoredInvitation(
            token: [1, 2, 3], createdAt: Instant(milliseconds: 1),
            expiresAt: Instant(milliseconds: 9), label: "Ada", usedBy: nil, usedByAuthor: nil)
        var second = first
        second.token = [4]
        second.label = nil
        second.createdAt = Instant(milliseconds: 2)
        try store.addInvitation(second)
        try store.addInvitation(first)
        #expect(code { try store.addInvitation(first) } == .conflict)
        for _ in 0..<2 { try store.useInvitation(token: [1, 2, 3], by: nodes[0], author: keys[1]) }
        #expect(
            code { try store.useInvitation(token: [1, 2, 3], by: nodes[1], author: keys[1]) }
                == .conflict)
        #expect(
            code { try store.useInvitation(token: [9], by: nodes[1], author: keys[1]) } == .conflict
        )
        first.usedBy = nodes[0]
        first.usedByAuthor = keys[1]
        #expect(try sandbox.open().invitations() == [first, second])
        try store.removeInvitation(token: [1, 2, 3])
        #expect(try store.invitations() == [second])
    }

    @Test("the lists that a person writes are capped")
    func caps() throws {
        let store = try sandbox.open()
        // All but one by one statement beside the store: each of its own waits for the disk.
        let queue = try DatabaseQueue(path: sandbox.path("own.db"))
        try queue.write { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                    INSERT INTO invitation (token, created_at, expires_at)
                    SELECT randomblob(16), i, i FROM n
                    """, arguments: [Store.listCapacity - 1])
            try db.execute(
                sql: """
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
                    INSERT INTO peer (node_key, added_at) SELECT randomblob(32), i FROM n
                    """, arguments: [Store.listCapacity - 1])
        }
        try queue.close()
        let invite = { (token: UInt8) in
            StoredInvitation(
                token: [token], createdAt: Instant(milliseconds: 1),
                expiresAt: Instant(milliseconds: 2), label: nil, usedBy: nil, usedByAuthor: nil)
        }
        try store.addInvitation(invite(1))
        #expect(code { try store.addInvitation(invite(2)) } == .full)
        try store.removeInvitation(token: [1])
        try store.addInvitation(invite(2))
        let peer = { (key: PublicKey, address: String?) in
            StoredPeer(
                nodeKey: NodeKey(raw: key.raw), address: address, author: nil,
                addedAt: Instant(milliseconds: 1))
        }
        try store.setPeer(peer(keys[0], nil))
        #expect(code { try store.setPeer(peer(keys[1], nil)) } == .full)
        // Changing one is not adding one.
        try store.setPeer(peer(keys[0], "tcp://127.0.0.1:9001"))
        #expect(try store.peers().count == Store.listCapacity)
    }

    @Test("private entries form a list with repetitions, of which the newest goes first")
    func privateEntries() throws {
        let store = try sandbox.open()
        let item = try #require(ItemID("mbid:1"))
        let weight = try #require(Weight(thousandths: 2500))
        let entry = { (kind: PrivateEntry.Kind, time: UInt64) in
            PrivateEntry(
                kind: kind, item: item, weight: weight, time: Instant(milliseconds: time))
        }
        let all = PrivateEntry.Kind.allCases.map { entry($0, 1) }
        try store.addPrivate(all)
        try store.addPrivate([entry(.play, 1), entry(.play, 2)])
        #expect(
            try sandbox.open().privateEntries() == all + [entry(.play, 1), entry(.play, 2)])
        try store.removePrivate([entry(.play, 1), entry(.hide, 7)])
        #expect(try store.privateEntries() == all + [entry(.play, 2)])
        try store.removePrivate([entry(.play, 1), entry(.play, 2)])
        #expect(try sandbox.open().privateEntries() == Array(all.dropFirst()))
    }
}
