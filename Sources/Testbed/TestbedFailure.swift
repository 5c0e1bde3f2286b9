public import Daemon

/// Why the bench could not do its part: never the verdict about what it observes.
public struct TestbedFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// A child process did not start, or ended when it should not.
        case process
        /// Something did not happen before its deadline.
        case deadline
        /// A node answered with a failure, or with something else than was asked.
        case answer
        /// A file or folder could not be read or written.
        case file
        /// The caller asked for what cannot be.
        case usage
    }

    public var code: Code
    /// What was being done, as in "start ana's daemon".
    public var operation: String
    public var message: String
    /// What lay below, or the last words of a child.
    public var cause: String
    /// What a node said when it refused a request.
    public var refusal: RequestFailure?

    public init(code: Code, operation: String, message: String, cause: String = "") {
        self.code = code
        self.operation = operation
        self.message = message
        self.cause = cause
    }

    public var description: String {
        "\(operation): \(message)" + (cause.isEmpty ? "" : "\n\(cause)")
    }
}
