/// Why an operation on keys, key files or backups could not be done: an operating error of the
/// shell. Hostile records never end here; they get a verdict.
public struct CryptographyFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure, for programs: exit codes and JSON are chosen by it.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// libsodium did not start, or computes something else than the standards say.
        case libraryUnusable
        /// The system refused locked memory or the memory that Argon2id asks for.
        case outOfMemory
        /// There is no file of that name.
        case missing
        /// A file of that name is there already; nothing overwrites it.
        case exists
        /// A symbolic link, a directory, a pipe or a device where a plain file has to be.
        case notAPlainFile
        /// Others than the owner may read or write it.
        case permissionsTooWide
        /// It belongs to another user.
        case foreignOwner
        /// The text is not of the expected form, or of a version that this program does not know.
        case malformed
        /// The form is right, but a check value shows that bytes have changed.
        case damaged
        /// It is sealed and no passphrase was given.
        case passphraseNeeded
        /// The passphrase is not the one it was sealed with.
        case wrongPassphrase
        /// The passphrase, label or cost offered for sealing is outside its range.
        case unacceptable
        /// The system call failed for another reason, named in the cause.
        case inputOutput
    }

    public let code: Code
    /// What was being done, as in "read the author key".
    public let operation: String
    /// What is wrong and the next command, for people.
    public let message: String
    /// What the system or the library said; empty when there is nothing beyond the message.
    public let cause: String

    public init(code: Code, operation: String, message: String, cause: String = "") {
        self.code = code
        self.operation = operation
        self.message = message
        self.cause = cause
    }

    public var description: String {
        let tail = cause.isEmpty ? "" : " (\(cause))"
        return "cannot \(operation): \(message)\(tail)"
    }
}
