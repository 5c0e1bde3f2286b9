/// How many independent voices stand behind each item, kept from ranking to ranking.
///
/// Of each item it knows who says most (among authors that are a group of their own) and how much the
/// second may say at most. Where everybody's say changes by a part in a million, the first stays the first
/// unless the second is as near as that; so only items of authors whose say changed more are looked at,
/// and items where the two have come too close. What all say follows from the item's visits.
struct WarmConcentration {
    /// Of an item, among authors that are groups of their own.
    private struct Voice {
        static let nobody = UInt32.max
        var author = nobody
        /// The first author's weight in the item.
        var weight = 0.0
        /// At most what the second says, divided by `growth` at that time.
        var second = 0.0
    }

    private var voices: [Voice]
    private(set) var supporters: [UInt32]
    /// Of authors: visits over the sum of the row, as far as they are others than the ego and in a group
    /// of their own; 0 for the rest.
    private var rates: [Double]
    /// By what factor anybody's rate may have grown since the beginning who is not looked at.
    private var growth = 1.0
    /// The members of groups of several, group by group.
    private let members: [[UInt32]]
    private let isSingle: [Bool]
    private let ego: Int

    /// O(edges). Groups are those of `TrustDominators`: nobody without one has visits.
    init(
        _ snapshot: GraphSnapshot, ego: AuthorIndex, groups: [AuthorIndex?], visits: [Double]
    ) {
        self.ego = ego.position
        members = Self.shared(groups, ego: ego)
        var isSingle = [Bool](repeating: true, count: groups.count)
        isSingle[ego.position] = false
        for group in members { for author in group { isSingle[Int(author)] = false } }
        self.isSingle = isSingle
        rates = Self.rates(visits, snapshot)
        (voices, supporters) = Self.listen(snapshot, rates, isSingle, ego: ego.position)
    }

    /// Takes over new visits, and new rows of some authors that only gained items. False, and of no use
    /// any more, where that would cost as much as to begin anew.
    mutating func take(
        _ changed: [Int], visits: [Double], from old: GraphSnapshot, to new: GraphSnapshot
    ) -> Bool {
        let rows = new.interactions
        let fresh = Self.rates(visits, new)
        guard zip(fresh, rates).allSatisfy({ ($0 > 0) == ($1 > 0) }) else { return false }
        guard let (moved, drift) = movers(fresh, changed, rows) else { return false }
        rates = fresh
        growth *= 1 + drift
        for author in changed where author != ego && rates[author] > 0 {
            count(author, from: old.interactions, to: rows)
        }
        for author in moved where isSingle[author] && rates[author] > 0 {
            for entry in rows.entries(author) {
                hear(author, rows.weights[entry], Int(rows.columns[entry]))
            }
        }
        return lookAgain(new)
    }

    /// The tables of `Concentration`; `mass` is what all authors say about each item, the ego too.
    func tables(_ snapshot: GraphSnapshot, mass: [Double]) -> Concentration {
        let rows = snapshot.interactions
        var total = mass
        for entry in rows.entries(ego) {
            let item = Int(rows.columns[entry])
            total[item] -= rates[ego] * rows.weights[entry]
            // What is left of a difference of nearly equal numbers is rounding.
            if total[item] < Self.cancelled * mass[item] { total[item] = others(item, snapshot) }
        }
        var largest = voices.map {
            $0.author == Voice.nobody ? 0 : rates[Int($0.author)] * $0.weight
        }
        var (sums, touched) = ([Double](repeating: 0, count: largest.count), [Int]())
        for group in members {
            for author in group where rates[Int(author)] > 0 {
                for entry in rows.entries(Int(author)) {
                    let item = Int(rows.columns[entry])
                    if sums[item] == 0 { touched.append(item) }
                    sums[item] += rates[Int(author)] * rows.weights[entry]
                }
            }
            for item in touched {
                largest[item] = max(largest[item], sums[item])
                sums[item] = 0
            }
            touched.removeAll(keepingCapacity: true)
        }
        for item in largest.indices {
            largest[item] = total[item] > 0 ? min(1, largest[item] / total[item]) : 0
        }
        return Concentration(concentration: largest, supporters: supporters)
    }

    private struct Tally {
        var first = 0.0
        var second = 0.0
        var weight = 0.0
        var author = Voice.nobody
        var supporters: UInt32 = 0
    }

    /// Everybody's say, row by row.
    private static func listen(
        _ snapshot: GraphSnapshot, _ rates: [Double], _ isSingle: [Bool], ego: Int
    ) -> (voices: [Voice], supporters: [UInt32]) {
        let rows = snapshot.interactions
        var tallies = [Tally](repeating: Tally(), count: snapshot.itemCount)
        for author in rates.indices where author != ego && rates[author] > 0 {
            let (rate, counts) = (rates[author], isSingle[author])
            for entry in rows.entries(author) {
                let item = Int(rows.columns[entry])
                tallies[item].supporters += 1
                let say = rate * rows.weights[entry]
                guard counts, say > tallies[item].second else { continue }
                guard say > tallies[item].first else {
                    tallies[item].second = say
                    continue
                }
                tallies[item].second = tallies[item].first
                tallies[item].first = say
                tallies[item].weight = rows.weights[entry]
                tallies[item].author = UInt32(truncatingIfNeeded: author)
            }
        }
        let voices = tallies.map { Voice(author: $0.author, weight: $0.weight, second: $0.second) }
        return (voices, tallies.map(\.supporters))
    }

