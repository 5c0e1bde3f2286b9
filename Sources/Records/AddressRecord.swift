public import Primitives

/// A node's own word where it can be reached, for other nodes to pass on until it expires.
///
/// The signing key is the node's and no author's: the node key is its Curve25519 form, so that nobody can say
/// where a node is but the node itself.
public struct AddressRecord: Hashable, Sendable {
    /// How long a record may last (threats.md, T25).
    public static let lifetimeMilliseconds: UInt64 = 86_400_000
    /// Bytes on the wire.
    public static let count = 32 + NetworkAddress.count + 8 + Signature.count

    public let signer: PublicKey
    public let address: NetworkAddress
    public let expires: Instant
    public let signature: Signature

    init(signer: PublicKey, address: NetworkAddress, expires: Instant, signature: Signature) {
        self.signer = signer
        self.address = address
        self.expires = expires
        self.signature = signature
    }

    /// Signs a record. `signer` is the node's own.
    public init(
        signing address: NetworkAddress, expires: Instant, network: NetworkID, signer: any Signer
    ) {
        self.init(
            signer: signer.publicKey, address: address, expires: expires,
            signature: signer.sign(Self.message(address, expires, network)))
    }

    /// The node that is reached there; nil unless the signature holds. One verification.
    public func nodeKey(network: NetworkID, scheme: any SignatureScheme) -> NodeKey? {
        guard scheme.isValid(signer),
            scheme.verify(signature, of: Self.message(address, expires, network), by: signer)
        else { return nil }
        return scheme.nodeKey(of: signer)
    }

    private static func message(
        _ address: NetworkAddress, _ expires: Instant, _ network: NetworkID
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.raw(Domain.address)
        writer.wrapped(network)
        writer.raw(address.bytes)
        writer.word(expires.milliseconds, bytes: 8)
        return writer.bytes
    }
}

extension AddressRecord {
    /// The one byte string of this record: signer, address, expiry, signature.
    public var encoded: [UInt8] {
        var writer = ByteWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// Reads what `encoded` gives.
    public init(decoding bytes: [UInt8]) throws(DecodingFailure) {
        var reader = ByteReader(bytes)
        try self.init(from: &reader)
        try reader.end("address record")
    }

    func write(to writer: inout ByteWriter) {
        writer.wrapped(signer)
        writer.raw(address.bytes)
        writer.word(expires.milliseconds, bytes: 8)
        writer.raw(signature.bytes)
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        let signer = try reader.wrapped("signer", as: PublicKey.self)
        guard let address = NetworkAddress(try reader.take(NetworkAddress.count, "address")) else {
            throw reader.failure("address", .outOfRange)
        }
        let expires = try reader.word("expires", bytes: 8)
        guard expires <= WireLimits.timeMilliseconds else {
            throw reader.failure("expires", .outOfRange)
        }
        guard let signature = Signature(try reader.take(Signature.count, "signature")) else {
            throw reader.failure("signature", .outOfRange)
        }
        self.init(
            signer: signer, address: address, expires: Instant(milliseconds: expires),
            signature: signature)
    }
}

/// PX_REQ and PX_RESP: at most `cap` address records, the sender's own first where it has one.
enum AddressFrame {
    static func write(
        _ type: UInt8, _ records: [AddressRecord], to writer: inout ByteWriter
    ) {
        writer.byte(type)
        writer.varint(records.count)
        for record in records { record.write(to: &writer) }
    }

    static func read(
        _ reader: inout ByteReader, cap: Int
    ) throws(DecodingFailure) -> [AddressRecord] {
        let count = try reader.count("addresses", cap: cap)
        var records: [AddressRecord] = []
        records.reserveCapacity(count)
        for _ in 0..<count { records.append(try AddressRecord(from: &reader)) }
        return records
    }
}
