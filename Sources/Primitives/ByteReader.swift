/// Why bytes are not one of ours: where, which field, what is wrong with it.
public struct DecodingFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: String, Hashable, Sendable {
        case truncated
        case trailingBytes = "trailing bytes"
        case overlongVarint = "varint is not minimal"
        case outOfRange = "out of range"
        case unknown = "unknown value"
        case notCanonical = "not the canonical form"
        case tooMany = "too many elements"
        case badText = "text is not allowed here"
    }

    /// Bytes from the start of the buffer.
    public let offset: Int
    public let field: StaticText
    public let reason: Reason

    public init(offset: Int, field: StaticText, reason: Reason) {
        self.offset = offset
        self.field = field
        self.reason = reason
    }

    public var description: String { "\(field) at byte \(offset): \(reason.rawValue)" }
}

/// A literal string that can be hashed and sent: the name of a field.
///
/// Every read of a field passes one, so that making it must cost nothing.
public struct StaticText: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    private let text: StaticString

    public init(stringLiteral value: StaticString) { text = value }

    public var description: String { "\(text)" }

    public static func == (left: Self, right: Self) -> Bool {
        left.description == right.description
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

/// Reads the strict binary forms: fixed widths, little-endian numbers, minimal varints.
///
/// Every read checks the length before it touches or allocates anything.
public struct ByteReader: Sendable {
    public let bytes: ArraySlice<UInt8>
    private var position: Int

    public init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    /// Bytes read so far.
    public var offset: Int { position - bytes.startIndex }
    public var remaining: Int { bytes.endIndex - position }

    public mutating func byte(_ field: StaticText) throws(DecodingFailure) -> UInt8 {
        try need(1, field)
        defer { position += 1 }
        return bytes[position]
    }

    public mutating func take(_ count: Int, _ field: StaticText) throws(DecodingFailure)
        -> ArraySlice<UInt8>
    {
        try need(count, field)
        defer { position += count }
        return bytes[position..<position + count]
    }

    public mutating func takeRest() -> ArraySlice<UInt8> {
        defer { position = bytes.endIndex }
        return bytes[position...]
    }

    public mutating func bytes32(_ field: StaticText) throws(DecodingFailure) -> Bytes32 {
        try need(Bytes32.count, field)
        defer { position += Bytes32.count }
        return Bytes32(words: (word(0), word(8), word(16), word(24)))
    }

    public mutating func wrapped<Wrapper: Bytes32Wrapper>(
        _ field: StaticText, as type: Wrapper.Type = Wrapper.self
    ) throws(DecodingFailure) -> Wrapper {
        Wrapper(raw: try bytes32(field))
    }

    public mutating func signature(_ field: StaticText) throws(DecodingFailure) -> Signature {
        guard let value = Signature(try take(Signature.count, field)) else {
            throw failure(field, .truncated)
        }
        return value
    }

    /// LEB128, at most ten bytes, the shortest form only. `limit` bounds the value.
    public mutating func varint(_ field: StaticText, limit: UInt64 = .max)
        throws(DecodingFailure) -> UInt64
    {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte(field)
            let bits = UInt64(next & 0x7f)
            guard shift < 63 || (shift == 63 && bits <= 1) else {
                throw failure(field, .outOfRange)
            }
            value |= bits << shift
            if next & 0x80 == 0 {
                guard next != 0 || shift == 0 else { throw failure(field, .overlongVarint) }
                break
            }
            shift += 7
        }
        guard value <= limit else { throw failure(field, .outOfRange) }
        return value
    }

    /// A count of elements: refused above `cap` before anything is allocated.
    public mutating func count(_ field: StaticText, cap: Int) throws(DecodingFailure) -> Int {
        let value = try varint(field)
        guard value <= UInt64(cap) else { throw failure(field, .tooMany) }
        return Int(value)
    }

    /// A varint length within `range`, then that many bytes.
    public mutating func sized(_ field: StaticText, _ range: ClosedRange<Int>)
        throws(DecodingFailure) -> ArraySlice<UInt8>
    {
        let length = try varint(field)
        guard length <= UInt64(range.upperBound), Int(length) >= range.lowerBound else {
            throw failure(field, .outOfRange)
        }
        return try take(Int(length), field)
    }

    /// Nothing may follow.
    public func end(_ field: StaticText) throws(DecodingFailure) {
        guard remaining == 0 else { throw failure(field, .trailingBytes) }
    }

    public func failure(_ field: StaticText, _ reason: DecodingFailure.Reason) -> DecodingFailure {
        DecodingFailure(offset: offset, field: field, reason: reason)
    }

    /// The big-endian word that starts `offset` bytes ahead. Requires that it is there.
    private func word(_ offset: Int) -> UInt64 {
        var word: UInt64 = 0
        for place in position + offset..<position + offset + 8 {
            word = word << 8 | UInt64(bytes[place])
        }
        return word
    }

    private func need(_ count: Int, _ field: StaticText) throws(DecodingFailure) {
        guard count >= 0, remaining >= count else { throw failure(field, .truncated) }
    }
}
