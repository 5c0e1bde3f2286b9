/// The caps of everything that comes over a link. A breach is refused before anything is allocated.
public enum WireLimits {
    /// Bytes of one frame, encrypted payload excluded of its envelope (protocol.md, "Frames").
    public static let frameBytes = 64 * 1024
    /// Bytes of one encoded record, signature included (protocol.md, "Records").
    public static let recordBytes = 1024
    /// Records in one PUSH and entries in one RANGE_RESP.
    public static let recordsPerFrame = 256
    /// Entries in one IHAVE, GRAFT or PRUNE (protocol.md, section 3).
    public static let tagsPerFrame = 1_000
    /// Entries in one FRONTIER: 43 bytes each at most 9-byte sequences, so that a frame holds them.
    public static let frontierEntries = 1024
    /// Longest span that one RANGE_REQ may name.
    public static let rangeSpan: UInt64 = 256
    /// How far apart the CHECKPOINTs of a feed are. 128 (where 256 were planned): the places between two of them and
    /// the later one fit one range; they cost 1.4 B a record of a first sync.
    public static let checkpointSpan: UInt64 = 128
    /// Places of a chain that one signature may vouch for, and their bytes on the wire: two such runs, a
    /// FORK_PROOF, fit a frame. One verification for 64 records costs each of them about 0.6 us.
    public static let segmentPlaces = 64
    public static let segmentBytes = 24 * 1024
    /// Symbols of one sketch, and in one SKETCH: 8,192 find about 6,000 differences.
    public static let sketchSymbols: UInt64 = 8_192
    public static let symbolsPerFrame = 1_024
    /// Entries of a frontier that a sketch may be of.
    public static let sketchSet: UInt64 = 1 << 24
    /// UTF-8 bytes of a title.
    public static let titleBytes = 256
    /// Address records in one PX_RESP (threats.md, T13).
    public static let addresses = 16
    /// ASCII bytes of a network address.
    public static let addressBytes = 128
    /// Largest sequence number. 2^48 records at one a millisecond last 8,900 years.
    public static let sequence: UInt64 = 1 << 48
    /// Largest time in milliseconds since 1970 that can be written down (year 10889).
    public static let timeMilliseconds: UInt64 = 1 << 48
    /// Largest weight in thousandths: a billion plays.
    public static let weightThousandths: UInt64 = 1_000_000_000_000
    /// Payload bytes that remain useful in a frame of records: the frame less its own header.
    public static let recordsFrameBudgetBytes = 60 * 1024
}
