import GRDB
import NodeCore
import Primitives
import Records

/// One row of `entry`: a record, or the tombstone of one.
struct EntryRow {
    struct Tomb: Hashable {
        var retraction: UInt64
        var id: RecordID
    }

    /// What `init(_:feed:_:)` reads, in its order.
    static let columns =
        "sequence, first_seen, retraction, record_id, body, check_word, is_signed"
    static let columnCount = 7

    var feed: PublicKey
    var sequence: UInt64
    /// Zero in a tombstone.
    var firstSeen: Instant
    var tomb: Tomb?
    /// The encoded record, or what a tombstone keeps of its RETRACT.
    var body: [UInt8]
    /// Whether the body ends with its signature; a later place of the feed vouches for one that does not.
    var isSigned: Bool

    init(
        feed: PublicKey, sequence: UInt64, firstSeen: Instant, tomb: Tomb?, body: [UInt8],
        isSigned: Bool = true
    ) {
        self.feed = feed
        self.sequence = sequence
        self.firstSeen = firstSeen
        self.tomb = tomb
        self.body = body
        self.isSigned = isSigned
    }

    init(_ stored: StoredRecord) {
        let body = stored.record.body
        self.init(
            feed: body.feed, sequence: body.sequence, firstSeen: stored.firstSeen, tomb: nil,
            body: stored.record.encoded, isSigned: stored.record.signature != nil)
    }

    /// Reads `columns` and checks that every bit of them is as it was written.
    init(_ row: Row, feed: PublicKey, _ scheme: any SignatureScheme) throws {
        let columns = Columns(row)
        self.feed = feed
        sequence = try columns.unsigned(0)
        firstSeen = try columns.instant(1)
        tomb = try columns.optionalInt(2).map {
            Tomb(retraction: UInt64(bitPattern: $0), id: try columns.wrapped(3))
        }
        body = try columns.bytes(4)
        isSigned = try columns.int(6) != 0
        guard try columns.int(5) == checkWord(scheme) else {
            throw columns.damage(5, "the digest of place \(sequence) of feed \(feed.shortText)")
        }
    }

    /// 64 bits over the feed and every column. SQLite does not check what lies inside its cells,
    /// and a flipped bit in a signature would be forwarded in our name; the record's id does not
    /// cover the signature.
    func checkWord(_ scheme: any SignatureScheme) -> Int64 {
        var writer = ByteWriter(reserving: 128 + body.count)
        writer.raw(isSigned ? Self.domain : Self.unsignedDomain)
        writer.wrapped(feed)
        writer.varint(sequence)
        writer.varint(firstSeen.milliseconds)
        writer.varint(tomb?.retraction ?? 0)
        writer.wrapped(tomb?.id ?? .zero)
        writer.raw(body)
        return Columns.signed(scheme.digest(writer.bytes).prefix64)
    }

    func id(_ scheme: any SignatureScheme) throws -> RecordID {
        if let tomb { return tomb.id }
        return try record(scheme).id
    }

    /// The record in the body. Requires a row that is no tombstone.
    func record(_ scheme: any SignatureScheme) throws -> Records.Record {
        let record =
            isSigned
            ? try Records.Record(decoding: body[...], scheme: scheme)
            : try Records.Record(decodingUnsigned: body[...], scheme: scheme)
        guard record.body.feed == feed, record.body.sequence == sequence else {
            throw Columns.Damage(description: "a record stands in another's place")
        }
        return record
    }

    func entry(_ scheme: any SignatureScheme) throws -> StoredEntry {
        if let tomb {
            return .tombstone(
                Tombstone(
                    feed: feed, sequence: sequence, id: tomb.id, retraction: tomb.retraction,
                    encodedRetraction: body))
        }
        return .record(StoredRecord(record: try record(scheme), firstSeen: firstSeen))
    }

    private static let domain = Array("vouchbird stored entry v1".utf8) + [0]
    private static let unsignedDomain = Array("vouchbird stored chained entry v1".utf8) + [0]
}
