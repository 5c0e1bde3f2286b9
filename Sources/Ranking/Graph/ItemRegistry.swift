import Primitives

/// Small numbers for item identifiers, so that an edge holds four bytes instead of text.
///
/// A number stays with its item while somebody has the item and is given away again after that; the
/// registry is bounded by the edges that use it. All operations are O(1).
struct ItemRegistry: Sendable {
    /// By the hash of an identifier's bytes, which whoever signs a record chooses: under keys of this process.
    private var numbers = HashedNumbers()
    private let keys = HashKeys.ofProcess
    /// By number; what stands at a number that is not in use means nothing.
    private(set) var ids = SegmentedArray<ItemID>()
    private var uses: [UInt32] = []
    private var free: [UInt32] = []

    var count: Int { numbers.count }

    /// The upper end of the numbers that were ever given.
    var numberLimit: Int { ids.count }

    func number(of item: ItemID) -> UInt32? {
        number(of: item.bytes.span, hash: hash(item.bytes.span))
    }

    @inline(__always)
    func hash(_ bytes: Span<UInt8>) -> UInt32 { keys.hash(bytes) }

    /// The number of the item of these bytes and this hash. Nobody's references are counted, so that many lookups are
    /// under way at once.
    @inline(__always)
    func number(of bytes: Span<UInt8>, hash: UInt32) -> UInt32? {
        var probe = numbers.probe(hash)
        while let number = numbers.next(&probe) {
            if ids.holds(bytes, at: number) { return UInt32(number) }
        }
        return nil
    }

    /// The same, where a look ahead found what is likely to be its number.
    @inline(__always)
    func number(of bytes: Span<UInt8>, hash: UInt32, likely: UInt32?) -> UInt32? {
        if let likely, ids.holds(bytes, at: Int(likely)) { return likely }
        return number(of: bytes, hash: hash)
    }

    /// See `HashedNumbers`.
    @inline(__always)
    func word(atHomeOf hash: UInt32) -> UInt64 { numbers.word(atHomeOf: hash) }

    /// The first number under a hash, which may be of another item.
    @inline(__always)
    func likelyNumber(_ hash: UInt32, from word: UInt64) -> UInt32? {
        numbers.first(hash, from: word).map { UInt32($0) }
    }

    /// The item behind a number that is in use.
    subscript(number: UInt32) -> ItemID { ids[Int(number)] }

    /// The number of an item, a fresh one when it has none. A number without an edge is to be retained
    /// or dropped.
    mutating func intern(_ item: ItemID) -> UInt32 {
        let hash = hash(item.bytes.span)
        if let number = number(of: item.bytes.span, hash: hash) { return number }
        let number: UInt32
        if let reused = free.popLast() {
            number = reused
            ids[Int(number)] = item
        } else {
            number = UInt32(ids.count)
            ids.append(item)
            uses.append(0)
        }
        numbers.insert(Int(number), hash: hash)
        return number
    }

    /// Counts one more edge to an item.
    mutating func retain(_ number: UInt32) { uses[Int(number)] += 1 }

    /// Counts one edge less; the last one frees the number.
    mutating func release(_ number: UInt32) {
        require(uses[Int(number)] > 0, "an item is released as often as it was retained")
        uses[Int(number)] -= 1
        dropIfUnused(number)
    }

    /// Frees a number that no edge uses.
    mutating func dropIfUnused(_ number: UInt32) {
        guard uses[Int(number)] == 0 else { return }
        let item = ids[Int(number)]
        numbers.remove(Int(number), hash: hash(item.bytes.span))
        free.append(number)
    }
}
