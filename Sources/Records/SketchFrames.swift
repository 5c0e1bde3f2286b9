import Primitives

/// Symbols of the sender's frontier. Without any, the sender tells its whole frontier besides and asks for ours.
public struct SketchPart: Hashable, Sendable {
    public var salt: UInt64
    /// Entries of the sender's frontier.
    public var setSize: UInt64
    /// Index of the first symbol; 0 begins a new sketch.
    public var first: UInt64
    public var symbols: [SketchSymbol]

    public init(salt: UInt64, setSize: UInt64, first: UInt64, symbols: [SketchSymbol]) {
        self.salt = salt
        self.setSize = setSize
        self.first = first
        self.symbols = symbols
    }

    func write(to writer: inout ByteWriter) {
        writer.byte(FrameType.sketch)
        writer.word(salt, bytes: 8)
        writer.varint(setSize)
        writer.varint(first)
        writer.varint(symbols.count)
        for symbol in symbols {
            writer.word(symbol.sum.identity, bytes: 8)
            writer.word(symbol.sum.sequence, bytes: 5)
            writer.word(UInt64(symbol.check), bytes: 4)
            writer.varint(UInt64(symbol.count))
        }
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        salt = try reader.word("salt", bytes: 8)
        setSize = try reader.varint("set size", limit: WireLimits.sketchSet)
        first = try reader.varint("first", limit: WireLimits.sketchSymbols)
        let count = try reader.count("symbols", cap: WireLimits.symbolsPerFrame)
        guard first + UInt64(count) <= WireLimits.sketchSymbols else {
            throw reader.failure("symbols", .outOfRange)
        }
        symbols = []
        symbols.reserveCapacity(count)
        for _ in 0..<count {
            var symbol = SketchSymbol()
            symbol.sum.identity = try reader.word("sum", bytes: 8)
            symbol.sum.sequence = try reader.word("sum", bytes: 5)
            symbol.check = UInt32(try reader.word("check", bytes: 4))
            symbol.count = Int64(try reader.varint("count", limit: setSize))
            symbols.append(symbol)
        }
    }
}

/// Asks for more symbols of a sketch; or, `through` 0, for the whole frontier instead.
public struct SketchRequest: Hashable, Sendable {
    public var salt: UInt64
    /// How many symbols are wanted in all.
    public var through: UInt64

    public init(salt: UInt64, through: UInt64) {
        self.salt = salt
        self.through = through
    }

    func write(to writer: inout ByteWriter) {
        writer.byte(FrameType.sketchRequest)
        writer.word(salt, bytes: 8)
        writer.varint(through)
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        salt = try reader.word("salt", bytes: 8)
        through = try reader.varint("through", limit: WireLimits.sketchSymbols)
    }
}

/// Ends a sketch: what was ahead here was told in FRONTIER before; these feeds are unknown here.
public struct SketchResult: Hashable, Sendable {
    public var salt: UInt64
    /// Strictly ascending.
    public var unknown: [SketchTag]

    public init(salt: UInt64, unknown: [SketchTag]) {
        self.salt = salt
        self.unknown = unknown
    }

    func write(to writer: inout ByteWriter) {
        writer.byte(FrameType.sketchResult)
        writer.word(salt, bytes: 8)
        writer.varint(unknown.count)
        for tag in unknown { writer.word(tag.raw, bytes: 6) }
    }

    init(from reader: inout ByteReader) throws(DecodingFailure) {
        salt = try reader.word("salt", bytes: 8)
        let count = try reader.count("tags", cap: Int(WireLimits.sketchSymbols))
        unknown = []
        unknown.reserveCapacity(count)
        for _ in 0..<count {
            let tag = SketchTag(raw: try reader.word("tag", bytes: 6))
            if let last = unknown.last, last >= tag { throw reader.failure("tag", .notCanonical) }
            unknown.append(tag)
        }
    }
}

extension ByteWriter {
    /// The lower `count` bytes of a number, the most significant first.
    mutating func word(_ value: UInt64, bytes count: Int) {
        for position in (0..<count).reversed() {
            byte(UInt8(truncatingIfNeeded: value >> UInt64(8 * position)))
        }
    }
}

extension ByteReader {
    mutating func word(_ field: StaticText, bytes count: Int) throws(DecodingFailure) -> UInt64 {
        try take(count, field).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
