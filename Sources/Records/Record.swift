public import Primitives

/// A body, its signature where it is held, and the very bytes that carried them.
///
/// The bytes are kept because they are what is hashed, verified, stored and forwarded: nothing is
/// ever signed or checked over a re-encoding. A record that came in a chain may lack its own
/// signature: a later one of its feed vouches for it (`Chain`).
public struct Record: Hashable, Sendable {
    public let body: RecordBody
    /// Nil when only a later place of the chain vouches for the body.
    public let signature: Signature?
    /// The body, then the signature if it is held.
    public let encoded: [UInt8]
    /// BLAKE2b-256 over the record domain and the body. Never over the signature: one signer can make
    /// many valid signatures of one body.
    public let id: RecordID

    /// Reads one signed record that fills `bytes` exactly.
    public init(decoding bytes: ArraySlice<UInt8>, scheme: any SignatureScheme)
        throws(DecodingFailure)
    {
        guard bytes.count <= WireLimits.recordBytes else {
            throw DecodingFailure(offset: 0, field: "record", reason: .outOfRange)
        }
        guard bytes.count > Signature.count,
            let signature = Signature(bytes.suffix(Signature.count))
        else { throw DecodingFailure(offset: 0, field: "record", reason: .truncated) }
        let bodyBytes = bytes.dropLast(Signature.count)
        body = try RecordBody.decode(bodyBytes)
        self.signature = signature
        encoded = Array(bytes)
        id = RecordID(raw: scheme.digest(Domain.record + bodyBytes))
    }

    /// Reads one body without a signature that fills `bytes` exactly.
    public init(decodingUnsigned bytes: ArraySlice<UInt8>, scheme: any SignatureScheme)
        throws(DecodingFailure)
    {
        guard bytes.count <= WireLimits.recordBytes - Signature.count else {
            throw DecodingFailure(offset: 0, field: "record", reason: .outOfRange)
        }
        body = try RecordBody.decode(bytes)
        signature = nil
        encoded = Array(bytes)
        id = RecordID(raw: scheme.digest(Domain.record + bytes))
    }

    /// Joins a decoded body to its bytes. `hashed` is the record domain and the encoded body.
    init(_ body: RecordBody, hashed: [UInt8], signature: Signature?, scheme: any SignatureScheme) {
        self.body = body
        self.signature = signature
        var encoded: [UInt8] = []
        encoded.reserveCapacity(hashed.count + Signature.count)
        encoded.append(contentsOf: hashed[Domain.record.count...])
        if let signature { encoded.append(contentsOf: signature.bytes) }
        self.encoded = encoded
        id = RecordID(raw: scheme.digest(hashed))
    }

    /// The id that `bytes` has if it is a record; nil where its length says that it is none. `scratch` holds the
    /// digest's input meanwhile, so that nothing is allocated.
    public static func id(
        of bytes: ArraySlice<UInt8>, scheme: any SignatureScheme, scratch: inout [UInt8]
    ) -> RecordID? {
        guard bytes.count <= WireLimits.recordBytes, bytes.count > Signature.count else {
            return nil
        }
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: Domain.record)
        scratch.append(contentsOf: bytes.dropLast(Signature.count))
        return RecordID(raw: scheme.digest(scratch))
    }

    /// Signs `body` for one network. Requires that `signer` owns `body.feed` and that the record fits.
    public init(
        signing body: RecordBody, network: NetworkID, signer: any Signer,
        scheme: any SignatureScheme
    ) {
        require(signer.publicKey == body.feed, "a feed is signed by its own key")
        let bodyBytes = body.encoded
        let signature = signer.sign(Self.signedBytes(of: bodyBytes[...], network: network))
        self.body = body
        self.signature = signature
        encoded = bodyBytes + signature.bytes
        id = RecordID(raw: scheme.digest(Domain.record + bodyBytes))
        require(encoded.count <= WireLimits.recordBytes, "a record fits its limit")
    }

    /// The bytes that the id and the signature cover.
    public var bodyBytes: ArraySlice<UInt8> {
        signature == nil ? encoded[...] : encoded.dropLast(Signature.count)
    }

    /// Whether the feed's key signed exactly this body for `network`; false without a signature. One verification.
    public func isSigned(network: NetworkID, scheme: any SignatureScheme) -> Bool {
        guard let signature else { return false }
        return scheme.verify(
            signature, of: Self.signedBytes(of: bodyBytes, network: network), by: body.feed)
    }

    static func signedBytes(of body: ArraySlice<UInt8>, network: NetworkID) -> [UInt8] {
        Domain.record + network.bytes + body
    }
}

/// An author's consent that a device's feed speaks for it.
public enum Delegation {
    /// What the author signs: `domain | network 32 | device 32 | author 32`.
    public static func statement(device: PublicKey, author: PublicKey, network: NetworkID)
        -> [UInt8]
    {
        Domain.delegation + network.bytes + device.bytes + author.bytes
    }

    /// The payload of a device feed's first record. `signer` holds the author's key.
    public static func payload(device: PublicKey, network: NetworkID, signer: any Signer) -> Payload
    {
        let author = signer.publicKey
        return .delegate(
            author: author,
            signature: signer.sign(
                statement(device: device, author: author, network: network)))
    }
}
