public import Primitives

/// An author's key gives way to another: signed by both, so that neither can be moved without its holder.
///
/// The feed that holds it speaks for the new author from there on.
public struct Rotation: Hashable, Sendable {
    public var old: PublicKey
    public var new: PublicKey
    /// Of `statement`, by either key.
    public var oldSignature: Signature
    public var newSignature: Signature
    /// The new author's consent that the feed speaks for it, as in a DELEGATE.
    public var consent: Signature

    public init(
        old: PublicKey, new: PublicKey, oldSignature: Signature, newSignature: Signature,
        consent: Signature
    ) {
        self.old = old
        self.new = new
        self.oldSignature = oldSignature
        self.newSignature = newSignature
        self.consent = consent
    }

    /// Signs the change of `old` to `new` for the feed of `device`.
    public init(of old: any Signer, to new: any Signer, device: PublicKey, network: NetworkID) {
        let statement = Self.statement(
            old: old.publicKey, new: new.publicKey, network: network)
        self.init(
            old: old.publicKey, new: new.publicKey, oldSignature: old.sign(statement),
            newSignature: new.sign(statement),
            consent: new.sign(
                Delegation.statement(device: device, author: new.publicKey, network: network)))
    }

    /// What both keys sign: `domain | network 32 | old 32 | new 32`.
    public static func statement(old: PublicKey, new: PublicKey, network: NetworkID) -> [UInt8] {
        Domain.rotation + network.bytes + old.bytes + new.bytes
    }

    /// What `isSigned` verifies at most.
    public static let signatures = 3

    /// Whether both keys signed it, and the new one speaks by this feed.
    public func isSigned(
        feed: PublicKey, network: NetworkID, scheme: any SignatureScheme
    ) -> Bool {
        let statement = Self.statement(old: old, new: new, network: network)
        let consented = Delegation.statement(device: feed, author: new, network: network)
        return old != new && scheme.isValid(new)
            && scheme.verify(oldSignature, of: statement, by: old)
            && scheme.verify(newSignature, of: statement, by: new)
            && scheme.verify(consent, of: consented, by: new)
    }
}

/// An author takes back its consent to a device: of that feed nothing after a place counts.
public struct Revocation: Hashable, Sendable {
    public var device: PublicKey
    /// Sequence of the last record that counts; 0: none does.
    public var last: UInt64
    public var signature: Signature

    public init(device: PublicKey, last: UInt64, signature: Signature) {
        self.device = device
        self.last = last
        self.signature = signature
    }

    /// Signs the end of a device. `author` holds the key of whom the device speaks for.
    public init(of device: PublicKey, after last: UInt64, by author: any Signer, network: NetworkID)
    {
        let statement = Self.statement(
            device: device, last: last, author: author.publicKey, network: network)
        self.init(device: device, last: last, signature: author.sign(statement))
    }

    /// What the author signs: `domain | network 32 | device 32 | author 32 | last varint`.
    public static func statement(
        device: PublicKey, last: UInt64, author: PublicKey, network: NetworkID
    ) -> [UInt8] {
        var writer = ByteWriter(reserving: 160)
        writer.raw(Domain.revocation)
        writer.wrapped(network)
        writer.wrapped(device)
        writer.wrapped(author)
        writer.varint(last)
        return writer.bytes
    }

    public func isSigned(
        by author: PublicKey, network: NetworkID, scheme: any SignatureScheme
    ) -> Bool {
        scheme.verify(
            signature,
            of: Self.statement(device: device, last: last, author: author, network: network),
            by: author)
    }
}

extension Rotation {
    /// `old 32 | new 32 | old signature 64 | new signature 64 | consent 64`
    func write(to writer: inout ByteWriter) {
        writer.wrapped(old)
        writer.wrapped(new)
        for signature in [oldSignature, newSignature, consent] { writer.raw(signature.bytes) }
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        old = try reader.wrapped("old author")
        new = try reader.wrapped("new author")
        oldSignature = try reader.signature("old signature")
        newSignature = try reader.signature("new signature")
        consent = try reader.signature("consent")
    }
}

extension Revocation {
    /// `device 32 | last varint | signature 64`
    func write(to writer: inout ByteWriter) {
        writer.wrapped(device)
        writer.varint(last)
        writer.raw(signature.bytes)
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        device = try reader.wrapped("device")
        last = try reader.varint("last", limit: WireLimits.sequence)
        signature = try reader.signature("revocation")
    }
}
