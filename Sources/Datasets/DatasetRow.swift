public import Primitives

/// What one line of a data set says, or why it says nothing.
public enum DatasetRow: Hashable, Sendable {
    case interaction(Interaction)
    case trust(Trust)
    /// The line is not used; the reason is a phrase for a person, as in "weight is not a number".
    case rejected(reason: String)

    /// Somebody had to do with an item.
    public struct Interaction: Hashable, Sendable {
        /// As written in the file; nil when it has no such column.
        public var user: String?
        /// As written in the file: `ItemName` makes an item of it.
        public var item: String
        /// Plays or stars, above 0; nil when absent or empty.
        public var weight: Double?
        public var time: Instant?
        public var title: String?

        public init(
            user: String?, item: String, weight: Double? = nil, time: Instant? = nil,
            title: String? = nil
        ) {
            self.user = user
            self.item = item
            self.weight = weight
            self.time = time
            self.title = title
        }
    }

    /// One user trusts another, or names them a friend.
    public struct Trust: Hashable, Sendable {
        public var source: String
        public var target: String
        /// Not negative; nil when absent or empty.
        public var weight: Double?

        public init(source: String, target: String, weight: Double? = nil) {
            self.source = source
            self.target = target
            self.weight = weight
        }
    }
}

/// A row and the line that it stands on, counted from 1.
public struct DatasetLine: Hashable, Sendable {
    public let number: UInt64
    public let row: DatasetRow

    public init(number: UInt64, row: DatasetRow) {
        self.number = number
        self.row = row
    }
}

/// Why a file as a whole cannot be read as its format: no later line could help.
public struct DatasetFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public let line: UInt64
    public let message: String

    public init(line: UInt64, message: String) {
        self.line = line
        self.message = message
    }

    public var description: String { "line \(line): \(message)" }
}