    /// Below this part of what was subtracted from, a difference has fewer than ten digits.
    private static let cancelled = 1e-6

    /// Groups of several authors other than the ego, by group, members ascending.
    private static func shared(_ groups: [AuthorIndex?], ego: AuthorIndex) -> [[UInt32]] {
        var pairs: [(group: UInt32, author: UInt32)] = []
        for (author, group) in groups.enumerated() where author != ego.position {
            if let group { pairs.append((group.value, UInt32(truncatingIfNeeded: author))) }
        }
        pairs.sort { $0 < $1 }
        var (shared, first) = ([[UInt32]](), 0)
        while first < pairs.count {
            let group = pairs[first].group
            let end = pairs[first...].firstIndex { $0.group != group } ?? pairs.count
            if end - first > 1 { shared.append(pairs[first..<end].map(\.author)) }
            first = end
        }
        return shared
    }

    private static func rates(_ visits: [Double], _ snapshot: GraphSnapshot) -> [Double] {
        zip(visits, snapshot.interactions.scales).map { max(0, $0) * $1 }
    }
}

extension WarmConcentration {
    /// Of all entries, those that are looked at before it is better to begin anew.
    private static let lookedAtPart = 0.05

    /// The authors whose say changed by more than some part, and that part; the smallest part of which
    /// they are few.
    private func movers(
        _ fresh: [Double], _ changed: [Int], _ rows: CompressedRows
    ) -> (authors: [Int], part: Double)? {
        let most = Self.lookedAtPart * Double(rows.entryCount)
        for part in [1e-6, 1e-5, 1e-4, 1e-3] {
            var (authors, entries) = (changed, 0)
            for author in fresh.indices
            where abs(fresh[author] - rates[author]) > part * min(fresh[author], rates[author]) {
                authors.append(author)
                entries += rows.entries(author).count
            }
            if Double(entries) <= most { return (authors, part) }
        }
        return nil
    }

    /// One more supporter for each item that an author gained.
    private mutating func count(_ author: Int, from old: CompressedRows, to new: CompressedRows) {
        for entry in new.entries(author)
        where old.entry(row: author, column: new.columns[entry]) == nil {
            supporters[Int(new.columns[entry])] += 1
        }
    }

    /// What one author says about an item, by its present rate.
    @inline(__always)
    private mutating func hear(_ author: Int, _ weight: Double, _ item: Int) {
        var voice = voices[item]
        if voice.author == UInt32(truncatingIfNeeded: author) {
            voice.weight = weight
        } else {
            let say = rates[author] * weight
            let first =
                voice.author == Voice.nobody ? 0 : rates[Int(voice.author)] * voice.weight
            if say > first {
                voice.second = max(voice.second, first / growth)
                voice.author = UInt32(truncatingIfNeeded: author)
                voice.weight = weight
            } else {
                voice.second = max(voice.second, say / growth)
            }
        }
        voices[item] = voice
    }

    /// Hears everybody again about items where the second may have passed the first.
    private mutating func lookAgain(_ snapshot: GraphSnapshot) -> Bool {
        var left = Int(Self.lookedAtPart * Double(snapshot.interactions.entryCount))
        for item in voices.indices {
            let voice = voices[item]
            guard voice.author != Voice.nobody,
                rates[Int(voice.author)] * voice.weight < voice.second * growth
            else { continue }
            left -= snapshot.holders.places(item).count
            guard left >= 0 else { return false }
            voices[item] = Voice()
            for place in snapshot.holders.places(item) {
                let author = Int(snapshot.holders.row(at: place))
                guard isSingle[author], rates[author] > 0,
                    let weight = snapshot.weight(of: author, in: item)
                else { continue }
                hear(author, weight, item)
            }
        }
        return true
    }

    /// What all but the ego say about an item. O(authors of the item).
    private func others(_ item: Int, _ snapshot: GraphSnapshot) -> Double {
        var sum = 0.0
        for place in snapshot.holders.places(item) {
            let author = Int(snapshot.holders.row(at: place))
            guard author != ego, rates[author] > 0,
                let weight = snapshot.weight(of: author, in: item)
            else { continue }
            sum += rates[author] * weight
        }
        return sum
    }
}

extension GraphSnapshot {
    /// The weight of an author in an item, or nil. O(log of its items).
    fileprivate func weight(of author: Int, in item: Int) -> Double? {
        interactions.entry(row: author, column: UInt32(truncatingIfNeeded: item))
            .map { interactions.weights[$0] }
    }
}
