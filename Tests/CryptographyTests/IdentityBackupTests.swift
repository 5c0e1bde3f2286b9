import Foundation
import Primitives
import Records
import Testing

@testable import Cryptography

@Suite("Identity backups")
struct IdentityBackupTests {
    let key: SigningKey
    let backup: IdentityBackup

    init() throws {
        key = try SigningKey(seed: [UInt8](repeating: 0x77, count: 32))
        backup = try IdentityBackup(
            key: key, label: "laptop, März", created: Instant(milliseconds: 1_790_000_000_123))
    }

    @Test("a backup comes back whole: key, label, time")
    func roundTrip() throws {
        let text = try backup.sealed(passphrase: "copper lantern", cost: .minimal)
        try IdentityBackup.verify(text)
        let restored = try IdentityBackup.restore(text, passphrase: "copper lantern")
        #expect(restored.key.publicKey == key.publicKey)
        #expect(restored.key.sign([5]) == key.sign([5]))
        #expect(restored.label == backup.label)
        #expect(restored.created == backup.created)
    }

    @Test("the text shows neither seed, nor key, nor label, and no two are equal")
    func hidden() throws {
        let text = try backup.sealed(passphrase: "p", cost: .minimal)
        let digits = text.replacingOccurrences(of: "\n", with: "")
        #expect(!digits.contains("7777777777"))
        #expect(!digits.contains(key.publicKey.hex))
        #expect(!digits.contains(Hex.encode(Array("laptop".utf8))))
        #expect(try backup.sealed(passphrase: "p", cost: .minimal) != text)
    }

    @Test("a wrong passphrase is told from a damaged text")
    func wrongPassphrase() throws {
        let text = try backup.sealed(passphrase: "right", cost: .minimal)
        for wrong in ["", "Right", "right ", "left"] {
            #expect(
                code { _ = try IdentityBackup.restore(text, passphrase: wrong) }
                    == .wrongPassphrase)
        }
    }

    @Test("a changed character at every position is noticed without the passphrase")
    func damage() throws {
        let text = Array(try backup.sealed(passphrase: "right", cost: .minimal).utf8)
        for position in text.indices {
            for mask in [UInt8(0x01), 0x20] {
                var changed = text
                changed[position] ^= mask
                let found = code {
                    try IdentityBackup.verify(String(decoding: changed, as: UTF8.self))
                }
                // 0x0a ^ 0x20 is '*', so even a changed line end is no white space.
                #expect(found == .damaged || found == .malformed, "character \(position) ^ \(mask)")
            }
            let cut = String(decoding: text[..<position], as: UTF8.self)
            // Without the last line end it is still whole.
            let expected: CryptographyFailure.Code? = position == text.count - 1 ? nil : .malformed
            #expect(code { try IdentityBackup.verify(cut) } == expected, "cut at \(position)")
        }
    }

    @Test("bytes altered with a corrected check are refused by the seal, at every position")
    func forgery() throws {
        let text = try backup.sealed(passphrase: "right", cost: .minimal)
        let whole = try Self.bytes(of: text)
        for position in 0..<whole.count - 16 {
            var changed = Array(whole.dropLast(16))
            changed[position] ^= 0x01
            let forged = Self.armoured(changed)
            let found = code { _ = try IdentityBackup.restore(forged, passphrase: "right") }
            #expect(found == .wrongPassphrase || found == .malformed, "byte \(position)")
        }
    }

    @Test("a planted backup cannot ask for more memory than the limit")
    func cost() throws {
        var bytes = try Self.bytes(of: backup.sealed(passphrase: "p", cost: .minimal))
        bytes.removeLast(16)
        bytes.replaceSubrange(5..<9, with: [1, 0, 16, 0])  // 1 GiB and one KiB
        let failure = code { _ = try IdentityBackup.restore(Self.armoured(bytes), passphrase: "p") }
        #expect(failure == .malformed)
    }

    @Test("white space that mail adds is forgiven, anything else around is not")
    func surroundings() throws {
        let text = try backup.sealed(passphrase: "p", cost: .minimal)
        let lines = text.split(separator: "\n")
        let mailed = "\r\n  \n" + lines.map { "  \($0) \r\n" }.joined() + "\n\n"
        #expect(try IdentityBackup.restore(mailed, passphrase: "p").label == backup.label)
        #expect(code { try IdentityBackup.verify("> " + text) } == .malformed)
        // The Kelvin sign, which Unicode holds for a K.
        let kelvin = text.replacing("BACKUP", with: "BAC\u{212A}UP")
        #expect(code { try IdentityBackup.verify(kelvin) } == .malformed)
        #expect(code { try IdentityBackup.verify(text + text) } == .malformed)
        #expect(code { try IdentityBackup.verify("") } == .malformed)
        let swapped = [lines[0], lines[2], lines[1]] + lines[3...]
        #expect(code { try IdentityBackup.verify(swapped.joined(separator: "\n")) } == .damaged)
        let huge = text + String(repeating: "\n", count: 5000)
        #expect(code { try IdentityBackup.verify(huge) } == .malformed)
    }

    @Test("a label that is too long or holds control characters is refused, an empty one is not")
    func labels() throws {
        for label in [String(repeating: "x", count: 65), "a\nb", "\u{1b}[31m", "\u{7f}", "a\0"] {
            #expect(
                code {
                    _ = try IdentityBackup(key: key, label: label, created: backup.created)
                } == .unacceptable)
        }
        for label in ["", String(repeating: "x", count: 64)] {
            let one = try IdentityBackup(key: key, label: label, created: backup.created)
            let text = try one.sealed(passphrase: "p", cost: .minimal)
            #expect(try IdentityBackup.restore(text, passphrase: "p").label == label)
        }
    }

    @Test("a backup is never made without a passphrase")
    func always() {
        #expect(code { _ = try backup.sealed(passphrase: "", cost: .minimal) } == .unacceptable)
    }

    @Test("the default cost is Argon2id over 256 MiB")
    func moderate() {
        #expect(PassphraseCost.moderate.memoryKibibytes == 262_144)
        #expect(PassphraseCost.moderate.operations == 3)
    }

    private static func bytes(of text: String) throws -> [UInt8] {
        let digits = text.split(separator: "\n").dropFirst().dropLast().joined()
        return try #require(Hex.decode(digits))
    }

    /// A check value and an armour of the test's own, as a forger would make them.
    private static func armoured(_ bytes: [UInt8]) -> String {
        let check = BackupArmour.check(bytes)
        let digits = Array(Hex.encode(bytes + check))
        let lines = stride(from: 0, to: digits.count, by: 64).map {
            String(digits[$0..<min($0 + 64, digits.count)])
        }
        return ([BackupArmour.begin] + lines + [BackupArmour.end]).joined(separator: "\n") + "\n"
    }

    private func code(_ body: () throws -> Void) -> CryptographyFailure.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? CryptographyFailure)?.code
        }
    }
}
