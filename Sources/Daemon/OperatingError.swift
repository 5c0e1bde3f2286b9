/// What stops the daemon or a command: a cause that a person can act on.
public struct OperatingError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// Another process holds the data directory.
        case locked
        /// A key file or directory is open to others, or not ours.
        case permissions
        /// Keys or databases are missing: `init` was not run.
        case notInitialised = "not-initialised"
        case configuration
        /// An address to listen on is taken or not ours.
        case address
        case storage
        case system
    }

    public var code: Code
    public var operation: String
    /// What and why.
    public var message: String
    /// The next commands to try, in order.
    public var hints: [String]

    public init(code: Code, operation: String, message: String, hints: [String] = []) {
        self.code = code
        self.operation = operation
        self.message = message
        self.hints = hints
    }

    public var description: String {
        ([message] + hints.map { "  " + $0 }).joined(separator: "\n")
    }
}
