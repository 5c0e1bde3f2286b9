/// Writes the strict binary forms that `ByteReader` reads.
public struct ByteWriter: Sendable {
    @usableFromInline var written: [UInt8] = []

    public init(reserving capacity: Int = 0) { written.reserveCapacity(capacity) }

    @inlinable public var bytes: [UInt8] { written }

    public mutating func byte(_ value: UInt8) { written.append(value) }

    @inlinable
    public mutating func raw(_ values: some Sequence<UInt8>) {
        written.append(contentsOf: values)
    }

    @inlinable
    public mutating func wrapped(_ value: some Bytes32Wrapper) {
        value.raw.append(to: &written)
    }

    /// Bytes of a number as a varint, 1 ... 10.
    public static func varintBytes(_ value: UInt64) -> Int {
        (max(1, UInt64.bitWidth - value.leadingZeroBitCount) + 6) / 7
    }

    /// LEB128 in its shortest form.
    public mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            written.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        written.append(UInt8(rest))
    }

    public mutating func varint(_ value: Int) {
        require(value >= 0, "a count is never negative")
        varint(UInt64(value))
    }

    /// A varint length, then the bytes.
    @inlinable
    public mutating func sized(_ values: some Collection<UInt8>) {
        varint(values.count)
        raw(values)
    }
}
