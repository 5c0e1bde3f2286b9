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

/// Finds the slot of a feed by its key: linear probing with removal by moving back (Knuth, TAOCP 6.4, algorithm R).
///
/// The hash is `IDFingerprint`'s, under secret odd keys, so that nobody can aim keys at one another. One word a
/// place, at most half of them taken; O(1) expected.
struct FeedLookup: Sendable {
    private let mixer: IDFingerprint
    /// High half: the upper half of the hash. Low half: slot + 1; 0 is an empty place.
    private var places = [UInt64](repeating: 0, count: 16)
    private(set) var count = 0

    init(mixer: IDFingerprint) { self.mixer = mixer }

    func slot(of key: PublicKey, in spots: [FeedSpot]) -> Int? {
        let hash = mixer.mix(key.raw)
        var place = home(hash)
        while places[place] != 0 {
            if places[place] >> 32 == hash >> 32 {
                let slot = Self.slot(in: places[place])
                if spots[slot].key == key { return slot }
            }
            place = after(place)
        }
        return nil
    }

    /// Requires that the key is not there.
    mutating func insert(_ key: PublicKey, slot: Int, in spots: [FeedSpot]) {
        if 2 * (count + 1) > places.count { grow(spots) }
        put(mixer.mix(key.raw), slot)
        count += 1
    }

    /// Requires that the key is there, in `slot`.
    mutating func remove(_ key: PublicKey, slot: Int, in spots: [FeedSpot]) {
        var gap = home(mixer.mix(key.raw))
        while Self.slot(in: places[gap]) != slot {
            require(places[gap] != 0, "a feed that is removed is found")
            gap = after(gap)
        }
        var place = after(gap)
        while places[place] != 0 {
            let wanted = home(mixer.mix(spots[Self.slot(in: places[place])].key.raw))
            // It may move back unless its own home lies between the gap and where it is.
            if distance(wanted, place) >= distance(gap, place) {
                places[gap] = places[place]
                gap = place
            }
            place = after(place)
        }
        places[gap] = 0
        count -= 1
    }

    private mutating func grow(_ spots: [FeedSpot]) {
        let old = places
        places = [UInt64](repeating: 0, count: 2 * old.count)
        for word in old where word != 0 {
            let slot = Self.slot(in: word)
            put(mixer.mix(spots[slot].key.raw), slot)
        }
    }

    private mutating func put(_ hash: UInt64, _ slot: Int) {
        var place = home(hash)
        while places[place] != 0 { place = after(place) }
        places[place] = (hash & ~0xffff_ffff) | UInt64(slot + 1)
    }

    /// -1 for an empty place.
    private static func slot(in word: UInt64) -> Int { Int(word & 0xffff_ffff) - 1 }
    private func home(_ hash: UInt64) -> Int { Int(hash & UInt64(places.count - 1)) }
    private func after(_ place: Int) -> Int { (place + 1) & (places.count - 1) }
    private func distance(_ from: Int, _ to: Int) -> Int { (to - from) & (places.count - 1) }
}
