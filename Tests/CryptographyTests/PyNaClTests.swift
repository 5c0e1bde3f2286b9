import Foundation
import Primitives
import Records
import TestSupport
import Testing

@testable import Cryptography

/// Another binding, another language, the layouts read from the docstrings.
@Suite(
    "PyNaCl agrees",
    .enabled(if: Python.has("nacl"), Comment(rawValue: Python.missing("nacl"))))
struct PyNaClTests {
    struct Answer: Decodable {
        var key: String?
        var signature: String?
        var digest: String?
        var verifies: Bool?
        var kind: String?
        var seed: String?
        var created: UInt64?
        var label: String?
    }

    @Test(
        "one seed gives one key, one signature and one digest on both sides", arguments: [1, 2, 3])
    func signing(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let secret = (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let message = (0..<random.below(900)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let key = try SigningKey(seed: secret)
        let answer = try ask("sign", Hex.encode(secret), Hex.encode(message))
        #expect(answer.key == key.publicKey.hex)
        #expect(answer.signature == Hex.encode(key.sign(message).bytes))
        #expect(answer.digest == Hex.encode(Ed25519Scheme().digest(message).bytes))
    }

    @Test("what we sign verifies there, and nothing else does")
    func verifying() throws {
        let key = try SigningKey()
        let message = Array("lantern".utf8)
        let signature = Hex.encode(key.sign(message).bytes)
        let hex = Hex.encode(message)
        #expect(try ask("verify", key.publicKey.hex, hex, signature).verifies == true)
        #expect(try ask("verify", key.publicKey.hex, hex + "00", signature).verifies == false)
    }

    @Test("a node key has one public key on both sides")
    func node() throws {
        let key = try NodeKeyPair()
        let answer = try key.withSecretKey { try ask("node", Hex.encode($0)) }
        #expect(answer.key == key.publicKey.hex)
    }

    @Test("a key file opens there, in the clear and sealed", arguments: ["", "copper lantern"])
    func keyFile(_ passphrase: String) throws {
        let folder = try TemporaryFolder()
        let seed = [UInt8](40..<72)
        let file = KeyFile(path: folder.file("device.key"), kind: .device)
        let key = try SigningKey(seed: seed)
        try file.create(key, passphrase: passphrase.isEmpty ? nil : passphrase, cost: .interactive)
        let answer = try ask("keyfile", file.path, passphrase)
        #expect(answer.kind == "device")
        #expect(answer.key == key.publicKey.hex)
        #expect(answer.seed == Hex.encode(seed))
    }

    @Test("a backup opens there")
    func backup() throws {
        let folder = try TemporaryFolder()
        let seed = [UInt8](90..<122)
        let backup = try IdentityBackup(
            key: SigningKey(seed: seed), label: "Grüße", created: Instant(milliseconds: 1 << 41))
        let text = try backup.sealed(passphrase: "otter", cost: .interactive)
        try folder.write("backup.txt", Array(text.utf8))
        let answer = try ask("backup", folder.file("backup.txt"), "otter")
        #expect(answer.seed == Hex.encode(seed))
        #expect(answer.created == 1 << 41)
        #expect(answer.label == "Grüße")
    }

    @Test("the edge cases in the repository are the ones that the script makes")
    func edges() throws {
        let made = try Python.script("ed25519_edges.py")
        #expect(made == (try Data(contentsOf: EdgeVectors.file)))
    }

    private func ask(_ arguments: String...) throws -> Answer {
        let output = try Python.script("crypto_cross_check.py", arguments)
        return try JSONDecoder().decode(Answer.self, from: output)
    }
}
