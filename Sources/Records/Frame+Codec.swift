public import Primitives

/// The first byte of a frame.
enum FrameType {
    static let hello: UInt8 = 1
    static let ping: UInt8 = 2
    static let pong: UInt8 = 3
    static let goodbye: UInt8 = 4
    static let push: UInt8 = 10
    static let announce: UInt8 = 11
    static let graft: UInt8 = 12
    static let prune: UInt8 = 13
    static let frontier: UInt8 = 20
    static let rangeRequest: UInt8 = 22
    static let rangeResponse: UInt8 = 23
    static let sketch: UInt8 = 24
    static let sketchRequest: UInt8 = 25
    static let sketchResult: UInt8 = 26
    static let forkProof: UInt8 = 30
    static let invitation: UInt8 = 40
    static let addressRequest: UInt8 = 41
    static let addressResponse: UInt8 = 42
}

extension Frame {
    /// The one byte string of this frame. Requires that it keeps the caps of `WireLimits`.
    public var encoded: [UInt8] {
        var writer = ByteWriter()
        switch self {
        case .hello(let hello): hello.write(to: &writer)
        case .ping(let nonce):
            writer.byte(FrameType.ping)
            writer.varint(nonce)
        case .pong(let nonce):
            writer.byte(FrameType.pong)
            writer.varint(nonce)
        case .goodbye(let reason):
            writer.byte(FrameType.goodbye)
            writer.byte(reason.rawValue)
        case .push(let records):
            writer.byte(FrameType.push)
            writer.varint(records.count)
            for record in records { writer.sized(record) }
        case .announce(let entries): Self.write(entries, to: &writer)
        case .graft(let tags): Self.write(tags, as: FrameType.graft, to: &writer)
        case .prune(let tags): Self.write(tags, as: FrameType.prune, to: &writer)
        case .frontier(let frontier): frontier.write(to: &writer)
        case .sketch(let part): part.write(to: &writer)
        case .sketchRequest(let request): request.write(to: &writer)
        case .sketchResult(let result): result.write(to: &writer)
        case .rangeRequest(let request): request.write(to: &writer)
        case .rangeResponse(let response): response.write(to: &writer)
        case .forkProof(let one, let other):
            writer.byte(FrameType.forkProof)
            writer.wrapped(one.feed)
            one.write(to: &writer)
            other.write(to: &writer)
        case .invitation(let claim): claim.write(to: &writer)
        case .addressRequest(let record):
            AddressFrame.write(
                FrameType.addressRequest, [record].compactMap { $0 }, to: &writer)
        case .addressResponse(let records):
            AddressFrame.write(FrameType.addressResponse, records, to: &writer)
        }
        require(writer.bytes.count <= WireLimits.frameBytes, "a frame fits its limit")
        return writer.bytes
    }

    /// The records of a PUSH where they lie, for a reader that drops most of them; nil for another frame. Refuses
    /// what `decode` refuses.
    public static func recordsOfPush(_ bytes: [UInt8]) throws(DecodingFailure)
        -> [ArraySlice<UInt8>]?
    {
        guard bytes.first == FrameType.push, bytes.count <= WireLimits.frameBytes else {
            return nil
        }
        var reader = ByteReader(bytes)
        _ = try reader.byte("type")
        let count = try reader.count("records", cap: WireLimits.recordsPerFrame)
        var records: [ArraySlice<UInt8>] = []
        records.reserveCapacity(count)
        for _ in 0..<count {
            records.append(try reader.sized("record", 1...WireLimits.recordBytes))
        }
        try reader.end("frame")
        return records
    }

    /// Reads one frame that fills `bytes` exactly.
    public static func decode(_ bytes: [UInt8]) throws(DecodingFailure) -> Frame {
        guard bytes.count <= WireLimits.frameBytes else {
            throw DecodingFailure(offset: 0, field: "frame", reason: .outOfRange)
        }
        var reader = ByteReader(bytes)
        let type = try reader.byte("type")
        let frame: Frame =
            switch type {
            case FrameType.hello: .hello(try Hello(from: &reader))
            case FrameType.ping: .ping(nonce: try reader.varint("nonce"))
            case FrameType.pong: .pong(nonce: try reader.varint("nonce"))
            case FrameType.goodbye: .goodbye(try reader.goodbyeReason())
            case FrameType.push: .push(try reader.encodedRecords())
            case FrameType.announce: .announce(try reader.announcements())
            case FrameType.graft: .graft(try reader.feedTags())
            case FrameType.prune: .prune(try reader.feedTags())
            case FrameType.frontier: .frontier(try Frontier(from: &reader))
            case FrameType.sketch: .sketch(try SketchPart(from: &reader))
            case FrameType.sketchRequest: .sketchRequest(try SketchRequest(from: &reader))
            case FrameType.sketchResult: .sketchResult(try SketchResult(from: &reader))
            case FrameType.rangeRequest: .rangeRequest(try RangeRequest(from: &reader))
            case FrameType.rangeResponse: .rangeResponse(try RangeResponse(from: &reader))
            case FrameType.forkProof:
                try forkProof(from: &reader)
            case FrameType.invitation: .invitation(try InvitationClaim(from: &reader))
            case FrameType.addressRequest:
                .addressRequest(try AddressFrame.read(&reader, cap: 1).first)
            case FrameType.addressResponse:
                .addressResponse(try AddressFrame.read(&reader, cap: WireLimits.addresses))
            default: throw reader.failure("type", .unknown)
            }
        try reader.end("frame")
        return frame
    }
}

