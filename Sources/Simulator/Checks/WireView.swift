import Primitives
import Records

/// The oracle's own reading of the wire contract (docs/protocol.md), which shares no line with the codec.
struct WireView {
    private let bytes: [UInt8]
    private var place = 0
    private(set) var isBroken = false

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Encoded records in a PUSH or RANGE_RESP; nil for other frames and for what cannot be read.
    static func records(in frame: [UInt8]) -> [ArraySlice<UInt8>]? {
        var view = WireView(frame)
        var found: [ArraySlice<UInt8>] = []
        switch view.byte() {
        case 10:
            for _ in 0..<view.count() { found.append(view.sized()) }
        case 23:
            _ = view.take(32)
            for _ in 0..<view.count() {
                if view.byte() == 0 {
                    found.append(view.sized())
                } else {
                    _ = view.number()
                    _ = view.take(32)
                    _ = view.sized()
                }
            }
        default: return nil
        }
        return view.isBroken ? nil : found
    }

    /// How many encoded records a PUSH or RANGE_RESP holds; nil for what cannot be read. Allocates nothing.
    static func recordCount(in frame: [UInt8]) -> Int? {
        var view = WireView(frame)
        var count = 0
        switch view.byte() {
        case 10:
            for _ in 0..<view.count() {
                view.skip(Int(clamping: view.number()))
                count += 1
            }
        case 23:
            view.skip(32)
            for _ in 0..<view.count() {
                if view.byte() == 0 {
                    count += 1
                } else {
                    _ = view.number()
                    view.skip(32)
                }
                view.skip(Int(clamping: view.number()))
            }
        default: return nil
        }
        return view.isBroken ? nil : count
    }

    /// The two records of a FORK_PROOF.
    static func proof(in frame: [UInt8]) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
        var view = WireView(frame)
        guard view.byte() == 30 else { return nil }
        let one = view.sized()
        let other = view.sized()
        return view.isBroken ? nil : (one, other)
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

/// What the oracle reads of one encoded record.
struct RecordView {
    let feed: PublicKey
    let kind: UInt8
    let sequence: UInt64
    let previous: RecordID
    let time: UInt64
    let body: ArraySlice<UInt8>
    let signature: Signature
    /// A digest of the body: equal for equal bodies.
    let print: UInt64

    init?(_ encoded: ArraySlice<UInt8>) {
        guard encoded.count > 64, let signature = Signature(encoded.suffix(64)) else { return nil }
        self.signature = signature
        body = encoded.dropLast(64)
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

    private static let domain = Array("vouchbird record v1".utf8) + [0]

    func isSigned(_ network: NetworkID, _ scheme: any SignatureScheme) -> Bool {
        scheme.verify(signature, of: Self.domain + network.bytes + body, by: feed)
    }
}
