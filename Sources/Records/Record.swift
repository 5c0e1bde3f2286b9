public import Primitives

/// A body, its signature where it is held, and the very bytes that carried them.
///
/// The bytes are kept because they are what is hashed, verified, stored and forwarded: nothing is
/// ever signed or checked over a re-encoding. A record that came in a chain may lack its own
/// signature: a later one of its feed vouches for it (`Chain`).
///
/// One reference, because a record passes through many hands from the frame to the disk: all copies share its content.
public struct Record: Hashable, Sendable {
    @usableFromInline let content: Content

    @inlinable public var body: RecordBody { content.body }
    /// Nil when only a later place of the chain vouches for the body.
    @inlinable public var signature: Signature? { content.signature }
    /// The body, then the signature if it is held.
    @inlinable public var encoded: [UInt8] { content.encoded }
    /// BLAKE2b-256 over the record domain and the body. Never over the signature: one signer can make
    /// many valid signatures of one body.
    @inlinable public var id: RecordID { content.id }

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
        content = Content(
            body: try RecordBody.decode(bodyBytes), signature: signature, encoded: Array(bytes),
            id: RecordID(raw: scheme.digest(Domain.record + bodyBytes)))
    }

    /// Reads one body without a signature that fills `bytes` exactly.
    public init(decodingUnsigned bytes: ArraySlice<UInt8>, scheme: any SignatureScheme)
        throws(DecodingFailure)
    {
        guard bytes.count <= WireLimits.recordBytes - Signature.count else {
            throw DecodingFailure(offset: 0, field: "record", reason: .outOfRange)
        }
        content = Content(
            body: try RecordBody.decode(bytes), signature: nil, encoded: Array(bytes),
            id: RecordID(raw: scheme.digest(Domain.record + bytes)))
    }

    /// Joins a decoded body to its bytes. `hashed` is the record domain and the encoded body.
    init(_ body: RecordBody, hashed: [UInt8], signature: Signature?, scheme: any SignatureScheme) {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(hashed.count + Signature.count)
        encoded.append(contentsOf: hashed[Domain.record.count...])
        if let signature { encoded.append(contentsOf: signature.bytes) }
        content = Content(
            body: body, signature: signature, encoded: encoded,
            id: RecordID(raw: scheme.digest(hashed)))
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
        content = Content(
            body: body, signature: signature, encoded: bodyBytes + signature.bytes,
            id: RecordID(raw: scheme.digest(Domain.record + bodyBytes)))
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

    /// The body is read from the bytes, so equal bytes are equal records.
    public static func == (left: Self, right: Self) -> Bool {
        left.content === right.content
            || (left.id == right.id && (left.signature == nil) == (right.signature == nil)
                && left.encoded == right.encoded)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(id) }

    static func signedBytes(of body: ArraySlice<UInt8>, network: NetworkID) -> [UInt8] {
        Domain.record + network.bytes + body
    }
}

extension Record {
    @usableFromInline
    final class Content: Sendable {
        @usableFromInline let body: RecordBody
        @usableFromInline let signature: Signature?
        @usableFromInline let encoded: [UInt8]
        @usableFromInline let id: RecordID

        init(body: RecordBody, signature: Signature?, encoded: [UInt8], id: RecordID) {
            self.body = body
            self.signature = signature
            self.encoded = encoded
            self.id = id
        }
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
