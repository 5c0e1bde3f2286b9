public import Primitives

/// A person's identity as one block of text to be kept off the machine: the author's secret key, a
/// label and the time of the backup, always sealed by a passphrase.
///
/// Who it belongs to stands inside the seal, so a found backup names nobody. Layout of the bytes
/// that the armour shows as lower-case hexadecimal in lines of 64:
///
///     version 1 = 0x01
///     Argon2id: passes 4 | KiB 4       little-endian
///     salt 16 | nonce 24
///     sealed: seed 32 | created ms 8, little-endian | label length 1 | label, then 16 of the seal
///     check 16                         BLAKE2b-128 of all before
///
/// The check tells a damaged text from a wrong passphrase: it needs no secret, and it is right or
/// wrong before the passphrase is tried. Whoever alters a backup on purpose can make it right again
/// and then the seal fails, which reads as a wrong passphrase.
public struct IdentityBackup: Sendable {
    /// Bytes of UTF-8; no control characters.
    public static let labelLimitBytes = 64

    public let key: SigningKey
    /// The owner's words for it, as in "laptop, March".
    public let label: String
    public let created: Instant

    /// Throws `.unacceptable` for a label that is too long or holds control characters.
    public init(key: SigningKey, label: String, created: Instant) throws(CryptographyFailure) {
        guard Self.isAcceptable(label) else {
            throw CryptographyFailure(
                code: .unacceptable, operation: "make a backup",
                message: "a label has at most \(Self.labelLimitBytes) bytes "
                    + "and no control characters")
        }
        self.key = key
        self.label = label
        self.created = created
    }

    /// The text, sealed anew with every call. Throws as `PassphraseBox`: `.unacceptable` for an
    /// empty passphrase, `.outOfMemory`.
    public func sealed(
        passphrase: String, cost: PassphraseCost = .moderate
    ) throws(CryptographyFailure) -> String {
        let box = try PassphraseBox(
            sealing: try contents(), context: Self.context, passphrase: passphrase, cost: cost)
        return BackupArmour(box: box).text
    }

    /// Whether `text` is a whole and undamaged backup, which needs no passphrase. Throws
    /// `.malformed` or `.damaged`.
    public static func verify(_ text: String) throws(CryptographyFailure) {
        _ = try BackupArmour(reading: text, operation: "verify the backup")
    }

    /// The identity in `text`. Throws `.malformed`, `.damaged`, `.wrongPassphrase`.
    public static func restore(
        _ text: String, passphrase: String
    ) throws(CryptographyFailure) -> IdentityBackup {
        let operation = "restore the backup"
        let armour = try BackupArmour(reading: text, operation: operation)
        guard let contents = try armour.box.opened(context: context, passphrase: passphrase) else {
            throw CryptographyFailure(
                code: .wrongPassphrase, operation: operation,
                message: "the backup is whole but this passphrase does not open it; try again")
        }
        guard let backup = try IdentityBackup(contents: contents) else {
            throw CryptographyFailure(
                code: .malformed, operation: operation,
                message: "the passphrase is right but the contents are not an identity; "
                    + "update vouchbird and try again")
        }
        return backup
    }

    /// What the seal binds beside the contents.
    private static let context = Array("vouchbird identity backup v1".utf8)
    private static let headCount = SigningKey.seedBytes + 9

    private static func isAcceptable(_ label: String) -> Bool {
        label.utf8.count <= labelLimitBytes
            && label.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    private func contents() throws(CryptographyFailure) -> SecretBytes {
        let seed = try key.seed()
        let rest = Self.littleEndian(created.milliseconds) + [UInt8(label.utf8.count)] + label.utf8
        return try unsafe SecretBytes(count: seed.count + rest.count) { out in
            unsafe seed.withPointer { unsafe out.update(from: $0, count: seed.count) }
            unsafe (out + seed.count).update(from: rest, count: rest.count)
        }
    }

    /// Nil when the opened bytes do not follow the layout.
    private init?(contents: SecretBytes) throws(CryptographyFailure) {
        var bytes = contents.copy()
        defer { wipe(&bytes) }
        guard bytes.count >= Self.headCount,
            bytes.count == Self.headCount + Int(bytes[Self.headCount - 1]),
            let label = String(validating: bytes[Self.headCount...], as: UTF8.self),
            Self.isAcceptable(label)
        else { return nil }
        let seed = try unsafe SecretBytes(count: SigningKey.seedBytes) { out in
            unsafe contents.withPointer { unsafe out.update(from: $0, count: SigningKey.seedBytes) }
        }
        let time = bytes[SigningKey.seedBytes..<SigningKey.seedBytes + 8]
        key = try SigningKey(secretSeed: seed)
        created = Instant(milliseconds: time.reversed().reduce(0) { $0 << 8 | UInt64($1) })
        self.label = label
    }

    private static func littleEndian(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    }
}
