/// Why an evaluation cannot be made from what it was given.
public struct EvaluationFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// A file cannot be read or written.
        case file
        /// A file holds no rows that can be used.
        case content
        /// A method, split, attack or setting that does not exist or is out of range.
        case usage
    }

    public var code: Code
    /// What was being done, as in "read train.tsv".
    public var operation: String
    public var message: String

    public init(code: Code, operation: String, message: String) {
        self.code = code
        self.operation = operation
        self.message = message
    }

    public var description: String { "\(operation): \(message)" }
}
