/// How unlike the items of one list are: mean over its pairs of one minus the cosine of the sets of
/// users that have them in train (Ziegler et al., WWW 2005, with collaborative likeness).
public struct Diversity: Sendable {
    private let holders: SparseRows

    public init(_ data: EvaluationData) { holders = data.train.transposed() }

    /// Mean over the lists of two items or more; 0 without any. O(pairs x users of an item).
    public func intraList(_ clean: CleanLists, k: Int) -> Double {
        var sum = 0.0
        var lists = 0
        for list in clean.lists {
            let items = list.prefix(k).filter { Int($0) < holders.rowCount }.map { Int($0) }
            guard items.count > 1 else { continue }
            var unlike = 0.0
            for (place, left) in items.enumerated() {
                for right in items[(place + 1)...] { unlike += 1 - cosine(left, right) }
            }
            sum += unlike / Double(items.count * (items.count - 1) / 2)
            lists += 1
        }
        return lists > 0 ? sum / Double(lists) : 0
    }

    private func cosine(_ left: Int, _ right: Int) -> Double {
        let first = holders.entries(left)
        let second = holders.entries(right)
        guard !first.isEmpty, !second.isEmpty else { return 0 }
        var one = first.lowerBound
        var other = second.lowerBound
        var common = 0
        while one < first.upperBound, other < second.upperBound {
            let a = holders.columns[one]
            let b = holders.columns[other]
            if a == b { common += 1 }
            if a <= b { one += 1 }
            if b <= a { other += 1 }
        }
        return Double(common) / (Double(first.count) * Double(second.count)).squareRoot()
    }
}
