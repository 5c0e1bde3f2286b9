public import Primitives

/// Consecutive places of one feed as they go over a link, without what follows from the chain.
///
/// Feed, sequence and previous id of every record but the first are left out, and so are most
/// signatures: the receiver recomputes the ids, and a signature vouches for every place before it.
/// A **segment** is a run of places up to one that vouches: a record with its signature, or a
/// tombstone, whose RETRACT names the id before it too. A chain is a sequence of whole segments,
/// each within `WireLimits.segmentPlaces` and `segmentBytes`.
public struct Chain: Hashable, Sendable {
    /// One record without what the chain gives.
    public struct Part: Hashable, Sendable {
        public var kind: UInt8
        public var isIgnorable: Bool
        public var time: Instant
        public var payload: ArraySlice<UInt8>
        public var signature: Signature?
    }

    public enum Place: Hashable, Sendable {
        case record(Part)
        /// The body is gone; the signed RETRACT proves that its author wants it so.
        case tombstone(id: RecordID, retraction: EncodedRecord)

        /// Whether it vouches for the places before it.
        public var vouches: Bool {
            switch self {
            case .record(let part): part.signature != nil
            case .tombstone: true
            }
        }
    }

    public let feed: PublicKey
    /// Sequence of the first place.
    public let first: UInt64
    /// Id of the place before the first; zero exactly when `first` is 1.
    public let previous: RecordID
    /// 1 ... 256 of them; the last one vouches.
    public private(set) var places: [Place] = []

    private init(feed: PublicKey, first: UInt64, previous: RecordID) {
        self.feed = feed
        self.first = first
        self.previous = previous
    }

    /// A chain of held places, as far as one frame and the signatures at hand allow: nil when nothing vouches
    /// for the first of them. Keeps the signatures that the limits of a segment demand, and no others.
    ///
    /// Requires that the places follow one another and that tombstones carry their RETRACT.
    public init?(_ held: [ChainPlace], through last: UInt64 = .max) {
        guard let start = held.first, let previous = start.previous else { return nil }
        self.init(feed: start.feed, first: start.sequence, previous: previous)
        places.reserveCapacity(held.count)
        var run = SegmentRun(through: last)
        for place in held where run.isOpen {
            run.take(Place(place), canVouch: place.canVouch, at: place.sequence, into: &places)
        }
        run.finish(&places)
        guard !places.isEmpty else { return nil }
    }

    /// Whether the feed could be held from here on.
    public var beginsWithCheckpoint: Bool {
        if case .record(let part)? = places.first {
            part.kind == RecordKind.checkpoint
        } else {
            false
        }
    }

    public var last: UInt64 { first + UInt64(places.count) - 1 }

    // MARK: Codec

    /// `count varint`, and unless that is 0: `first varint | previous 32 | places`. The feed stands outside.
    func write(to writer: inout ByteWriter) {
        writer.varint(places.count)
        writer.varint(first)
        writer.wrapped(previous)
        var clock: UInt64 = 0
        for place in places { place.write(to: &writer, after: &clock) }
    }

    /// Nil for no places. Enforces everything that can be seen without hashing.
    static func read(_ feed: PublicKey, from reader: inout ByteReader) throws(DecodingFailure)
        -> Chain?
    {
        let count = try reader.count("places", cap: WireLimits.recordsPerFrame)
        guard count > 0 else { return nil }
        let first = try reader.sequence("first")
        let previous = try reader.wrapped("previous", as: RecordID.self)
        guard (first == 1) == (previous == .zero) else {
            throw reader.failure("previous", .notCanonical)
        }
        guard first + UInt64(count) - 1 <= WireLimits.sequence else {
            throw reader.failure("first", .outOfRange)
        }
        var chain = Chain(feed: feed, first: first, previous: previous)
        chain.places.reserveCapacity(count)
        var clock: UInt64 = 0
        var run = (places: 0, start: reader.offset)
        for _ in 0..<count {
            let place = try Place(from: &reader, after: &clock)
            chain.places.append(place)
            run.places += 1
            guard run.places <= WireLimits.segmentPlaces,
                reader.offset - run.start <= WireLimits.segmentBytes
            else { throw reader.failure("segment", .tooMany) }
            if place.vouches { run = (0, reader.offset) }
        }
        guard run.places == 0 else { throw reader.failure("signature", .truncated) }
        return chain
    }
}

extension Chain.Place {
    private static let tombstoneTag: UInt8 = 0
    private static let signatureFollows: UInt8 = 0x80

    /// Without a signature, unless it is one that is always kept: see `Chain.init(_:through:)`.
    init(_ place: ChainPlace) {
        switch place {
        case .record(let record):
            let body = record.body
            self = .record(
                Chain.Part(
                    kind: body.payload.kind, isIgnorable: body.isIgnorable, time: body.time,
                    payload: record.bodyBytes.dropFirst(body.headerBytes),
                    signature: body.payload.keepsSignature ? record.signature : nil))
        case .tombstone(_, _, let id, let retraction):
            self = .tombstone(id: id, retraction: retraction.encoded)
        }
    }

