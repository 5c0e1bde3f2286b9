/// An operating error of the transport: what was tried, what the system said, what it means.
public struct TransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a caller may want to tell apart.
    public enum Code: String, Hashable, Sendable {
        case addressInUse = "address in use"
        case addressNotAvailable = "address not available"
        case invalidAddress = "invalid address"
        case pathTooLong = "path too long"
        case permissionDenied = "permission denied"
        case insecureDirectory = "directory is open to others"
        case noCurveSupport = "libzmq was built without CURVE"
        case badKey = "not a Curve25519 key"
        case tooFewDescriptors = "too few file descriptors"
        case tooManyLinks = "too many links"
        case noSocketFile = "no socket file"
        case nobodyAnswers = "nobody answers"
        case timedOut = "timed out"
        case connectionLost = "connection lost"
        case closed = "already closed"
        case system = "system error"
    }

    public let code: Code
    /// The call that failed, with its object: `bind tcp://127.0.0.1:4600`.
    public let operation: String
    /// One sentence for people.
    public let message: String
    /// The system's own words, when there are any.
    public let cause: String?

    public init(code: Code, operation: String, message: String, cause: String? = nil) {
        self.code = code
        self.operation = operation
        self.message = message
        self.cause = cause
    }

    public var description: String {
        "\(operation): \(message)" + (cause.map { " (\($0))" } ?? "")
    }
}
