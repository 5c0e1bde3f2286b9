/// A link: a live authenticated connection, named inside this process; never reused within a run.
public struct LinkID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let value: UInt64

    public init(_ value: UInt64) { self.value = value }

    public var description: String { "link \(value)" }

    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// Who opened a link.
public enum LinkDirection: String, Hashable, Sendable {
    case inbound
    case outbound
}
