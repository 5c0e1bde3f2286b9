/// Why a node cannot start with these paths or settings: for a person, and as an exit code.
public struct ConfigurationFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure, for exit codes.
    public enum Code: String, Hashable, Sendable {
        /// A setting or the file that holds it (exit 78).
        case configuration
        /// A directory that is open to others or belongs to somebody else (exit 77).
        case permissions
        /// A directory or file that cannot be made (exit 73).
        case cannotCreate
        /// The system refused to read or write (exit 74).
        case inputOutput
    }

    public let code: Code
    /// What and why, one sentence, naming file, line and key where there are such.
    public let message: String
    /// The next step, when there is one.
    public let hint: String?

    public init(code: Code = .configuration, message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    public var description: String { hint.map { "\(message) (\($0))" } ?? message }
}
