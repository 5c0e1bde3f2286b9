import Primitives
import Records

/// What a replay is told by, beside its key: one cache line a feed, so that the many records that are held already
/// never touch the rest of a feed's state.
struct FeedSpot: Sendable {
    let key: PublicKey
    private(set) var tip: UInt64 = 0
    /// `IDFingerprint` of the record at the tip; meaningless at tip 0.
    private(set) var tipPrint: UInt64 = 0
    private(set) var isFrozen = false

    init(key: PublicKey) { self.key = key }

    mutating func update(tip: UInt64, tipPrint: UInt64?, isFrozen: Bool) {
        self.tip = tip
        self.tipPrint = tipPrint ?? 0
        self.isFrozen = isFrozen
    }
}
