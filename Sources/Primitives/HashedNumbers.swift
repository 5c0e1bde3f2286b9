/// Finds numbers by a 32-bit hash of what they stand for: linear probing with removal by moving back (Knuth, TAOCP 6.4,
/// algorithm R), at most half of the places taken, the hash and the number a place, so that most strangers are passed
/// by and growing hashes nothing. O(1) expected where nobody can aim hashes at one another: use `HashKeys`, or keys of
/// a node.
///
///     var probe = numbers.probe(hash)
///     while let number = numbers.next(&probe) { if things[number] == wanted { return number } }
///
/// Numbers are below 2^32 - 1, and there are at most 2^31 of them.
public struct HashedNumbers: Sendable {
    /// High half: the hash; low half: number + 1; 0 is an empty place.
    @usableFromInline var words = [UInt64](repeating: 0, count: 16)
    public private(set) var count = 0

    /// Where a search stands.
    public struct Probe {
        @usableFromInline let hash: UInt32
        @usableFromInline var place: Int

        @inlinable init(hash: UInt32, place: Int) {
            self.hash = hash
            self.place = place
        }
    }

    public init() {}

    @inlinable public func probe(_ hash: UInt32) -> Probe { Probe(hash: hash, place: home(hash)) }

    /// The next number under the probe's hash; nil when there is none left.
    @inlinable public func next(_ probe: inout Probe) -> Int? {
        while words[probe.place] != 0 {
            let word = words[probe.place]
            probe.place = after(probe.place)
            if word >> 32 == UInt64(probe.hash) {
                return Int(UInt32(truncatingIfNeeded: word) &- 1)
            }
        }
        return nil
    }

    /// What lies where the search for a hash begins. Read for many hashes before any of them is searched for, so that
    /// their waits for memory overlap.
    @inlinable public func word(atHomeOf hash: UInt32) -> UInt64 { words[home(hash)] }

    /// The first number under a hash, whose `word(atHomeOf:)` was read before; nil when there is none.
    @inlinable public func first(_ hash: UInt32, from word: UInt64) -> Int? {
        if word >> 32 == UInt64(hash), word != 0 {
            return Int(UInt32(truncatingIfNeeded: word) &- 1)
        }
        var probe = probe(hash)
        return next(&probe)
    }

    /// Requires that the number is not there.
    public mutating func insert(_ number: Int, hash: UInt32) {
        count += 1
        if 2 * count > words.count { grow() }
        put(UInt64(hash) << 32 | UInt64(number + 1))
    }

    /// Requires that the number is there, under this hash.
    public mutating func remove(_ number: Int, hash: UInt32) {
        var gap = home(hash)
        while UInt32(truncatingIfNeeded: words[gap]) != UInt32(number + 1) {
            require(words[gap] != 0, "a number that is removed is found")
            gap = after(gap)
        }
        count -= 1
        var place = after(gap)
        while words[place] != 0 {
            let wanted = home(UInt32(truncatingIfNeeded: words[place] >> 32))
            // It may move back unless its own home lies between the gap and where it is.
            if distance(wanted, place) >= distance(gap, place) {
                words[gap] = words[place]
                gap = place
            }
            place = after(place)
        }
        words[gap] = 0
    }

    @inlinable func home(_ hash: UInt32) -> Int { Int(hash) & (words.count - 1) }
    @inlinable func after(_ place: Int) -> Int { (place + 1) & (words.count - 1) }
    private func distance(_ from: Int, _ to: Int) -> Int { (to - from) & (words.count - 1) }

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
