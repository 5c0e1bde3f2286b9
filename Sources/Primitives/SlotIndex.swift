/// Where the slots of a `BoundedTable` are found by hash: linear probing, one 32-bit word a place, at most half of them
/// taken. The hashes are the table's to compute; a word keeps eight bits of one, so that most strangers are passed by.
@usableFromInline
struct SlotIndex: Sendable {
    /// Low 24 bits: slot + 1; 0 is an empty place. High 8 bits: a tag.
    @usableFromInline var words: [UInt32] = []

    @usableFromInline static let mostSlots = 1 << 24
    /// Up to so many entries there is no index.
    @usableFromInline static let fewest = 8
    /// A table that gets empty keeps no more room than this.
    @usableFromInline static let keptCapacity = 64

    @usableFromInline init() {}

    /// Room for `count` entries and as many again.
    @usableFromInline
    init(for count: Int) {
        var places = 32
        while places < 2 * count { places *= 2 }
        words = [UInt32](repeating: 0, count: places)
    }

    @inlinable func hasRoom(for count: Int) -> Bool { 2 * count <= words.count }
    @inlinable func home(_ hash: Int) -> Int { hash & (words.count - 1) }
    @inlinable func after(_ place: Int) -> Int { (place + 1) & (words.count - 1) }

    @inlinable func slot(at place: Int) -> Int? {
        let slot = words[place] & 0xff_ffff
        return slot == 0 ? nil : Int(slot) - 1
    }

    @inlinable func mayHold(_ hash: Int, at place: Int) -> Bool {
        words[place] >> 24 == Self.tag(hash)
    }

    @inlinable mutating func put(_ slot: Int, _ hash: Int) {
        var place = home(hash)
        while words[place] != 0 { place = after(place) }
        words[place] = Self.tag(hash) << 24 | UInt32(slot + 1)
    }

    /// Requires that the slot is there.
    @inlinable func place(of slot: Int, from hash: Int) -> Int {
        var place = home(hash)
        while words[place] & 0xff_ffff != UInt32(slot + 1) { place = after(place) }
        return place
    }

    /// Gives an entry another slot. Requires that the old one is there.
    @inlinable mutating func replace(_ old: Int, by slot: Int, from hash: Int) {
        let place = place(of: old, from: hash)
        words[place] = words[place] & 0xff00_0000 | UInt32(slot + 1)
    }

    /// Whether the home of a hash is as far from `place` as `gap` is, or farther.
    @inlinable func isFarther(from hash: Int, than gap: Int, to place: Int) -> Bool {
        let mask = words.count - 1
        return (place - home(hash)) & mask >= (place - gap) & mask
    }

    @inlinable mutating func move(_ place: Int, to gap: Int) { words[gap] = words[place] }
    @inlinable mutating func clear(_ place: Int) { words[place] = 0 }

    @inlinable static func tag(_ hash: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: UInt(bitPattern: hash) >> 56)
    }
}
