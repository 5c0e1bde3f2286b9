/// What a run of real daemons gave, in the terms of a run directory.
public struct LocalFindings: Sendable {
    public struct Row: Hashable, Sendable {
        public var second: UInt64
        public var metric: String
        public var group: String
        public var value: Double
    }

    /// Something that must never happen and did.
    public struct Breach: Hashable, Sendable {
        public var invariant: String
        public var atMilliseconds: UInt64
        public var node: Int?
        public var detail: String
    }

    public var rows: [Row] = []
    public var breaches: [Breach] = []
    public var checks: UInt64 = 0
    public var milliseconds: UInt64 = 0
    /// Publications, kills, restarts and looks.
    public var events: UInt64 = 0
    /// Every figure at the end with its name, in one order.
    public var figures: [(name: String, value: Double)] = []

    mutating func check(
        _ condition: Bool, _ invariant: String, node: Int?, at milliseconds: Int,
        _ detail: @autoclosure () -> String
    ) {
        checks += 1
        guard !condition else { return }
        breaches.append(
            Breach(
                invariant: invariant, atMilliseconds: UInt64(max(0, milliseconds)), node: node,
                detail: detail()))
    }
}
