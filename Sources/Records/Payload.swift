public import Primitives

/// What one record says.
public enum Payload: Hashable, Sendable {
    /// The author played the item; the weight counts plays.
    case play(ItemID, Weight)
    /// The author likes the item; a newer one replaces an older one.
    case like(ItemID, Weight)
    /// The author rates the item on a scale of its own; a newer one replaces an older one.
    case rate(ItemID, Weight)
    /// The author trusts another author this much; zero withdraws.
    case trust(PublicKey, Weight)
    /// What the item is called.
    case item(ItemID, Title)
    /// The author takes an earlier record of this feed back. `previous` is the id that the record names as
    /// its own previous: with it the chain holds together where the body is gone.
    case retract(sequence: UInt64, id: RecordID, previous: RecordID)
    /// This feed speaks for an author, who signed that: legal as the first record only.
    case delegate(author: PublicKey, signature: Signature)
    /// The author's key gives way to another; the feed speaks for that one from here on.
    case rotate(Rotation)
    /// A device of the author speaks for it no longer.
    case revoke(Revocation)
    /// From here on the feed can be held without what is before: for whom it speaks, as its first record says.
    case checkpoint(Consent?)
    /// A kind of a later version, flagged ignorable: kept and forwarded, not understood.
    case unknown(kind: UInt8, [UInt8])
}

/// For whom a device's feed speaks, and that author's signature of it; a feed without one speaks for its own key.
public struct Consent: Hashable, Sendable {
    public var author: PublicKey
    /// Of `Delegation.statement`.
    public var signature: Signature

    public init(author: PublicKey, signature: Signature) {
        self.author = author
        self.signature = signature
    }
}

/// The kind byte of a record.
public enum RecordKind {
    public static let play: UInt8 = 1
    public static let like: UInt8 = 2
    public static let rate: UInt8 = 3
    public static let trust: UInt8 = 4
    public static let item: UInt8 = 5
    public static let retract: UInt8 = 6
    public static let delegate: UInt8 = 7
    public static let rotate: UInt8 = 8
    public static let checkpoint: UInt8 = 9
    public static let revoke: UInt8 = 10
    /// Above this, a kind is unknown to this version.
    static let lastKnown = revoke
}

extension Payload {
    public var kind: UInt8 {
        switch self {
        case .play: RecordKind.play
        case .like: RecordKind.like
        case .rate: RecordKind.rate
        case .trust: RecordKind.trust
        case .item: RecordKind.item
        case .retract: RecordKind.retract
        case .delegate: RecordKind.delegate
        case .rotate: RecordKind.rotate
        case .checkpoint: RecordKind.checkpoint
        case .revoke: RecordKind.revoke
        case .unknown(let kind, _): kind
        }
    }

    /// Whether a record of this kind is kept with its own signature wherever it goes: RETRACT because it must
    /// prove something outside of its chain, CHECKPOINT so that a range can end there.
    public var keepsSignature: Bool {
        switch self {
        case .retract, .checkpoint: true
        case .play, .like, .rate, .trust, .item, .delegate, .rotate, .revoke, .unknown: false
        }
    }

    func write(to writer: inout ByteWriter) {
        switch self {
        case .play(let item, let weight), .like(let item, let weight), .rate(let item, let weight):
            writer.sized(item.bytes)
            writer.varint(weight.thousandths)
        case .trust(let author, let weight):
            writer.wrapped(author)
            writer.varint(weight.thousandths)
        case .item(let item, let title):
            writer.sized(item.bytes)
            writer.sized(title.bytes)
        case .retract(let sequence, let id, let previous):
            writer.varint(sequence)
            writer.wrapped(id)
            writer.wrapped(previous)
        case .delegate(let author, let signature):
            writer.wrapped(author)
            writer.raw(signature.bytes)
        case .rotate(let rotation): rotation.write(to: &writer)
        case .revoke(let revocation): revocation.write(to: &writer)
        case .checkpoint(let consent):
            writer.byte(consent == nil ? 0 : 1)
            if let consent {
                writer.wrapped(consent.author)
                writer.raw(consent.signature.bytes)
            }
        case .unknown(_, let bytes):
            writer.raw(bytes)
        }
    }

    /// Reads the payload of `kind` up to the end of `reader`.
    static func read(kind: UInt8, isIgnorable: Bool, from reader: inout ByteReader)
        throws(DecodingFailure) -> Payload
    {
        switch kind {
        case RecordKind.play: .play(try reader.item(), try reader.weight())
        case RecordKind.like: .like(try reader.item(), try reader.weight())
        case RecordKind.rate: .rate(try reader.item(), try reader.weight())
        case RecordKind.trust: .trust(try reader.wrapped("author"), try reader.weight(minimum: 0))
        case RecordKind.item: .item(try reader.item(), try reader.title())
        case RecordKind.retract:
            .retract(
                sequence: try reader.sequence("target"), id: try reader.wrapped("target id"),
                previous: try reader.wrapped("target previous"))
        case RecordKind.delegate:
            .delegate(
                author: try reader.wrapped("author"), signature: try reader.signature("consent"))
        case RecordKind.rotate: .rotate(try Rotation(from: &reader))
        case RecordKind.checkpoint: .checkpoint(try reader.consent())
        case RecordKind.revoke: .revoke(try Revocation(from: &reader))
        default:
            try unknown(kind: kind, isIgnorable: isIgnorable, from: &reader)
        }
    }

    private static func unknown(kind: UInt8, isIgnorable: Bool, from reader: inout ByteReader)
        throws(DecodingFailure) -> Payload
    {
        guard kind > RecordKind.lastKnown, isIgnorable else {
            throw reader.failure("kind", .unknown)
        }
        return .unknown(kind: kind, Array(reader.takeRest()))
    }
}

extension ByteReader {
    mutating func item() throws(DecodingFailure) -> ItemID {
        let bytes = try sized("item", 1...ItemID.maximumBytes)
        guard let item = ItemID(bytes: bytes) else { throw failure("item", .badText) }
        return item
    }

    mutating func weight(minimum: UInt64 = 1) throws(DecodingFailure) -> Weight {
        let value = try varint("weight", limit: WireLimits.weightThousandths)
        guard value >= minimum, let weight = Weight(thousandths: value) else {
            throw failure("weight", .outOfRange)
        }
        return weight
    }

    mutating func title() throws(DecodingFailure) -> Title {
        let bytes = try sized("title", 1...WireLimits.titleBytes)
        guard let title = Title(bytes: bytes) else { throw failure("title", .badText) }
        return title
    }

    mutating func consent() throws(DecodingFailure) -> Consent? {
        switch try byte("delegated") {
        case 0: nil
        case 1: Consent(author: try wrapped("author"), signature: try signature("consent"))
        default: throw failure("delegated", .unknown)
        }
    }

    mutating func sequence(_ field: StaticText) throws(DecodingFailure) -> UInt64 {
        let value = try varint(field, limit: WireLimits.sequence)
        guard value >= 1 else { throw failure(field, .outOfRange) }
        return value
    }
}
