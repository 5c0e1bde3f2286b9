/// How the store's budget is divided (docs/protocol.md, section 8).
public struct StorageLimits: Sendable {
    /// Bytes that feeds of others may take, and the databases' own structure with them.
    public var budgetBytes: UInt64 = 1 << 30
    /// Hundredths of the budget that authors share by trust flow. What neither they nor the pool get is room for half
    /// filled pages and indices.
    public var sharedPercent: UInt64 = 85
    /// Hundredths of the budget for what is beyond its author's share, strangers' feeds among it.
    public var poolPercent: UInt64 = 5
    /// No author's place in the pool is smaller than this, if the pool is that large: fewer get one instead.
    public var leastSlotBytes: UInt64 = 8 << 10
    /// How long one order of the pool lasts. A pool of 5 % of 1 GiB whose every feed is replaced once in three days costs
    /// 17 MB a day (issue 5: at most 20).
    public var rotationMilliseconds: UInt64 = 3 * 86_400_000
    /// How long nothing is taken after the store refused to write, before it is tried again (T35: works within 5 s).
    public var restMilliseconds: UInt64 = 1_000

    public init() {}

    var sharedBytes: UInt64 { budgetBytes / 100 * sharedPercent }
    var poolBytes: UInt64 { budgetBytes / 100 * poolPercent }

    /// What a place costs on the disk beside its record: row, index entry and part of a page. Measured with
    /// `StorageTests`, "what the core charges for a place is what it takes on the disk".
    static let placeBytes: UInt64 = 72
    /// What a record of a feed that is not known yet is taken for, with that.
    static let typicalRecordBytes: UInt64 = 250
    /// The same for a feed: its row and the index of keys.
    static let feedBytes: UInt64 = 160
}
