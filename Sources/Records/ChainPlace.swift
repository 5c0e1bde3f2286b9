public import Primitives

/// One place of a feed with its id: a record, or what is left of a retracted one.
public enum ChainPlace: Hashable, Sendable {
    case record(Record)
    /// `retraction` is the RETRACT that names the place, with its signature.
    case tombstone(feed: PublicKey, sequence: UInt64, id: RecordID, retraction: Record)

    public var feed: PublicKey {
        switch self {
        case .record(let record): record.body.feed
        case .tombstone(let feed, _, _, _): feed
        }
    }

    public var sequence: UInt64 {
        switch self {
        case .record(let record): record.body.sequence
        case .tombstone(_, let sequence, _, _): sequence
        }
    }

    public var id: RecordID {
        switch self {
        case .record(let record): record.id
        case .tombstone(_, _, let id, _): id
        }
    }

    /// Nil for a tombstone: its time went with its body.
    public var time: Instant? {
        if case .record(let record) = self { record.body.time } else { nil }
    }

    /// Id of the place before; nil when the RETRACT of a tombstone is none.
    public var previous: RecordID? {
        switch self {
        case .record(let record): return record.body.previous
        case .tombstone(_, _, _, let retraction):
            guard case .retract(_, _, let previous) = retraction.body.payload else { return nil }
            return previous
        }
    }

    /// Whether it vouches for the places before it, if its signature holds.
    public var vouches: Bool {
        switch self {
        case .record(let record): record.signature != nil
        case .tombstone: true
        }
    }

    /// The signature that it could give to a chain.
    var canVouch: Signature? {
        if case .record(let record) = self { record.signature } else { nil }
    }

    /// Whether the author signed this place, and with it every place before it. One verification.
    ///
    /// `previous` is the id of the place before as the chain gives it: a RETRACT must name that one.
    public func isSigned(
        after previous: RecordID, network: NetworkID, scheme: any SignatureScheme
    ) -> Bool {
        switch self {
        case .record(let record): return record.isSigned(network: network, scheme: scheme)
        case .tombstone(let feed, let sequence, let id, let retraction):
            let claim = Payload.retract(sequence: sequence, id: id, previous: previous)
            return retraction.body.feed == feed && retraction.body.sequence > sequence
                && retraction.body.payload == claim
                && retraction.isSigned(network: network, scheme: scheme)
        }
    }
}

extension Chain {
    /// The places with their ids recomputed, in order. One hash a place; no signature is checked.
    public func rebuilt(scheme: any SignatureScheme) throws(DecodingFailure) -> [ChainPlace] {
        var out: [ChainPlace] = []
        out.reserveCapacity(places.count)
        var previous = previous
        var sequence = first
        for place in places {
            let rebuilt: ChainPlace
            switch place {
            case .record(let part):
                rebuilt = .record(
                    try record(part, at: sequence, after: previous, scheme))
            case .tombstone(let id, let retraction):
                rebuilt = .tombstone(
                    feed: feed, sequence: sequence, id: id,
                    retraction: try Record(decoding: retraction[...], scheme: scheme))
            }
            previous = rebuilt.id
            out.append(rebuilt)
            sequence += 1
        }
        return out
    }

    private func record(
        _ part: Part, at sequence: UInt64, after previous: RecordID, _ scheme: any SignatureScheme
    ) throws(DecodingFailure) -> Record {
        var reader = ByteReader(part.payload)
        let payload = try Payload.read(
            kind: part.kind, isIgnorable: part.isIgnorable, from: &reader)
        try reader.end("payload")
        let body = RecordBody(
            feed: feed, sequence: sequence, previous: previous, time: part.time,
            isIgnorable: part.isIgnorable, payload: payload)
        var writer = ByteWriter(reserving: Domain.record.count + 85 + part.payload.count)
        writer.raw(Domain.record)
        body.writeHeader(kind: part.kind, to: &writer)
        writer.raw(part.payload)
        guard
            writer.bytes.count - Domain.record.count + Signature.count <= WireLimits.recordBytes
        else { throw reader.failure("payload", .outOfRange) }
        return Record(body, hashed: writer.bytes, signature: part.signature, scheme: scheme)
    }
}

extension Collection<ChainPlace> {
    /// The places cut after each one that vouches; a rest that nothing vouches for is left out.
    public var segments: [SubSequence] {
        var out: [SubSequence] = []
        var start = startIndex
        var index = startIndex
        while index != endIndex {
            let next = self.index(after: index)
            if self[index].vouches {
                out.append(self[start..<next])
                start = next
            }
            index = next
        }
        return out
    }
}
