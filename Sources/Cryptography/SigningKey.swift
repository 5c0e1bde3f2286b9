import CSodium
public import Primitives
public import Records

/// An Ed25519 key pair of an author or of one of its devices, its secret half in locked memory.
///
/// It signs; it never prints or returns its secret. Signing is deterministic (RFC 8032), so it needs
/// no randomness. About 14 us a signature.
public final class SigningKey: Signer, CustomStringConvertible, CustomReflectable {
    public static let seedBytes = 32

    public let publicKey: PublicKey
    /// libsodium's form of a secret key: seed, then public key, 64 bytes.
    private let secret: SecretBytes

    /// A new key from the system's randomness. Throws `.outOfMemory` only.
    public convenience init() throws(CryptographyFailure) {
        try self.init(secretSeed: SecretBytes(randomCount: Self.seedBytes))
    }

    /// The key of a 32-byte seed; for tests and simulations, where keys follow from a number.
    /// The array is the caller's to wipe. Throws `.malformed` for another length.
    public convenience init(seed: [UInt8]) throws(CryptographyFailure) {
        guard seed.count == Self.seedBytes else {
            throw CryptographyFailure(
                code: .malformed, operation: "make a signing key",
                message: "a seed has 32 bytes, not \(seed.count)")
        }
        try self.init(secretSeed: SecretBytes(copying: seed))
    }

    init(secretSeed: SecretBytes) throws(CryptographyFailure) {
        require(secretSeed.count == Self.seedBytes, "a seed has 32 bytes")
        var publicBytes = [UInt8](repeating: 0, count: Bytes32.count)
        secret = try unsafe SecretBytes(count: 64) { start in
            let result = unsafe secretSeed.withPointer { seed in
                unsafe crypto_sign_seed_keypair(&publicBytes, start, seed)
            }
            require(result == 0, "every seed gives a key pair")
        }
        guard let publicKey = PublicKey(publicBytes) else {
            broken("a public key has 32 bytes")
        }
        self.publicKey = publicKey
    }

    public func sign(_ message: [UInt8]) -> Signature {
        var out = [UInt8](repeating: 0, count: Signature.count)
        let result = unsafe secret.withPointer { key in
            unsafe crypto_sign_detached(&out, nil, message, UInt64(message.count), key)
        }
        guard result == 0, let signature = Signature(out) else {
            broken("signing with a whole key never fails")
        }
        return signature
    }

    public var description: String { "signing key of \(publicKey.shortText), secret not shown" }
    public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }

    /// The Curve25519 form of the secret, in locked memory of its own.
    func curveSecret() throws(CryptographyFailure) -> SecretBytes {
        try unsafe SecretBytes(count: Self.seedBytes) { out in
            let result = unsafe secret.withPointer { key in
                unsafe crypto_sign_ed25519_sk_to_curve25519(out, key)
            }
            require(result == 0, "every signing key has a Curve25519 form")
        }
    }

    /// The seed in locked memory of its own, for the writers of key files and backups.
    func seed() throws(CryptographyFailure) -> SecretBytes {
        try unsafe SecretBytes(count: Self.seedBytes) { out in
            unsafe secret.withPointer { unsafe out.update(from: $0, count: Self.seedBytes) }
        }
    }
}
