import Primitives
import Records

/// The oracle's own reading of the wire contract (docs/protocol.md), which shares no line with the codec.
struct WireView {
    private let bytes: [UInt8]
    private var place = 0
    private(set) var isBroken = false

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Encoded records in a PUSH; nil for other frames and for what cannot be read.
    static func records(in frame: [UInt8]) -> [ArraySlice<UInt8>]? {
        var view = WireView(frame)
        guard view.byte() == 10 else { return nil }
        var found: [ArraySlice<UInt8>] = []
        for _ in 0..<view.count() { found.append(view.sized()) }
        return view.isBroken ? nil : found
    }

    /// Records in a PUSH, or places in a RANGE_RESP; 0 for what cannot be read. Allocates nothing.
    static func placeCount(in frame: [UInt8]) -> Int {
        var view = WireView(frame)
        switch view.byte() {
        case 10:
            let count = view.count()
            for _ in 0..<count { view.skip(Int(clamping: view.number())) }
            return view.isBroken ? 0 : count
        case 23:
            view.skip(32)
            return view.count()
        default: return 0
        }
    }

    /// What a RANGE_RESP carries; nil for other frames, for an empty one, and for what cannot be read.
    static func chain(in frame: [UInt8], _ scheme: any SignatureScheme) -> ChainView? {
        var view = WireView(frame)
        guard view.byte() == 23, let feed = PublicKey(view.take(32)) else { return nil }
        return view.chain(feed, scheme)
    }

    /// The two chains of a FORK_PROOF.
    static func proof(in frame: [UInt8], _ scheme: any SignatureScheme)
        -> (ChainView, ChainView)?
    {
        var view = WireView(frame)
        guard view.byte() == 30, let feed = PublicKey(view.take(32)),
            let one = view.chain(feed, scheme), let other = view.chain(feed, scheme)
        else { return nil }
        return (one, other)
    }

    private mutating func chain(_ feed: PublicKey, _ scheme: any SignatureScheme) -> ChainView? {
        let count = count()
        guard count > 0 else { return nil }
        let first = number()
        guard let previous = RecordID(take(32)) else { return nil }
        var chain = ChainView(feed: feed, first: first, places: [])
        var before = previous
        var time: UInt64 = 0
        for place in 0..<count {
            let kind = byte()
            if kind == 0 {
                guard let id = RecordID(take(32)), let retraction = RecordView(sized()) else {
                    return nil
                }
                chain.places.append(.tombstone(id, after: before, retraction))
                before = id
                continue
            }
            let flags = byte()
            time += number()
            var body: [UInt8] = [1, kind] + feed.bytes
            body += Self.varint(first + UInt64(place)) + before.bytes + Self.varint(time)
            body += [flags & 0x7f] + sized()
            let signature = flags & 0x80 == 0 ? nil : Signature(take(64))
            guard !isBroken, let view = RecordView(body: body[...], signature: signature) else {
                return nil
            }
            chain.places.append(.record(view))
            before = RecordID(raw: scheme.digest(RecordView.domain + body))
        }
        return isBroken ? nil : chain
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var out: [UInt8] = []
        while rest > 0x7f {
            out.append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        return out + [UInt8(rest)]
    }

    /// The entries of a FRONTIER.
    static func frontier(in frame: [UInt8]) -> [(feed: PublicKey, sequence: UInt64)]? {
        var view = WireView(frame)
        guard view.byte() == 20 else { return nil }
        var entries: [(feed: PublicKey, sequence: UInt64)] = []
        for _ in 0..<view.count() {
            guard let feed = PublicKey(view.take(32)) else { return nil }
            entries.append((feed, view.number()))
            _ = view.take(8)
        }
        return view.isBroken ? nil : entries
    }

    mutating func byte() -> UInt8 {
        guard !isBroken, place < bytes.count else {
            isBroken = true
            return 0
        }
        defer { place += 1 }
        return bytes[place]
    }

    private mutating func skip(_ count: Int) {
        guard !isBroken, count >= 0, count <= bytes.count - place else {
            isBroken = true
            return
        }
        place += count
    }

    mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        guard !isBroken, count >= 0, count <= bytes.count - place else {
            isBroken = true
            return []
        }
        defer { place += count }
        return bytes[place..<(place + count)]
    }

