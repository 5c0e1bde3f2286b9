internal import RealModule

/// What a result says of each item beside its mass, and the order that follows.
struct ItemTables: Sendable {
    var concentration: [Double]
    var independence: [Double?]
    var factors: [Double]
    /// 0: not recommended.
    var scores: [Double]
    var supporters: [UInt32]
    /// At this concentration an item is of a single voice; nil where the network is not young.
    let singleVoiceFrom: Double?
    /// The items of positive score, best first: those that may be recommended, and the rest.
    var listed: [ItemIndex] = []
    var omitted: [ItemIndex] = []

    /// Puts all items of positive score in order. O(items).
    mutating func sort(leftOut: [Bool]) {
        var candidates: [RadixOrder.Candidate] = []
        candidates.reserveCapacity(scores.count)
        for item in scores.indices where scores[item] > 0 {
            candidates.append(candidate(item))
        }
        listed.removeAll(keepingCapacity: true)
        omitted.removeAll(keepingCapacity: true)
        listed.reserveCapacity(candidates.count)
        for candidate in RadixOrder.sorted(candidates) {
            if leftOut[Int(candidate.number)] {
                omitted.append(ItemIndex(candidate.number))
            } else {
                listed.append(ItemIndex(candidate.number))
            }
        }
    }

    /// All items of positive score in order. O(items).
    var all: [ItemIndex] {
        var (all, rest) = ([ItemIndex](), omitted[...])
        all.reserveCapacity(listed.count + omitted.count)
        for item in listed {
            while let first = rest.first, precedes(first, item) {
                all.append(first)
                rest.removeFirst()
            }
            all.append(item)
        }
        return all + rest
    }

    /// The place of an item among the listed ones, or nil. O(log items).
    func place(of item: ItemIndex) -> Int? {
        guard scores[item.position] > 0 else { return nil }
        let place = Self.place(of: item, in: listed[...], precedes)
        return place < listed.count && listed[place] == item ? place : nil
    }

    /// Puts items whose scores changed where they belong, in lists of which all others are in order;
    /// `isMoved` says which they are. O(items), but a handful of instructions each.
    mutating func reorder(_ moved: [Int], _ isMoved: [Bool], leftOut: [Bool]) {
        let scored = moved.filter { scores[$0] > 0 }
        let sorted = RadixOrder.sorted(scored.map { candidate($0) }).map { ItemIndex($0.number) }
        listed = merged(listed, isMoved, sorted.filter { !leftOut[$0.position] })
        omitted = merged(omitted, isMoved, sorted.filter { leftOut[$0.position] })
    }

    /// The list without the moved items, and some of those, in order, where they belong.
    private func merged(
        _ list: [ItemIndex], _ isMoved: [Bool], _ moved: [ItemIndex]
    ) -> [ItemIndex] {
        var rest = list
        let kept = Self.gather(&rest, isMoved)
        var merged: [ItemIndex] = []
        merged.reserveCapacity(kept + moved.count)
        var from = 0
        for item in moved {
            let place = Self.place(of: item, in: rest[from..<kept], precedes)
            merged.append(contentsOf: rest[from..<place])
            merged.append(item)
            from = place
        }
        return merged + rest[from..<kept]
    }

    /// Brings what has not moved to the front; how many those are. Nothing in it waits for a guess whether
    /// an item has.
    private static func gather(_ list: inout [ItemIndex], _ isMoved: [Bool]) -> Int {
        var places = list.mutableSpan
        let isMoved = isMoved.span
        var kept = 0
        for place in places.indices {
            let item = places[place]
            places[kept] = item
            kept += isMoved[item.position] ? 0 : 1
        }
        return kept
    }

    private static func place(
        of item: ItemIndex, in list: ArraySlice<ItemIndex>,
        _ precedes: (ItemIndex, ItemIndex) -> Bool
    ) -> Int {
        var (low, high) = (list.startIndex, list.endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if precedes(list[middle], item) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// By tier and by score rounded to 12 decimals, best first, then by item.
    private func precedes(_ one: ItemIndex, _ other: ItemIndex) -> Bool {
        (key(one.position), one) < (key(other.position), other)
    }

    private func candidate(_ item: Int) -> RadixOrder.Candidate {
        RadixOrder.Candidate(key: key(item), number: UInt32(truncatingIfNeeded: item))
    }

    /// Ascends as items of positive score are to stand.
    private func key(_ item: Int) -> UInt64 {
        // Not negative: the bits of a key order as keys do, and leave the topmost free.
        let key = sortKey(scores[item]).bitPattern
        let isSupported = singleVoiceFrom.map { concentration[item] < $0 } ?? true
        return ~(key | (isSupported ? 1 << 63 : 0))
    }

    /// `share f / popularity^p`.
    static func score(
        share: Double, factor: Double, popularity: Double, exponent: Double
    ) -> Double {
        let gain = share * factor
        guard gain > 0, popularity >= .leastNormalMagnitude else { return 0 }
        return min(gain / divisor(popularity, exponent), .greatestFiniteMagnitude)
    }

    private static func divisor(_ popularity: Double, _ exponent: Double) -> Double {
        if exponent == 0 { return 1 }
        // The default of `tsalsa`; two roots cost a tenth of a power.
        return exponent == 0.25
            ? popularity.squareRoot().squareRoot() : Double.pow(popularity, exponent)
    }

    /// Of items: whether the ego has it, or disliked or excluded it.
    static func leftOut(_ snapshot: GraphSnapshot, _ query: RankingQuery) -> [Bool] {
        var left = [Bool](repeating: false, count: snapshot.itemCount)
        let named = snapshot.items(of: query.ego) + query.excluded + query.disliked
        for item in named where snapshot.contains(item) { left[item.position] = true }
        return left
    }
}
