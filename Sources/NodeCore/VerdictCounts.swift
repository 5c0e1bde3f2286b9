import Primitives
public import Records

/// How many records met which verdict since the start. Received = the sum of all.
public struct VerdictCounts: Hashable, Sendable {
    public private(set) var accepted: UInt64 = 0
    private var ignored = [UInt64](repeating: 0, count: IgnoreReason.allCases.count)
    private var rejected = [UInt64](repeating: 0, count: RejectReason.allCases.count)

    public init() {}

    mutating func count(_ verdict: Verdict, places: Int = 1) {
        let number = UInt64(places)
        switch verdict {
        case .accept: accepted += number
        case .ignore(let reason): ignored[Self.index(of: reason)] += number
        case .reject(let reason): rejected[Self.index(of: reason)] += number
        }
    }

    /// The store did not take records that had been accepted.
    mutating func takeBack(_ count: UInt64) {
        require(count <= accepted, "only accepted records are taken back")
        accepted -= count
        ignored[Self.index(of: IgnoreReason.storeUnavailable)] += count
    }

    public subscript(reason: IgnoreReason) -> UInt64 { ignored[Self.index(of: reason)] }
    public subscript(reason: RejectReason) -> UInt64 { rejected[Self.index(of: reason)] }

    /// `accepted`, `ignored.REASON`, `rejected.REASON` with their counts, in the order of the cases.
    public var named: [(name: String, count: UInt64)] {
        [("accepted", accepted)]
            + IgnoreReason.allCases.map { ("ignored.\($0.rawValue)", self[$0]) }
            + RejectReason.allCases.map { ("rejected.\($0.rawValue)", self[$0]) }
    }

    private static func index<Reason: CaseIterable & Equatable>(of reason: Reason) -> Int {
        var position = 0
        for candidate in Reason.allCases {
            if candidate == reason { return position }
            position += 1
        }
        return position
    }
}
