import CSodium
public import Primitives
public import Records

/// Ed25519 and BLAKE2b-256 by libsodium, under verification rule V1.
///
/// V1, frozen because nodes that differ here would split: exact lengths (the types hold them),
/// `isValid` of the key once an author, then `crypto_sign_verify_detached`, which refuses S >= L,
/// small-order R and A, and a non-canonical A.
/// A value without state: make one wherever it is needed.
public struct Ed25519Scheme: SignatureScheme {
    public init() {}

    /// Whether `key` is a canonical encoding of a point of the main subgroup and not the identity.
    public func isValid(_ key: PublicKey) -> Bool {
        unsafe crypto_core_ed25519_is_valid_point(key.bytes) == 1
    }

    public func verify(_ signature: Signature, of message: [UInt8], by key: PublicKey) -> Bool {
        unsafe crypto_sign_verify_detached(
            signature.bytes, message, UInt64(message.count), key.bytes) == 0
    }

    public func nodeKey(of signer: PublicKey) -> NodeKey? {
        var out = [UInt8](repeating: 0, count: Bytes32.count)
        guard unsafe crypto_sign_ed25519_pk_to_curve25519(&out, signer.bytes) == 0 else {
            return nil
        }
        return NodeKey(out)
    }

    public func digest(_ message: [UInt8]) -> Bytes32 {
        var out = [UInt8](repeating: 0, count: Bytes32.count)
        let result = unsafe crypto_generichash(
            &out, out.count, message, UInt64(message.count), nil, 0)
        require(result == 0, "BLAKE2b takes every length")
        guard let digest = Bytes32(out) else { broken("a digest has 32 bytes") }
        return digest
    }
}
