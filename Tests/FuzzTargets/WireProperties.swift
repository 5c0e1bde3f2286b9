import Cryptography
import Primitives
import Records

/// What holds of everything that comes over a link.
enum WireProperties {
    private static let scheme = Ed25519Scheme()

    /// What decodes encodes to the same bytes, and what a node reads of a record before it decodes it is so.
    static func record(_ bytes: [UInt8]) {
        let place = RecordBody.place(in: bytes[...])
        guard let record = try? Record(decoding: bytes[...], scheme: scheme) else { return }
        require(record.encoded == bytes, "a record keeps the bytes that carried it")
        require(
            record.body.encoded + (record.signature?.bytes ?? []) == bytes,
            "what decodes as a record encodes to the same bytes")
        require(
            place?.feed == record.body.feed && place?.sequence == record.body.sequence,
            "the place of a record is read as in the whole")
        var scratch: [UInt8] = []
        require(
            Record.id(of: bytes[...], scheme: scheme, scratch: &scratch) == record.id,
            "the id of a record is told without decoding it")
    }

    /// What decodes encodes to the same bytes, and the records of a PUSH are found in place or refused likewise.
    static func frame(_ bytes: [UInt8]) {
        let frame = try? Frame.decode(bytes)
        if bytes.first == pushType, bytes.count <= WireLimits.frameBytes {
            let records = (try? Frame.recordsOfPush(bytes))?.map { Array($0) }
            require(
                frame == records.map { .push($0) },
                "the records of a PUSH are read in place as in the whole")
        }
        guard let frame else { return }
        require(frame.encoded == bytes, "what decodes as a frame encodes to the same bytes")
    }

    /// The first byte of every PUSH.
    private static let pushType = Frame.push([]).encoded.first

    static func address(_ bytes: [UInt8]) {
        guard let record = try? AddressRecord(decoding: bytes) else { return }
        require(record.encoded == bytes, "what decodes as an address encodes to the same bytes")
    }

    static func claim(_ bytes: [UInt8]) {
        guard let record = try? AddressRecord(decoding: bytes) else { return }
        let key = record.nodeKey(network: ForgedFeed.network, scheme: scheme)
        require(
            key == nil || scheme.nodeKey(of: record.signer) == key,
            "only the node itself says where it is")
    }

    /// What a range carries is rebuilt before a signature is asked; what can be rebuilt can be told on.
    static func range(_ bytes: [UInt8]) {
        guard case .rangeResponse(let response) = try? Frame.decode(bytes),
            let chain = response.chain, let places = try? chain.rebuilt(scheme: scheme)
        else { return }
        require(places.count == chain.places.count, "each place of a chain is rebuilt")
        require(places.first?.sequence == chain.first, "a chain begins where it says")
        require(places.last?.sequence == chain.last, "a chain ends where it says")
        require(places.segments.map(\.count).reduce(0, +) == places.count, "a chain is segments")
        guard let again = Chain(places) else { return }
        let told = Frame.rangeResponse(RangeResponse(feed: response.feed, chain: again))
        require(
            (try? Frame.decode(told.encoded)) == told, "what was rebuilt can be told on")
    }
}
