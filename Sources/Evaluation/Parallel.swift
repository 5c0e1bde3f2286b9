/// Work on many users by as many threads as there are cores.
public enum Parallel {
    /// Users of one portion: large against the cost of a task, small against the whole.
    private static let portion = 16

    /// `body` of each number below `count`, in order; `progress` hears how many more are done.
    ///
    /// The result does not depend on the number of threads. Ends early with nil when cancelled.
    public static func map<Value: Sendable>(
        _ count: Int, threads: Int, progress: (Int) -> Void = { _ in },
        _ body: @escaping @Sendable (Int) -> Value
    ) async -> [Value]? {
        var portions: [Int: [Value]] = [:]
        await withTaskGroup(of: (Int, [Value]).self) { group in
            var next = 0
            func add() {
                let range = next..<min(count, next + portion)
                guard !range.isEmpty else { return }
                next = range.upperBound
                group.addTask { (range.lowerBound, range.map(body)) }
            }
            for _ in 0..<max(1, threads) { add() }
            while let (first, values) = await group.next() {
                portions[first] = values
                progress(values.count)
                if !Task.isCancelled { add() }
            }
        }
        guard !Task.isCancelled else { return nil }
        return stride(from: 0, to: count, by: portion).flatMap { portions[$0] ?? [] }
    }
}
