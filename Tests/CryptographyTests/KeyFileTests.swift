import Foundation
import Primitives
import Records
import Testing

@testable import Cryptography

@Suite("T37: key files")
struct KeyFileTests {
    let folder: TemporaryFolder
    let key: SigningKey
    let file: KeyFile

    init() throws {
        folder = try TemporaryFolder()
        key = try SigningKey(seed: [UInt8](1...32))
        file = KeyFile(path: folder.file("author.key"), kind: .author)
    }

    @Test("a key that is written is read back, in folder and file that only the owner may open")
    func roundTrip() throws {
        let inner = KeyFile(path: folder.file("a/b/device.key"), kind: .device)
        try inner.create(key)
        let read = try inner.readSigningKey()
        #expect(read.publicKey == key.publicKey)
        #expect(read.sign([1]) == key.sign([1]))
        #expect(try folder.mode("a/b/device.key") == 0o600)
        #expect(try folder.mode("a") == 0o700)
        #expect(try folder.mode("a/b") == 0o700)
    }

    @Test("a node key is written and read back")
    func nodeKey() throws {
        let file = KeyFile(path: folder.file("node.key"), kind: .node)
        let node = try NodeKeyPair()
        try file.create(node)
        let read = try file.readNodeKey()
        #expect(read.publicKey == node.publicKey)
        #expect(read.withSecretKey { copy in node.withSecretKey { $0 == copy } })
    }

    @Test("a file that is there is never overwritten")
    func neverOverwritten() throws {
        try file.create(key)
        let before = try folder.bytes("author.key")
        let failure = failure { try file.create(SigningKey()) }
        #expect(failure?.code == .exists)
        #expect(failure?.message.contains("mv \(file.path)") == true)
        #expect(try folder.bytes("author.key") == before)
    }

    @Test("a link that points nowhere is not written through")
    func danglingLink() throws {
        try FileManager.default.createSymbolicLink(
            atPath: file.path, withDestinationPath: folder.file("elsewhere"))
        #expect(failure { try file.create(key) }?.code == .exists)
        #expect(!FileManager.default.fileExists(atPath: folder.file("elsewhere")))
    }

    @Test(
        "a wider mode is refused with the command that closes it",
        arguments: [0o640, 0o644, 0o604, 0o660, 0o601, 0o666, 0o777])
    func wideFile(_ mode: Int) throws {
        try file.create(key)
        try folder.setMode("author.key", mode)
        let failure = failure { _ = try file.readSigningKey() }
        #expect(failure?.code == .permissionsTooWide)
        #expect(failure?.message.contains("chmod 600 \(file.path)") == true)
        #expect(failure?.cause == "mode \(String(mode, radix: 8))")
        try folder.setMode("author.key", 0o600)
        #expect(try file.readSigningKey().publicKey == key.publicKey)
    }

    @Test("a narrower mode is accepted: 0400 is for an owner who protects himself from himself")
    func narrowFile() throws {
        try file.create(key)
        try folder.setMode("author.key", 0o400)
        #expect(try file.readSigningKey().publicKey == key.publicKey)
    }

    @Test(
        "an open folder is refused, for reading and for writing", arguments: [0o750, 0o701, 0o755])
    func wideFolder(_ mode: Int) throws {
        try file.create(key)
        try folder.setMode("", mode)
        let reading = failure { _ = try file.readSigningKey() }
        #expect(reading?.code == .permissionsTooWide)
        #expect(reading?.message.contains("chmod 700 \(folder.path)") == true)
        let other = KeyFile(path: folder.file("other.key"), kind: .author)
        #expect(failure { try other.create(key) }?.code == .permissionsTooWide)
        #expect(!FileManager.default.fileExists(atPath: other.path))
    }

    @Test("a symbolic link is refused, even to a good key")
    func symbolicLink() throws {
        try file.create(key)
        let link = KeyFile(path: folder.file("link.key"), kind: .author)
        try FileManager.default.createSymbolicLink(
            atPath: link.path, withDestinationPath: file.path)
        let failure = failure { _ = try link.readSigningKey() }
        #expect(failure?.code == .notAPlainFile)
        #expect(failure?.message.contains("symbolic link") == true)
    }

