import Foundation
import Primitives
import Records
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
        let folder = try TemporaryFolder()
        let key = try SigningKey()
        let seed = try key.seed()
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
        #expect(try MemoryScan.occurrences(of: seed) == 0)
        #expect(try MemoryScan.occurrences(of: Self.digits(of: seed)) == 0)
    }

    @Test("no node key, after it was written, read and handed out")
    func nodeKey() throws {
        let folder = try TemporaryFolder()
        let node = try NodeKeyPair()
        let file = KeyFile(path: folder.file("node.key"), kind: .node)
        try file.create(node)
        let again = try file.readNodeKey()
        #expect(again.withSecretKey { $0.count } == 32)
        #expect(try MemoryScan.occurrences(of: node.secret) == 0)
        #expect(try MemoryScan.occurrences(of: Self.digits(of: node.secret)) == 0)
    }

    /// The hexadecimal form, in locked memory too.
    private static func digits(of secret: SecretBytes) throws -> SecretBytes {
        var digits = secret.hexDigits()
        defer { wipe(&digits) }
        return try SecretBytes(copying: digits)
    }
}
