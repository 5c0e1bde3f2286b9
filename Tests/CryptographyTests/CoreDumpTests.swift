import CSodium
import Foundation
import Primitives
import Records
import Synchronization
import Testing

@testable import Cryptography

@Suite(
    "T37: what a core dump would show", .serialized,
    .enabled(if: MemoryScan.isAllowed, "this system does not let a process read its own memory"))
struct CoreDumpTests {
    @Test("the scan itself sees a secret that lies open")
    func sensitivity() throws {
        let secret = try SecretBytes(randomCount: 32)
        #expect(try MemoryScan.occurrences(of: secret) == 0)
        let open = secret.copy()
        #expect(try MemoryScan.occurrences(of: secret) >= 1)
        #expect(open.count == 32)
    }

    @Test("no seed, after keys were made, signed with, written, sealed, read, backed up, restored")
    func signingKey() throws {
        // A first round with another key, so that all functions are bound and no register is saved.
        try Self.use(SigningKey())
        let key = try SigningKey()
        let seed = try key.seed()
        let digits = try Self.digits(of: seed)
        #expect(try traces(of: [seed, digits], after: { try Self.use(key) }) == 0)
    }

    @Test("no node key, after it was written, read and handed out")
    func nodeKey() throws {
        let use: @Sendable (NodeKeyPair) throws -> Void = { node in
            let folder = try TemporaryFolder()
            let file = KeyFile(path: folder.file("node.key"), kind: .node)
            try file.create(node)
            #expect(try file.readNodeKey().withSecretKey { $0.count } == 32)
        }
        try use(NodeKeyPair())
        let node = try NodeKeyPair()
        let digits = try Self.digits(of: node.secret)
        #expect(try traces(of: [node.secret, digits], after: { try use(node) }) == 0)
    }

    private static func use(_ key: SigningKey) throws {
        #expect(try key.seed().count == 32)
        let folder = try TemporaryFolder()
        let open = KeyFile(path: folder.file("open.key"), kind: .author)
        try open.create(key)
        let again = try open.readSigningKey()
        let sealed = KeyFile(path: folder.file("sealed.key"), kind: .device)
        try sealed.create(key, passphrase: "p", cost: .minimal)
        let third = try sealed.readSigningKey(passphrase: "p")
        let backup = try IdentityBackup(key: key, label: "l", created: Instant(milliseconds: 1))
        let restored = try IdentityBackup.restore(
            backup.sealed(passphrase: "p", cost: .minimal), passphrase: "p")
        for one in [key, again, third, restored.key] {
            #expect(one.sign([1, 2, 3]) == key.sign([1, 2, 3]))
        }
    }

    @Test("a process that forbids core dumps has a limit of nothing for them")
    func forbidden() throws {
        try Sodium.forbidCoreDumps()
        let limits = try MemoryScan.processFile("limits").split(separator: "\n")
        let line = try #require(limits.first { $0.hasPrefix("Max core file size") })
        #expect(line.split(separator: " ")[4...5] == ["0", "0"])
    }

    /// Pieces of the secrets that lie open after `work`, which runs on a thread of its own that then
    /// sleeps: what it freed stays in its own part of the heap, where looking does not overwrite it.
    private func traces(
        of secrets: [SecretBytes], after work: @escaping @Sendable () throws -> Void
    ) throws -> Int {
        let worked = DispatchSemaphore(value: 0)
        let looked = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<Void, any Error>>(.success(()))
        let thread = Thread {
            let result = Result { try work() }
            outcome.withLock { $0 = result }
            worked.signal()
            looked.wait()
        }
        thread.start()
        worked.wait()
        defer { looked.signal() }
        try outcome.withLock { try $0.get() }
        return try secrets.reduce(0) { try $0 + MemoryScan.occurrences(of: $1) }
    }

    /// The hexadecimal form, written byte by byte into locked memory: copying it would leave it in
    /// a vector register, and so perhaps on the stack.
    private static func digits(of secret: SecretBytes) throws -> SecretBytes {
        try unsafe SecretBytes(count: 2 * secret.count + 1) { out in
            let text = unsafe UnsafeMutableRawPointer(out).assumingMemoryBound(to: CChar.self)
            unsafe secret.withPointer {
                _ = unsafe sodium_bin2hex(text, 2 * secret.count + 1, $0, secret.count)
            }
        }
    }
}
