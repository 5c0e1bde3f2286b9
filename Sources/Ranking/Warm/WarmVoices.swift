/// What the loudest voice says of each item, kept from ranking to ranking.
///
/// Of each author it knows at what rate it was heard last. Who says little else than then is not heard
/// again: an author that is a voice of its own may be off by a small part of the tolerance in what it says
/// of any item, and by a small part of what it says; the members of a group by that together.
struct WarmVoices {
    /// Of items: the most that one voice says.
    private(set) var loudest: [Double]
    /// Of items: the authors other than the ego that contribute.
    private(set) var supporters: [UInt32]
    /// Of authors: what each says, by the weights of its row, when it was heard last.
    private var rates: [Double]
    /// Of authors: how far a rate may move unheard.
    private var slack: [Double]
    /// Of authors: the group; nil for those that are a group of their own, and for the ego.
    private let groups: [UInt32?]
    /// Of authors that give their name to a group: what it says, between two uses.
    private var sums: [Double]
    private let ego: Int

    /// The part of what an author says that may go unheard.
    private static let unheardPart = 1e-4

    /// O(edges). `tolerance`, a share, is what a voice may be off by.
    init(
        _ snapshot: GraphSnapshot, _ walk: WarmItemWalk, ego: AuthorIndex, groups: [AuthorIndex?],
        rates: [Double], supporters: [UInt32], tolerance: Double
    ) {
        (self.rates, self.supporters, self.ego) = (rates, supporters, ego.position)
        var sizes = [Int](repeating: 0, count: groups.count)
        for (author, group) in groups.enumerated() where author != ego.position {
            if let group { sizes[group.position] += 1 }
        }
        let size = { groups[$0].map { max(1, sizes[$0.position]) } ?? 1 }
        self.groups = groups.indices.map {
            $0 != ego.position && size($0) > 1 ? groups[$0]?.value : nil
        }
        let rows = snapshot.interactions
        slack = groups.indices.map { author in
            tolerance / (Double(size(author)) * Self.heaviest(author, rows))
        }
        sums = [Double](repeating: 0, count: groups.count)
        loudest = [Double](repeating: 0, count: snapshot.itemCount)
        for item in loudest.indices { loudest[item] = heardLoudest(item, walk.holders) }
    }

    /// Hears authors with new rows, that only gained items, and those whose rate moved; the items of which
    /// another thing is known than before. Nil, and of no use any more, where somebody fell silent or
    /// began to speak.
    mutating func take(
        _ changed: [Int], rates fresh: [Double], _ walk: WarmItemWalk, from old: CompressedRows,
        to new: CompressedRows
    ) -> [Int]? {
        guard zip(fresh, rates).allSatisfy({ ($0 > 0) == ($1 > 0) }) else { return nil }
        var isChanged = [Bool](repeating: false, count: fresh.count)
        for author in changed {
            isChanged[author] = true
            slack[author] *= Self.heaviest(author, old) / Self.heaviest(author, new)
        }
        let before = rates
        var movers: [Int] = []
        for author in fresh.indices where author != ego {
            let gap = abs(fresh[author] - before[author])
            guard isChanged[author] || gap > min(slack[author], Self.unheardPart * before[author])
            else { continue }
            movers.append(author)
            rates[author] = fresh[author]
        }
        rates[ego] = fresh[ego]
        var dirty: [Int] = []
        for author in movers where fresh[author] > 0 {
            for entry in new.entries(author) {
                let (item, weight) = (Int(new.columns[entry]), new.weights[entry])
                var last = weight
                if isChanged[author] {
                    last = old.weight(row: author, column: new.columns[entry])
                    if last == 0 { supporters[item] += 1 }
                }
                if hear(
                    item, author, from: before[author] * last, to: fresh[author] * weight,
                    walk.holders)
                {
                    dirty.append(item)
                }
            }
        }
        return dirty
    }

    /// What others than the ego say of an item. O(holders).
    func others(_ item: Int, _ holders: ItemHolders) -> Double {
        var sum = 0.0
        for place in holders.places(item) {
            let holder = holders.entries[place]
            if Int(holder.author) != ego { sum += rates[Int(holder.author)] * holder.weight }
        }
        return sum
    }

    /// What the ego says by an entry of its row.
    func own(_ weight: Double) -> Double { rates[ego] * weight }
}

extension WarmVoices {
    private static func heaviest(_ author: Int, _ rows: CompressedRows) -> Double {
        rows.entries(author).reduce(0) { max($0, rows.weights[$1]) }
    }

    /// One author's say, before and now; whether another one is the loudest's. O(1), or O(holders) where the
    /// author may have been the loudest or is one of a group.
    @inline(__always)
    private mutating func hear(
        _ item: Int, _ author: Int, from last: Double, to say: Double,
        _ holders: ItemHolders
    ) -> Bool {
        let known = loudest[item]
        if groups[author] == nil {
            if say >= known {
                loudest[item] = say
                return true
            }
            if last < known { return false }
        }
        loudest[item] = heardLoudest(item, holders)
        return loudest[item] != known
    }

    /// The most that one voice says, by everybody who has the item.
    private mutating func heardLoudest(_ item: Int, _ holders: ItemHolders) -> Double {
        let places = holders.places(item)
        var loudest = 0.0
        for place in places {
            let author = Int(holders.entries[place].author)
            guard author != ego else { continue }
            var say = rates[author] * holders.entries[place].weight
            if let group = groups[author] {
                sums[Int(group)] += say
                say = sums[Int(group)]
            }
            loudest = max(loudest, say)
        }
        for place in places {
            if let group = groups[Int(holders.entries[place].author)] { sums[Int(group)] = 0 }
        }
        return loudest
    }
}

extension CompressedRows {
    /// 0 where there is no entry.
    fileprivate func weight(row: Int, column: UInt32) -> Double {
        entry(row: row, column: column).map { weights[$0] } ?? 0
    }
}