extension Frame {
    private static func forkProof(from reader: inout ByteReader) throws(DecodingFailure) -> Frame {
        let feed = try reader.wrapped("feed", as: PublicKey.self)
        guard let one = try Chain.read(feed, from: &reader),
            let other = try Chain.read(feed, from: &reader)
        else { throw reader.failure("places", .outOfRange) }
        return .forkProof(one, other)
    }
}

extension Hello {
    func write(to writer: inout ByteWriter) {
        writer.byte(FrameType.hello)
        writer.varint(minimumVersion)
        writer.varint(maximumVersion)
        writer.wrapped(network)
        writer.varint(capabilities)
        writer.varint(time.milliseconds)
        writer.varint(maximumFrameBytes)
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        minimumVersion = try reader.varint("minimum version")
        maximumVersion = try reader.varint("maximum version")
        network = try reader.wrapped("network")
        capabilities = try reader.varint("capabilities")
        time = Instant(
            milliseconds: try reader.varint("time", limit: WireLimits.timeMilliseconds))
        maximumFrameBytes = try reader.varint("maximum frame")
    }
}

extension Frontier {
    func write(to writer: inout ByteWriter) {
        writer.byte(FrameType.frontier)
        writer.varint(entries.count)
        for entry in entries {
            writer.wrapped(entry.feed)
            writer.varint(entry.sequence)
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                writer.byte(UInt8(truncatingIfNeeded: entry.headPrefix >> shift))
            }
        }
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        let count = try reader.count("entries", cap: WireLimits.frontierEntries)
        entries = []
        entries.reserveCapacity(count)
        for _ in 0..<count {
            let feed = try reader.wrapped("feed", as: PublicKey.self)
            if let last = entries.last, last.feed >= feed {
                throw reader.failure("feed", .notCanonical)
            }
            let sequence = try reader.sequence("sequence")
            let prefix = try reader.take(8, "head").reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            entries.append(Entry(feed: feed, sequence: sequence, headPrefix: prefix))
        }
    }
}

extension RangeRequest {
    func write(to writer: inout ByteWriter) {
        writer.byte(FrameType.rangeRequest)
        writer.wrapped(feed)
        writer.varint(first)
        writer.varint(last)
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        feed = try reader.wrapped("feed")
        first = try reader.sequence("first")
        last = try reader.sequence("last")
        guard last >= first, last - first < WireLimits.rangeSpan else {
            throw reader.failure("last", .outOfRange)
        }
    }
}

extension RangeResponse {
    func write(to writer: inout ByteWriter) {
        writer.byte(FrameType.rangeResponse)
        writer.wrapped(feed)
        if let chain { chain.write(to: &writer) } else { writer.varint(0 as UInt64) }
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        feed = try reader.wrapped("feed")
        chain = try Chain.read(feed, from: &reader)
    }
}

extension InvitationClaim {
    func write(to writer: inout ByteWriter) {
        require(token.count == Self.tokenBytes, "a token has 16 bytes")
        writer.byte(FrameType.invitation)
        writer.raw(token)
        writer.wrapped(author)
        writer.sized(address)
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        token = Array(try reader.take(Self.tokenBytes, "token"))
        author = try reader.wrapped("author")
        address = Array(try reader.sized("address", 0...WireLimits.addressBytes))
        guard address.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw reader.failure("address", .badText)
        }
    }
}

extension ByteReader {
    mutating func encodedRecord() throws(DecodingFailure) -> EncodedRecord {
        Array(try sized("record", 1...WireLimits.recordBytes))
    }

    mutating func encodedRecords() throws(DecodingFailure) -> [EncodedRecord] {
        let count = try count("records", cap: WireLimits.recordsPerFrame)
        var records: [EncodedRecord] = []
        records.reserveCapacity(count)
        for _ in 0..<count { records.append(try encodedRecord()) }
        return records
    }

    mutating func goodbyeReason() throws(DecodingFailure) -> GoodbyeReason {
        guard let reason = GoodbyeReason(rawValue: try byte("reason")) else {
            throw failure("reason", .unknown)
        }
        return reason
    }
}
