/// How alike two ranked lists are, the top weighing more (Webber, Moffat & Zobel, TOIS 2010).
public enum RankBiasedOverlap {
    /// The part of the overlap that is certain from lists of this length, over what equal lists of the
    /// longer length would have: 1 for equal lists, 0 for disjoint ones, 1 for two empty ones.
    ///
    /// `persistence` in (0, 1) is the chance to look one place further. Requires lists without repeats.
    /// O(length).
    public static func of<Element: Hashable>(
        _ first: [Element], _ second: [Element], persistence: Double
    ) -> Double {
        let depth = max(first.count, second.count)
        guard depth > 0 else { return 1 }
        var (seen, both): (Set<Element>, Int) = ([], 0)
        var (sum, weight, whole) = (0.0, 1.0, 0.0)
        for place in 0..<depth {
            let met = [first, second].compactMap { $0.indices.contains(place) ? $0[place] : nil }
            for element in met where !seen.insert(element).inserted { both += 1 }
            sum += weight * Double(both) / Double(place + 1)
            whole += weight
            weight *= persistence
        }
        return sum / whole
    }
}