    mutating func number() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64 {
            let next = byte()
            value |= UInt64(next & 0x7f) << shift
            if next & 0x80 == 0 { return value }
            shift += 7
        }
        isBroken = true
        return 0
    }

    private mutating func count() -> Int { Int(clamping: min(number(), 4096)) }
    private mutating func sized() -> ArraySlice<UInt8> { take(Int(clamping: number())) }
}

/// What the oracle reads of a chain, with the ids that it recomputed itself.
struct ChainView {
    enum Place {
        case record(RecordView)
        case tombstone(RecordID, after: RecordID, RecordView)
    }

    let feed: PublicKey
    let first: UInt64
    var places: [Place]

    var records: [RecordView] {
        places.compactMap { if case .record(let view) = $0 { view } else { nil } }
    }

    /// A digest of the first place: equal for equal bodies.
    var firstPrint: UInt64? {
        switch places.first {
        case .record(let view): view.print
        case .tombstone(let id, _, _): TraceHash.digest(id.bytes[...])
        case nil: nil
        }
    }

    /// Whether the author signed the last place, and so all before it.
    func isVouched(_ network: NetworkID, _ scheme: any SignatureScheme) -> Bool {
        switch places.last {
        case .record(let view): return view.isSigned(network, scheme)
        case .tombstone(let id, let before, let view):
            return view.feed == feed && view.isSigned(network, scheme)
                && view.retracts(first + UInt64(places.count) - 1, id, after: before)
        case nil: return false
        }
    }
}

/// What the oracle reads of one record.
struct RecordView {
    let feed: PublicKey
    let kind: UInt8
    let sequence: UInt64
    let previous: RecordID
    let time: UInt64
    let body: ArraySlice<UInt8>
    /// Nil when a later record of the feed vouches for it.
    let signature: Signature?
    /// A digest of the body: equal for equal bodies.
    let print: UInt64

    /// Of an encoded record, its signature at the end.
    init?(_ encoded: ArraySlice<UInt8>) {
        guard encoded.count > 64, let signature = Signature(encoded.suffix(64)) else { return nil }
        self.init(body: encoded.dropLast(64), signature: signature)
    }

    /// Of a record as it lies in a store.
    init?(_ record: Record) {
        self.init(
            body: record.encoded.dropLast(record.signature == nil ? 0 : 64),
            signature: record.signature)
    }

    init?(body: ArraySlice<UInt8>, signature: Signature?) {
        self.signature = signature
        self.body = body
        var view = WireView(Array(body))
        guard view.byte() == 1 else { return nil }
        kind = view.byte()
        guard let feed = PublicKey(view.take(32)) else { return nil }
        self.feed = feed
        sequence = view.number()
        guard let previous = RecordID(view.take(32)) else { return nil }
        self.previous = previous
        time = view.number()
        guard !view.isBroken else { return nil }
        print = TraceHash.digest(body)
    }

    static let domain = Array("vouchbird record v1".utf8) + [0]

    func isSigned(_ network: NetworkID, _ scheme: any SignatureScheme) -> Bool {
        guard let signature else { return false }
        return scheme.verify(signature, of: Self.domain + network.bytes + body, by: feed)
    }

    /// Whether a feed may be held from it on.
    func isCheckpoint(of scenario: Scenario) -> Bool {
        let span = scenario.checkpointSpan > 0 ? UInt64(scenario.checkpointSpan) : 128
        return kind == 9 && sequence % span == 0
    }

    /// Whether it is the RETRACT of a place and names the id before it.
    func retracts(_ sequence: UInt64, _ id: RecordID, after previous: RecordID) -> Bool {
        let payload = body.suffix(64)
        return kind == 6 && self.sequence > sequence && RecordID(payload.prefix(32)) == id
            && RecordID(payload.suffix(32)) == previous
    }
}
