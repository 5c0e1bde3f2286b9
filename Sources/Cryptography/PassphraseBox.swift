import CSodium
import Primitives

/// Bytes sealed by a passphrase: Argon2id (v1.3) makes the key, XChaCha20-Poly1305 seals.
///
/// Salt and nonce are drawn new for every box, so equal contents give unequal boxes. What the box
/// must not be separated from (format, kind, public key) goes in as `context`, which is
/// authenticated and not stored.
struct PassphraseBox: Hashable, Sendable {
    static let saltCount = 16
    static let nonceCount = 24
    static let overhead = 16
    /// The longest passphrase in bytes; a bound, not a recommendation.
    static let passphraseLimit = 1024

    let cost: PassphraseCost
    let salt: [UInt8]
    let nonce: [UInt8]
    /// As long as the contents and `overhead`.
    let sealed: [UInt8]

    init(cost: PassphraseCost, salt: [UInt8], nonce: [UInt8], sealed: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.nonce = nonce
        self.sealed = sealed
    }

    /// Seals `contents`. Throws `.unacceptable` for an empty or overlong passphrase and
    /// `.outOfMemory` when the system does not give what `cost` asks for.
    init(
        sealing contents: SecretBytes, context: [UInt8], passphrase: String, cost: PassphraseCost
    ) throws(CryptographyFailure) {
        guard (1...Self.passphraseLimit).contains(passphrase.utf8.count) else {
            throw CryptographyFailure(
                code: .unacceptable, operation: "seal a secret key",
                message: "a passphrase has 1 to \(Self.passphraseLimit) bytes")
        }
        self.cost = cost
        salt = SystemRandom.bytes(Self.saltCount)
        nonce = SystemRandom.bytes(Self.nonceCount)
        let key = try Self.key(of: passphrase, salt: salt, cost: cost)
        var out = [UInt8](repeating: 0, count: contents.count + Self.overhead)
        let nonce = nonce
        let result = unsafe key.withPointer { key in
            unsafe contents.withPointer { plain in
                unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
                    &out, nil, plain, UInt64(contents.count), context, UInt64(context.count), nil,
                    nonce, key)
            }
        }
        require(result == 0, "sealing never fails")
        sealed = out
    }

    /// The contents, or nil when passphrase, context or bytes are not the ones it was sealed with:
    /// the box alone cannot tell which.
    func opened(context: [UInt8], passphrase: String) throws(CryptographyFailure) -> SecretBytes? {
        let length = sealed.count - Self.overhead
        guard length >= 0, salt.count == Self.saltCount, nonce.count == Self.nonceCount else {
            return nil
        }
        let key = try Self.key(of: passphrase, salt: salt, cost: cost)
        var genuine = false
        let contents = try unsafe SecretBytes(count: length) { plain in
            let result = unsafe key.withPointer { key in
                unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
                    plain, nil, nil, sealed, UInt64(sealed.count), context, UInt64(context.count),
                    nonce, key)
            }
            genuine = result == 0
        }
        return genuine ? contents : nil
    }

    private static func key(
        of passphrase: String, salt: [UInt8], cost: PassphraseCost
    ) throws(CryptographyFailure) -> SecretBytes {
        Sodium.requireReady()
        var text = passphrase.utf8.map { CChar(bitPattern: $0) }
        defer { wipe(&text) }
        let count = Int(crypto_aead_xchacha20poly1305_ietf_KEYBYTES)
        return try unsafe SecretBytes(count: count) { out throws(CryptographyFailure) in
            let result = unsafe crypto_pwhash(
                out, UInt64(count), text, UInt64(text.count), salt, UInt64(cost.operations),
                Int(cost.memoryKibibytes) * 1024, crypto_pwhash_ALG_ARGON2ID13)
            guard result == 0 else {
                throw CryptographyFailure(
                    code: .outOfMemory, operation: "turn the passphrase into a key",
                    message: "Argon2id needs \(cost.memoryKibibytes / 1024) MiB of free memory; "
                        + "stop another program or raise the container's limit",
                    cause: "crypto_pwhash, \(cost)")
            }
        }
    }
}
