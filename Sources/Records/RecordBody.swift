public import Primitives

/// The signed part of a record: one entry of a feed.
///
/// Layout: `format 1 | kind 1 | feed 32 | sequence varint | previous 32 | time varint | flags 1 |
/// payload`. A record is the body followed by its 64-byte signature, at most 1,024 bytes in all.
public struct RecordBody: Hashable, Sendable {
    public static let format: UInt8 = 1
    /// Bit 0 of the flags: a node that does not know the kind keeps and forwards the record.
    static let ignorable: UInt8 = 1

    /// The key that signs this feed: a device's, or an author's own.
    public var feed: PublicKey
    /// 1 for the first record, then contiguous.
    public var sequence: UInt64
    /// The id of the record before; zero for the first.
    public var previous: RecordID
    /// The author's clock; never earlier than in the record before.
    public var time: Instant
    public var isIgnorable: Bool
    public var payload: Payload

    public init(
        feed: PublicKey, sequence: UInt64, previous: RecordID, time: Instant,
        isIgnorable: Bool = false, payload: Payload
    ) {
        self.feed = feed
        self.sequence = sequence
        self.previous = previous
        self.time = time
        self.isIgnorable = isIgnorable
        self.payload = payload
    }

    /// The one byte string of this body.
    public var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 160)
        writeHeader(kind: payload.kind, to: &writer)
        payload.write(to: &writer)
        return writer.bytes
    }

    /// Everything before the payload.
    func writeHeader(kind: UInt8, to writer: inout ByteWriter) {
        writer.byte(Self.format)
        writer.byte(kind)
        writer.wrapped(feed)
        writer.varint(sequence)
        writer.wrapped(previous)
        writer.varint(time.milliseconds)
        writer.byte(isIgnorable ? Self.ignorable : 0)
    }

    /// Bytes before the payload in the encoded body.
    var headerBytes: Int {
        3 + 2 * Bytes32.count + ByteWriter.varintBytes(sequence)
            + ByteWriter.varintBytes(time.milliseconds)
    }

    /// Feed and sequence of the body that starts `bytes`; nil where even these cannot be read. Says nothing of
    /// what follows them. O(1), allocates nothing.
    public static func place(in bytes: ArraySlice<UInt8>) -> (feed: PublicKey, sequence: UInt64)? {
        var reader = ByteReader(bytes)
        guard (try? reader.byte("format")) == format, (try? reader.byte("kind")) != nil,
            let feed = try? reader.wrapped("feed", as: PublicKey.self),
            let sequence = try? reader.sequence("sequence")
        else { return nil }
        return (feed, sequence)
    }

    /// Reads a body that fills `bytes` exactly. Strict: what decodes encodes to the same bytes.
    public static func decode(_ bytes: ArraySlice<UInt8>) throws(DecodingFailure) -> RecordBody {
        var reader = ByteReader(bytes)
        guard try reader.byte("format") == format else { throw reader.failure("format", .unknown) }
        let kind = try reader.byte("kind")
        let feed = try reader.wrapped("feed", as: PublicKey.self)
        let sequence = try reader.sequence("sequence")
        let previous = try reader.wrapped("previous", as: RecordID.self)
        guard (sequence == 1) == (previous == .zero) else {
            throw reader.failure("previous", .notCanonical)
        }
        let time = try reader.varint("time", limit: WireLimits.timeMilliseconds)
        let flags = try reader.byte("flags")
        guard flags & ~ignorable == 0 else { throw reader.failure("flags", .unknown) }
        let isIgnorable = flags & ignorable != 0
        let payload = try Payload.read(kind: kind, isIgnorable: isIgnorable, from: &reader)
        try reader.end("payload")
        return RecordBody(
            feed: feed, sequence: sequence, previous: previous, time: Instant(milliseconds: time),
            isIgnorable: isIgnorable, payload: payload)
    }
}
