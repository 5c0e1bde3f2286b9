/// Something that must never happen and did.
public struct Violation: Hashable, Sendable, CustomStringConvertible {
    /// A short name that does not change, as in `forwarded-uncommitted`.
    public let invariant: String
    /// Virtual milliseconds.
    public let time: UInt64
    public let host: Int?
    public let detail: String

    public init(invariant: String, time: UInt64, host: Int?, detail: String) {
        self.invariant = invariant
        self.time = time
        self.host = host
        self.detail = detail
    }

    public var description: String {
        let place = host.map { " at host \($0)" } ?? ""
        return "\(invariant)\(place), \(Double(time) / 1000) s: \(detail)"
    }
}