    @Test("a pipe and a folder in place of the file are refused without waiting")
    func notAFile() throws {
        #expect(folder.makePipe("author.key"))
        #expect(failure { _ = try file.readSigningKey() }?.code == .notAPlainFile)
        let directory = KeyFile(path: folder.file("folder"), kind: .author)
        try FileManager.default.createDirectory(
            atPath: directory.path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        #expect(failure { _ = try directory.readSigningKey() }?.code == .notAPlainFile)
    }

    @Test("a missing file and a missing folder name the command that makes one")
    func missing() {
        for path in [file.path, folder.file("no/such.key")] {
            let absent = KeyFile(path: path, kind: .author)
            let failure = failure { _ = try absent.readSigningKey() }
            #expect(failure?.code == .missing)
            #expect(failure?.message.contains("vouchbird init") == true)
        }
    }

    @Test(
        "a file or folder of another user is refused",
        .enabled(if: geteuid() == 0, "only root can give a file away"))
    func foreignOwner() throws {
        try file.create(key)
        #expect(folder.give("author.key", to: 65534))
        let ofFile = failure { _ = try file.readSigningKey() }
        #expect(ofFile?.code == .foreignOwner)
        #expect(ofFile?.message.contains("chown 0 \(file.path)") == true)
        #expect(ofFile?.cause.contains("65534") == true)
        #expect(folder.give("author.key", to: 0))
        #expect(folder.give("", to: 65534))
        #expect(failure { _ = try file.readSigningKey() }?.code == .foreignOwner)
        #expect(folder.give("", to: 0))
        #expect(try file.readSigningKey().publicKey == key.publicKey)
    }

    @Test("a key of one kind is not read as another")
    func kinds() throws {
        try file.create(key)
        let device = KeyFile(path: file.path, kind: .device)
        let failure = failure { _ = try device.readSigningKey() }
        #expect(failure?.code == .malformed)
        #expect(failure?.cause == "author instead of device")
    }

    @Test("every changed, lost or added byte of an open key file is refused")
    func damage() throws {
        try file.create(key)
        let whole = try folder.bytes("author.key")
        let target = KeyFile(path: folder.file("damaged.key"), kind: .author)
        for position in whole.indices {
            for mask in [UInt8(0x01), 0x20, 0x80] {
                var changed = whole
                changed[position] ^= mask
                try folder.write("damaged.key", changed)
                let code = failure { _ = try target.readSigningKey() }?.code
                #expect(code == .malformed || code == .damaged, "byte \(position) ^ \(mask)")
            }
            try folder.write("damaged.key", Array(whole[..<position]))
            #expect(failure { _ = try target.readSigningKey() }?.code == .malformed)
        }
        try folder.write("damaged.key", whole + [0x0a])
        #expect(failure { _ = try target.readSigningKey() }?.code == .malformed)
        try folder.write("damaged.key", [UInt8](repeating: 0x61, count: 5000))
        #expect(failure { _ = try target.readSigningKey() }?.code == .malformed)
    }

    @Test("a stated public key that the secret does not have is refused")
    func otherPublicKey() throws {
        try file.create(key)
        let other = try SigningKey().publicKey
        let text = String(decoding: try folder.bytes("author.key"), as: UTF8.self)
        let mixed = text.replacingOccurrences(of: key.publicKey.hex, with: other.hex)
        try folder.write("author.key", Array(mixed.utf8))
        let failure = failure { _ = try file.readSigningKey() }
        #expect(failure?.code == .damaged)
        #expect(failure?.cause.contains(key.publicKey.hex) == true)
    }

    @Test("a sealed key needs its passphrase and shows no seed")
    func sealed() throws {
        try file.create(key, passphrase: "two otters", cost: .minimal)
        let text = String(decoding: try folder.bytes("author.key"), as: UTF8.self)
        #expect(!text.contains(Hex.encode([UInt8](1...32))))
        #expect(try file.readSigningKey(passphrase: "two otters").publicKey == key.publicKey)
        #expect(failure { _ = try file.readSigningKey() }?.code == .passphraseNeeded)
        for wrong in ["", "two otter", "two otters ", "Two otters"] {
            let failure = failure { _ = try file.readSigningKey(passphrase: wrong) }
            #expect(failure?.code == .wrongPassphrase, "\(wrong)")
        }
    }

    @Test("every changed byte of a sealed key file is refused")
    func sealedDamage() throws {
        try file.create(key, passphrase: "p", cost: .minimal)
        let whole = try folder.bytes("author.key")
        let target = KeyFile(path: folder.file("damaged.key"), kind: .author)
        for position in whole.indices {
            var changed = whole
            changed[position] ^= 0x01
            try folder.write("damaged.key", changed)
            #expect(throws: CryptographyFailure.self, "byte \(position)") {
                _ = try target.readSigningKey(passphrase: "p")
            }
        }
    }

    @Test("a planted file cannot ask for more memory or time than the limit")
    func cost() throws {
        try file.create(key, passphrase: "p", cost: .minimal)
        let text = String(decoding: try folder.bytes("author.key"), as: UTF8.self)
        #expect(text.contains("\nargon2id 1 8\n"))
        for planted in ["1 1048577", "17 8", "1 4294967295", "0 8", "1 7", "01 8", "+1 8", "1  8"] {
            let changed = text.replacingOccurrences(of: "argon2id 1 8", with: "argon2id \(planted)")
            try folder.write("author.key", Array(changed.utf8))
            let failure = failure { _ = try file.readSigningKey(passphrase: "p") }
            #expect(failure?.code == .malformed, "\(planted)")
        }
    }

    @Test("an empty or endless passphrase does not seal, and no file is left")
    func unacceptablePassphrase() throws {
        for passphrase in ["", String(repeating: "x", count: 1025)] {
            let failure = failure { try file.create(key, passphrase: passphrase, cost: .minimal) }
            #expect(failure?.code == .unacceptable)
            #expect(!FileManager.default.fileExists(atPath: file.path))
        }
    }

    @Test("no failure shows the secret")
    func silence() throws {
        try file.create(key)
        let seed = Hex.encode([UInt8](1...32))
        var changed = try folder.bytes("author.key")
        changed[changed.count - 2] ^= 0x40
        try folder.write("author.key", changed)
        let text = failure { _ = try file.readSigningKey() }?.description ?? ""
        #expect(text.hasPrefix("cannot read the author key: "))
        #expect(!text.contains(seed.prefix(16)))
    }

    private func failure(_ body: () throws -> Void) -> CryptographyFailure? {
        do {
            try body()
            return nil
        } catch {
            return error as? CryptographyFailure
        }
    }
}
