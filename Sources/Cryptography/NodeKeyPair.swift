import CSodium
public import Primitives

/// The Curve25519 key pair of a node's transport, its secret half in locked memory.
///
/// A key of its own, never converted from an author's key: an address must not name a person, and
/// a transport key can be replaced without losing the feed. It is the Curve25519 form of an Ed25519 key, with
/// which the node signs where it can be reached; keys made before that was so cannot sign.
public final class NodeKeyPair: Sendable, CustomStringConvertible, CustomReflectable {
    public static let secretBytes = 32

    public let publicKey: NodeKey
    /// The Ed25519 key that this one is the form of; nil for a key that was drawn as a Curve25519 key.
    public let signer: SigningKey?
    /// The 32 bytes as drawn or derived; curve operations clamp them themselves.
    let secret: SecretBytes

    /// A new key from the system's randomness. Throws `.outOfMemory` only.
    public convenience init() throws(CryptographyFailure) {
        try self.init(signer: SigningKey())
    }

    /// The key pair that belongs to a signing key, which serves nothing else.
    init(signer: SigningKey) throws(CryptographyFailure) {
        self.signer = signer
        secret = try signer.curveSecret()
        publicKey = Self.publicKey(of: secret)
        require(
            Ed25519Scheme().nodeKey(of: signer.publicKey) == publicKey,
            "both halves of a key pair have one Curve25519 form")
    }

    /// The key pair of 32 secret bytes; for tests and simulations. The array is the caller's to
    /// wipe. Throws `.malformed` for another length.
    public convenience init(secretKey: [UInt8]) throws(CryptographyFailure) {
        guard secretKey.count == Self.secretBytes else {
            throw CryptographyFailure(
                code: .malformed, operation: "make a node key",
                message: "a secret key has 32 bytes, not \(secretKey.count)")
        }
        try self.init(secret: SecretBytes(copying: secretKey))
    }

    init(secret: SecretBytes) throws(CryptographyFailure) {
        require(secret.count == Self.secretBytes, "a secret key has 32 bytes")
        self.secret = secret
        signer = nil
        publicKey = Self.publicKey(of: secret)
    }

    private static func publicKey(of secret: SecretBytes) -> NodeKey {
        var publicBytes = [UInt8](repeating: 0, count: Bytes32.count)
        let result = unsafe secret.withPointer { scalar in
            unsafe crypto_scalarmult_curve25519_base(&publicBytes, scalar)
        }
        guard result == 0, let publicKey = NodeKey(publicBytes) else {
            broken("every scalar, clamped, gives a public key")
        }
        return publicKey
    }

    /// What a key file holds: the seed of the signing key, or the Curve25519 secret where there is none.
    func filed() throws(CryptographyFailure) -> SecretBytes {
        if let signer { try signer.seed() } else { secret }
    }

    /// Lends a copy of the 32 secret bytes to hand them to ZeroMQ (ZMQ_CURVE_SECRETKEY), and wipes
    /// the copy when `body` returns. `body` must not keep the array.
    public func withSecretKey<Result, Failure: Error>(
        _ body: ([UInt8]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var copy = secret.copy()
        defer { wipe(&copy) }
        return try body(copy)
    }

    public var description: String { "node key \(publicKey.hex), secret not shown" }
    public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}
