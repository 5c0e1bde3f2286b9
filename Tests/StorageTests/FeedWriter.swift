import Cryptography
import NodeCore
import Primitives
import Records

/// Signs the records of one feed, one after the other.
struct FeedWriter {
    static let scheme = Ed25519Scheme()
    static let network = NetworkID(name: "test", scheme: scheme)

    let key: SigningKey
    private(set) var sequence: UInt64 = 0
    private var previous = RecordID.zero

    /// The feed of a number; the same number gives the same key.
    init(_ number: UInt64) throws {
        var random = SeededRandom(seed: number, stream: "feed")
        key = try SigningKey(seed: (0..<SigningKey.seedBytes).map { _ in UInt8(random.below(256)) })
    }

    var feed: PublicKey { key.publicKey }

    mutating func write(_ payload: Payload) -> StoredRecord {
        sequence += 1
        let body = RecordBody(
            feed: feed, sequence: sequence, previous: previous,
            time: Instant(milliseconds: 1_700_000_000_000 + sequence), payload: payload)
        let record = Record(
            signing: body, network: Self.network, signer: key, scheme: Self.scheme)
        previous = record.id
        return StoredRecord(
            record: record, firstSeen: Instant(milliseconds: 1_700_000_100_000 + sequence))
    }

    /// A play of an item whose name has about `nameBytes` bytes, and begins and ends with `tag` and
    /// the sequence.
    mutating func play(_ tag: String = "item", nameBytes: Int = 24) throws -> StoredRecord {
        let mark = Self.mark(tag, sequence + 1)
        let padding = String(repeating: "x", count: max(0, nameBytes - 2 * mark.utf8.count))
        guard let item = ItemID(mark + padding + mark) else { throw Unusable(text: mark) }
        return write(.play(item, .one))
    }

    static func mark(_ tag: String, _ sequence: UInt64) -> String { "<\(tag):\(sequence)>" }

    mutating func plays(_ count: Int, _ tag: String = "item", nameBytes: Int = 24) throws
        -> [StoredRecord]
    {
        try (0..<count).map { _ in try play(tag, nameBytes: nameBytes) }
    }

    /// Records of nearly the largest size.
    mutating func long(_ count: Int) throws -> [StoredRecord] {
        guard let item = ItemID("book"), let title = Title(String(repeating: "x", count: 256))
        else {
            throw Unusable(text: "title")
        }
        return (0..<count).map { _ in write(.item(item, title)) }
    }

    mutating func retract(_ stored: StoredRecord) -> StoredRecord {
        write(
            .retract(
                sequence: stored.record.body.sequence, id: stored.record.id,
                previous: stored.record.body.previous))
    }

    struct Unusable: Error {
        let text: String
    }
}

extension StoredRecord {
    var id: RecordID { record.id }
    var sequence: UInt64 { record.body.sequence }
    var entry: StoredEntry { .record(self) }

    /// The tombstone that `retraction` leaves of this record.
    func tombstone(by retraction: StoredRecord, carrying: Bool = false) -> Tombstone {
        Tombstone(
            feed: record.body.feed, sequence: sequence, id: id, retraction: retraction.sequence,
            encodedRetraction: carrying ? retraction.record.encoded : [])
    }
}
