/// How many independent voices stand behind each item (section D of `docs/ranking.md`).
struct Concentration {
    /// The largest group's part of what others than the ego contribute; 0 without any. Per item.
    let concentration: [Double]
    /// The authors other than the ego that contribute. Per item.
    let supporters: [UInt32]

    init(concentration: [Double], supporters: [UInt32]) {
        self.concentration = concentration
        self.supporters = supporters
    }

    /// Authors without a group, as plain SALSA meets them, are a voice each. O(edges).
    init(
        _ snapshot: GraphSnapshot, ego: AuthorIndex, groups: [AuthorIndex?],
        contributions: Contributions
    ) {
        let voices = Self.voices(snapshot, ego: ego, groups: groups, contributions: contributions)
        let tallies = Self.tallies(snapshot, voices, contributions)
        concentration = tallies.map { $0.total > 0 ? $0.largest / $0.total : 0 }
        supporters = Self.supporters(snapshot, ego: ego, voices.map(\.author), contributions)
    }

    /// Of each item what others than the ego and its largest group contribute, at least 0. O(edges).
    static func outside(
        _ snapshot: GraphSnapshot, ego: AuthorIndex, groups: [AuthorIndex?],
        contributions: Contributions
    ) -> [Double] {
        let voices = voices(snapshot, ego: ego, groups: groups, contributions: contributions)
        return tallies(snapshot, voices, contributions).map { max(0, $0.total - $0.largest) }
    }

    private static func tallies(
        _ snapshot: GraphSnapshot, _ voices: [(group: UInt32, author: UInt32)],
        _ contributions: Contributions
    ) -> [Tally] {
        let rows = snapshot.interactions
        // One piece of memory an item: they are met in no order.
        var tallies = [Tally](repeating: Tally(), count: snapshot.itemCount)
        var current = [Double](repeating: 0, count: snapshot.itemCount)
        var touched: [UInt32] = []
        var place = 0
        while place < voices.count {
            let group = voices[place].group
            if place + 1 == voices.count || voices[place + 1].group != group {
                // Most groups are one author: nothing to be summed.
                hear(Int(voices[place].author), contributions, rows, &tallies)
                place += 1
                continue
            }
            while place < voices.count, voices[place].group == group {
                let author = Int(voices[place].author)
                for entry in rows.entries(author) {
                    let value = contributions.value(
                        author: author, entry: entry, weights: rows.weights)
                    guard value > 0 else { continue }
                    let item = rows.columns[entry]
                    if current[Int(item)] == 0 { touched.append(item) }
                    current[Int(item)] += value
                }
                place += 1
            }
            for item in touched {
                tallies[Int(item)].take(current[Int(item)])
                current[Int(item)] = 0
            }
            touched.removeAll(keepingCapacity: true)
        }
        return tallies
    }

    /// What one author says, of a group of its own.
    private static func hear(
        _ author: Int, _ contributions: Contributions, _ rows: CompressedRows,
        _ tallies: inout [Tally]
    ) {
        var tallies = tallies.mutableSpan
        switch contributions {
        case .rates(let rates):
            RowProducts.scatter(
                rates[author], rows.entries(author), rows.columns.span, rows.weights.span,
                to: &tallies)
        case .edges(let edges):
            for entry in rows.entries(author) {
                tallies[Int(rows.columns[entry])].take(edges[entry])
            }
        }
    }

    /// Of each item the authors other than the ego that add to it. Where everybody who has anything does,
    /// they are its holders: nobody has to be counted.
    private static func supporters(
        _ snapshot: GraphSnapshot, ego: AuthorIndex, _ voices: [UInt32],
        _ contributions: Contributions
    ) -> [UInt32] {
        let rows = snapshot.interactions
        var counts = [UInt32](repeating: 0, count: snapshot.itemCount)
        if case .edges(let edges) = contributions {
            for author in voices {
                for entry in rows.entries(Int(author)) where edges[entry] > 0 {
                    counts[Int(rows.columns[entry])] += 1
                }
            }
            return counts
        }
        let own = snapshot.contains(ego) ? rows.entries(ego.position) : 0..<0
        let heard = voices.reduce(0) { $0 + rows.entries(Int($1)).count }
        guard heard == rows.entryCount - own.count else {
            for author in voices {
                for entry in rows.entries(Int(author)) { counts[Int(rows.columns[entry])] += 1 }
            }
            return counts
        }
        for item in counts.indices {
            counts[item] = UInt32(truncatingIfNeeded: snapshot.holders.places(item).count)
        }
        for entry in own { counts[Int(rows.columns[entry])] -= 1 }
        return counts
    }

    private struct Tally: RowCell {
        var total = 0.0
        var largest = 0.0

        @inline(__always) var gathered: Double { total }
        @inline(__always) mutating func receive(_ mass: Double) { take(mass) }

        /// What one group contributes.
        @inline(__always)
        mutating func take(_ value: Double) {
            total += value
            largest = max(largest, value)
        }
    }

    /// `max(floor, 1 - ramp)` of each item: 1 up to tau, then down in a line.
    static func factors(_ concentration: [Double], _ parameters: RankingParameters) -> [Double] {
        concentration.map { factor($0, parameters) }
    }

    @inline(__always)
    static func factor(_ concentration: Double, _ parameters: RankingParameters) -> Double {
        let (tau, floor) = (parameters.tau, parameters.floor)
        return concentration <= tau
            ? 1 : max(floor, 1 - ConnectivityDecay.ramp(concentration, from: tau))
    }

    /// Contributing authors with their groups, group by group.
    private static func voices(
        _ snapshot: GraphSnapshot, ego: AuthorIndex, groups: [AuthorIndex?],
        contributions: Contributions
    ) -> [(group: UInt32, author: UInt32)] {
        var voices: [(group: UInt32, author: UInt32)] = []
        for author in 0..<snapshot.authorCount
        where author != ego.position && contributions.mayContribute(author) {
            let own = UInt32(truncatingIfNeeded: author)
            voices.append((groups[author]?.value ?? own, own))
        }
        return voices.sorted { $0 < $1 }
    }
}