    func write(to writer: inout ByteWriter, after clock: inout UInt64) {
        switch self {
        case .record(let part):
            require(part.time.milliseconds >= clock, "times never go back inside a feed")
            writer.byte(part.kind)
            writer.byte(
                (part.isIgnorable ? RecordBody.ignorable : 0)
                    | (part.signature == nil ? 0 : Self.signatureFollows))
            writer.varint(part.time.milliseconds - clock)
            clock = part.time.milliseconds
            writer.sized(part.payload)
            if let signature = part.signature { writer.raw(signature.bytes) }
        case .tombstone(let id, let retraction):
            writer.byte(Self.tombstoneTag)
            writer.wrapped(id)
            writer.sized(retraction)
        }
    }

    init(from reader: inout ByteReader, after clock: inout UInt64) throws(DecodingFailure) {
        let kind = try reader.byte("kind")
        if kind == Self.tombstoneTag {
            self = .tombstone(
                id: try reader.wrapped("id"), retraction: try reader.encodedRecord())
            return
        }
        let flags = try reader.byte("flags")
        guard flags & ~(RecordBody.ignorable | Self.signatureFollows) == 0 else {
            throw reader.failure("flags", .unknown)
        }
        let step = try reader.varint("time", limit: WireLimits.timeMilliseconds)
        clock += step
        guard clock <= WireLimits.timeMilliseconds else {
            throw reader.failure("time", .outOfRange)
        }
        let payload = try reader.sized("payload", 0...WireLimits.recordBytes)
        let isSigned = flags & Self.signatureFollows != 0
        // A tombstone will need it.
        guard isSigned || kind != RecordKind.retract else {
            throw reader.failure("flags", .notCanonical)
        }
        self = .record(
            Chain.Part(
                kind: kind, isIgnorable: flags & RecordBody.ignorable != 0,
                time: Instant(milliseconds: clock), payload: payload,
                signature: isSigned ? try reader.signature("signature") : nil))
    }

    /// Bytes on the wire, at most: as if the time stood there in full.
    fileprivate var wireBytes: Int {
        switch self {
        case .record(let part):
            2 + 7 + 2 + part.payload.count + (part.signature == nil ? 0 : Signature.count)
        case .tombstone(_, let retraction): 1 + Bytes32.count + 2 + retraction.count
        }
    }
}

/// Chooses which signatures a chain keeps: in each segment the last one that its limits allow.
private struct SegmentRun {
    private let last: UInt64
    /// Places since the last one that vouches, each with the signature that it could give.
    private var pending: [(place: Chain.Place, signature: Signature?)] = []
    private var pendingBytes = 0
    /// Position in `pending` of the newest place that could vouch.
    private var candidate: Int?
    private var takenBytes = 0
    private(set) var isOpen = true

    init(through last: UInt64) { self.last = last }

    mutating func take(
        _ place: Chain.Place, canVouch: Signature?, at sequence: UInt64,
        into places: inout [Chain.Place]
    ) {
        let size = place.wireBytes
        if isSegmentFull(for: size) { cut(&places) }
        // Past `last` only to the next place that vouches, and only when none did before.
        if sequence > last, candidate != nil || !places.isEmpty {
            isOpen = false
            return
        }
        let isOver =
            places.count + pending.count == WireLimits.recordsPerFrame
            || takenBytes + pendingBytes + size + 2 * Signature.count
                > WireLimits.recordsFrameBudgetBytes
        guard !isOver, !isSegmentFull(for: size) else {
            isOpen = false
            return
        }
        pending.append((place, canVouch))
        pendingBytes += size
        if place.vouches || canVouch != nil { candidate = pending.count - 1 }
        if place.vouches { cut(&places) }
    }

    private func isSegmentFull(for size: Int) -> Bool {
        pending.count == WireLimits.segmentPlaces
            || pendingBytes + size + Signature.count > WireLimits.segmentBytes
    }

    mutating func finish(_ places: inout [Chain.Place]) { cut(&places) }

    /// Ends a segment at the newest place that can vouch; what follows it waits for the next.
    private mutating func cut(_ places: inout [Chain.Place]) {
        guard let end = candidate else { return }
        for (position, pending) in pending[...end].enumerated() {
            var place = pending.place
            if position == end, case .record(var part) = place {
                part.signature = pending.signature
                place = .record(part)
            }
            takenBytes += place.wireBytes
            places.append(place)
        }
        pending.removeFirst(end + 1)
        pendingBytes = pending.reduce(0) { $0 + $1.place.wireBytes }
        candidate = nil
    }
}
