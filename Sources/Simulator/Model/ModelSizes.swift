import Primitives
import Records

/// Bytes of the frames that a modelled network sends, taken from the real codec.
struct ModelSizes {
    /// A PUSH with one statement about an item.
    let push: Double
    let frontierHeader: Double
    let frontierEntry: Double
    let announceHeader: Double
    let announceEntry: Double
    /// One symbol of a sketch; a sketch without symbols, and its result.
    let symbol: Double
    let sketchHeader: Double
    /// A request for the first record of a feed, and its answer.
    let ask: Double
    let ping: Double

    init(_ scenario: Scenario, seed: UInt64) {
        let scheme = KeyedHashScheme(seed: seed)
        var random = SeededRandom(seed: seed, stream: "sizes")
        let network = NetworkID(name: "simnet", scheme: scheme)
        let signer = KeyedHashSigner(random: &random, scheme: scheme)
        let feed = signer.publicKey
        // The middle of the catalogue, as `act` draws it: the smaller of two draws is a third of the range.
        guard let item = ItemID("item:\(scenario.items / 3)") else {
            broken("a short ASCII name is an item")
        }
        let head = RecordID(raw: feed.raw)
        func record(_ sequence: UInt64, _ payload: Payload) -> Record {
            let body = RecordBody(
                feed: feed, sequence: sequence, previous: sequence == 1 ? .zero : head,
                time: Instant(milliseconds: Simulation.epochMilliseconds), payload: payload)
            return Record(signing: body, network: network, signer: signer, scheme: scheme)
        }
        func size(_ frame: Frame) -> Double { Double(frame.encoded.count) }
        push = size(.push([record(9, .like(item, .one)).encoded]))
        let entry = Frontier.Entry(feed: feed, sequence: 9, headPrefix: 1)
        frontierHeader = size(.frontier(Frontier(entries: [])))
        frontierEntry = size(.frontier(Frontier(entries: [entry]))) - frontierHeader
        announceHeader = size(.announce([]))
        let announcement = Announcement(tag: FeedTag(feed), sequence: 9, headMark: 1)
        announceEntry = size(.announce([announcement])) - announceHeader
        var encoder = SketchEncoder([FrontierMark(entry, salt: 1, scheme: scheme)], salt: 1)
        encoder.extend(to: 1)
        func sketch(_ symbols: [SketchSymbol]) -> Double {
            size(.sketch(SketchPart(salt: 1, setSize: 1, first: 0, symbols: symbols)))
        }
        symbol = sketch(encoder.symbols) - sketch([])
        sketchHeader = sketch([]) + size(.sketchResult(SketchResult(salt: 1, unknown: [])))
        let first = RangeResponse(
            feed: feed, chain: Chain([.record(record(1, .trust(feed, .one)))]))
        ask =
            size(.rangeRequest(RangeRequest(feed: feed, first: 1, last: 1)))
            + size(.rangeResponse(first))
        ping = size(.ping(nonce: .max >> 8)) + size(.pong(nonce: .max >> 8))
    }
}
