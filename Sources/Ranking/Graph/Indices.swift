/// The place of an author in one snapshot: dense, from 0, ascending with the author's key.
///
/// It means nothing in another snapshot.
public struct AuthorIndex: Hashable, Comparable, Sendable {
    public let value: UInt32

    public init(_ value: UInt32) { self.value = value }

    @inlinable
    init(position: Int) { value = UInt32(truncatingIfNeeded: position) }

    /// The index as an array subscript.
    @inlinable
    public var position: Int { Int(value) }

    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// The place of an item in one snapshot: dense, from 0, ascending with the item's identifier.
///
/// It means nothing in another snapshot.
public struct ItemIndex: Hashable, Comparable, Sendable {
    public let value: UInt32

    public init(_ value: UInt32) { self.value = value }

    @inlinable
    init(position: Int) { value = UInt32(truncatingIfNeeded: position) }

    /// The index as an array subscript.
    @inlinable
    public var position: Int { Int(value) }

    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}
