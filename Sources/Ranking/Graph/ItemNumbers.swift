import Primitives

/// Where the numbers of items are found: linear probing, at most half of the places taken, a word of 32
/// bits of a hash and the number a place, so that most strangers are passed by and growing hashes nothing.
///
/// Identifiers are chosen by whoever signs a record: the hash is mixed with `HashKeys`.
struct ItemNumbers: Sendable {
    /// High half: the hash; low half: number + 1; 0 is an empty place.
    private var words = [UInt64](repeating: 0, count: 64)
    private(set) var count = 0
    private let keys = HashKeys.ofProcess

    /// The hash of an identifier's bytes. O(length).
    @inline(__always)
    func hash(_ bytes: Span<UInt8>) -> UInt32 {
        var hash = keys.k0
        var word: UInt64 = 0
        for place in bytes.indices {
            word = word << 8 | UInt64(bytes[place])
            if place & 7 == 7 {
                hash = Self.mixed(hash ^ word, keys.k1)
                word = 0
            }
        }
        // The length tells apart what ends in different words.
        hash = Self.mixed(hash ^ word ^ UInt64(bytes.count) << 56, keys.k1)
        return UInt32(truncatingIfNeeded: hash >> 32)
    }

    /// Both halves of a product, so that each bit moves each.
    @inline(__always)
    private static func mixed(_ word: UInt64, _ key: UInt64) -> UInt64 {
        let product = word.multipliedFullWidth(by: key)
        return product.high ^ product.low
    }

    /// The number of the item of these bytes, whose hash is this; `ids` are the items by number. Nobody's
    /// references are counted, so that many lookups are under way at once.
    @inline(__always)
    func number(
        of bytes: Span<UInt8>, hash: UInt32, in ids: borrowing SegmentedArray<ItemID>
    ) -> UInt32? {
        var place = home(hash)
        while words[place] != 0 {
            let number = UInt32(truncatingIfNeeded: words[place]) &- 1
            if words[place] >> 32 == UInt64(hash), ids.holds(bytes, at: Int(number)) {
                return number
            }
            place = after(place)
        }
        return nil
    }

    /// Requires that the item is not there.
    mutating func insert(_ number: UInt32, hash: UInt32) {
        count += 1
        if 2 * count > words.count { grow() }
        put(UInt64(hash) << 32 | UInt64(number + 1))
    }

    /// Requires that the number is there. Moves back what stands after it where that may.
    mutating func remove(_ number: UInt32, hash: UInt32) {
        var gap = home(hash)
        while UInt32(truncatingIfNeeded: words[gap]) != number + 1 {
            require(words[gap] != 0, "an item that is removed has a number")
            gap = after(gap)
        }
        count -= 1
        var place = after(gap)
        while words[place] != 0 {
            let from = home(UInt32(truncatingIfNeeded: words[place] >> 32))
            let mask = words.count - 1
            if (place - from) & mask >= (place - gap) & mask {
                words[gap] = words[place]
                gap = place
            }
            place = after(place)
        }
        words[gap] = 0
    }

    private func home(_ hash: UInt32) -> Int { Int(hash) & (words.count - 1) }
    private func after(_ place: Int) -> Int { (place + 1) & (words.count - 1) }

    private mutating func put(_ word: UInt64) {
        var place = home(UInt32(truncatingIfNeeded: word >> 32))
        while words[place] != 0 { place = after(place) }
        words[place] = word
    }

    private mutating func grow() {
        let old = words
        words = [UInt64](repeating: 0, count: 2 * old.count)
        for word in old where word != 0 { put(word) }
    }
}
