public import Primitives

/// How records are hashed and verified: the only abstract seam of the core.
///
/// The daemon brings Ed25519 and BLAKE2b from libsodium; a large simulation may bring a keyed hash.
public protocol SignatureScheme: Sendable {
    /// Whether `key` may sign at all: for Ed25519, on the curve, in the main subgroup, canonical.
    /// Asked once an author, not once a record.
    func isValid(_ key: PublicKey) -> Bool

    /// Whether `signature` is `key`'s over exactly `message`.
    func verify(_ signature: Signature, of message: [UInt8], by key: PublicKey) -> Bool

    /// The node key that belongs to a node's signing key: for Ed25519 its Curve25519 form. Nil when there is none.
    func nodeKey(of signer: PublicKey) -> NodeKey?

    /// A collision-resistant 32-byte digest of `message`: BLAKE2b-256 without a key.
    func digest(_ message: [UInt8]) -> Bytes32
}

/// Holds one secret key and signs with it. It never gives the secret out.
public protocol Signer: Sendable {
    var publicKey: PublicKey { get }
    func sign(_ message: [UInt8]) -> Signature
}
