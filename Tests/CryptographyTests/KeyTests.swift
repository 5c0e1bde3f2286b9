import Foundation
import Primitives
import Records
import Testing

@testable import Cryptography

@Suite("Keys in memory")
struct KeyTests {
    @Test("generated keys differ, and one seed gives one key")
    func generation() throws {
        #expect(try SigningKey().publicKey != SigningKey().publicKey)
        #expect(try NodeKeyPair().publicKey != NodeKeyPair().publicKey)
        let seed = [UInt8](0..<32)
        #expect(try SigningKey(seed: seed).publicKey == SigningKey(seed: seed).publicKey)
    }

    @Test("a seed or secret key of another length is refused", arguments: [0, 31, 33, 64])
    func lengths(_ count: Int) {
        let bytes = [UInt8](repeating: 1, count: count)
        #expect(throws: CryptographyFailure.self) { try SigningKey(seed: bytes) }
        #expect(throws: CryptographyFailure.self) { try NodeKeyPair(secretKey: bytes) }
    }

    @Test("RFC 7748, section 6.1: a node key is the Curve25519 public key of its secret")
    func curve25519() throws {
        let pairs = [
            (
                "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
                "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
            ),
            (
                "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
                "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
            ),
        ]
        for (secret, expected) in pairs {
            let key = try NodeKeyPair(secretKey: try #require(Hex.decode(secret)))
            #expect(key.publicKey.hex == expected)
        }
    }

    @Test("nothing that prints a key shows a byte of its secret")
    func redaction() throws {
        let seed = [UInt8](repeating: 0xc3, count: 32)
        let signing = try SigningKey(seed: seed)
        let node = try NodeKeyPair(secretKey: seed)
        let secret = try signing.seed()
        var dumped = ""
        dump(signing, to: &dumped)
        dump(node, to: &dumped)
        dump(secret, to: &dumped)
        let texts = [
            dumped, "\(signing)", "\(node)", "\(secret)", String(reflecting: signing),
            String(reflecting: node), String(reflecting: secret),
        ]
        for text in texts {
            #expect(!text.lowercased().contains("c3c3"))
            #expect(!text.contains("195"))
            #expect(!text.contains("0x"))
        }
        #expect("\(signing)".contains(signing.publicKey.shortText))
    }

    @Test("the secret of a node key is lent as it was given, also through a throwing body")
    func lending() throws {
        struct Stop: Error {}
        let secret = [UInt8](100..<132)
        let key = try NodeKeyPair(secretKey: secret)
        #expect(key.withSecretKey { $0 == secret })
        #expect(throws: Stop.self) { try key.withSecretKey { _ throws(Stop) in throw Stop() } }
        #expect(key.withSecretKey { $0 == secret })
    }

    @Test("the pages of a secret are locked and left out of core dumps")
    func locked() throws {
        let secret = try SecretBytes(copying: [UInt8](repeating: 0x5a, count: 32))
        let address = unsafe secret.withPointer { UInt(bitPattern: $0) }
        let mapping = try MemoryScan.mappings().first { $0.start <= address && address < $0.end }
        let found = try #require(mapping).flags
        #expect(found.contains("dd"), "dd: not dumped; found \(found)")
        #expect(found.contains("rd") && !found.contains("wr"), "read-only; found \(found)")
        if lockedMemoryIsAllowed() {
            #expect(found.contains("lo"), "lo: locked; found \(found)")
        }
        // Still alive here, so the pages looked at were its own.
        #expect(secret.count == 32)
    }

    @Test("a secret that nobody holds any more gives its pages back")
    func release() throws {
        let before = try MemoryScan.mappings().count
        for _ in 0..<1000 { #expect(try SecretBytes(randomCount: 32).count == 32) }
        // Other tests come and go beside this one, but not by the thousand.
        #expect(try MemoryScan.mappings().count < before + 500)
    }

    /// Whether this process may lock more than a few pages: root may, and a limit of 1 MiB lets it.
    private func lockedMemoryIsAllowed() -> Bool {
        let limits = (try? MemoryScan.processFile("limits")) ?? ""
        let line = limits.split(separator: "\n").first { $0.hasPrefix("Max locked memory") }
        let soft = line?.split(separator: " ").dropFirst(3).first.map(String.init) ?? "0"
        return geteuid() == 0 || soft == "unlimited" || (Int(soft) ?? 0) >= 1 << 20
    }

    @Test("a SecretBytes whose filling fails leaves nothing behind and says why")
    func failedFilling() {
        let failure = CryptographyFailure(code: .damaged, operation: "fill", message: "stop")
        do throws(CryptographyFailure) {
            _ = try unsafe SecretBytes(count: 8) { _ throws(CryptographyFailure) in throw failure }
            Issue.record("the failure was swallowed")
        } catch {
            #expect(error == failure)
        }
    }

    @Test("digits become secret bytes only when each is one and all are there")
    func hexadecimal() throws {
        let digits = Array("00ff10".utf8)
        #expect(try SecretBytes(hexDigits: digits[...], count: 3)?.copy() == [0, 255, 16])
        #expect(try SecretBytes(hexDigits: digits[...], count: 2) == nil)
        for bad in ["00ff1", "00ff1g", "00 ff1", "00:ff1", ":0ff10"] {
            #expect(try SecretBytes(hexDigits: Array(bad.utf8)[...], count: 3) == nil, "\(bad)")
        }
        #expect(try SecretBytes(copying: [0, 255, 16]).hexDigits() == digits)
    }
}
