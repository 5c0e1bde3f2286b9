internal import GRDB
public import NodeCore

/// An operating error of the store: what was tried, why it failed, and what to do.
public struct StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        case full
        case ioError = "io-error"
        case corrupt
        case locked
        case conflict
        /// The file or directory cannot be written.
        case notWritable = "not-writable"
        /// The database belongs to other keys or to another network.
        case wrongOwner = "wrong-owner"
        /// A later version of the program wrote it.
        case newerSchema = "newer-schema"
    }

    public let code: Code
    public let operation: String
    /// One sentence: what and why.
    public let message: String
    /// The next step, when there is one.
    public let hint: String?

    public init(code: Code, operation: String, message: String, hint: String? = nil) {
        self.code = code
        self.operation = operation
        self.message = message
        self.hint = hint
    }

    /// What the core makes of it.
    public var failure: StoreFailure {
        switch code {
        case .full: .full
        case .corrupt: .corrupt
        case .locked: .locked
        case .conflict: .conflict
        case .ioError, .notWritable, .wrongOwner, .newerSchema: .ioError
        }
    }

    public var description: String { hint.map { "\(message) (\($0))" } ?? message }
}

extension StorageError {
    /// SQLite's own code, as one of ours.
    init(_ error: any Error, operation: String, file: String) {
        if let known = error as? StorageError {
            self = known
            return
        }
        let sqlite = error as? DatabaseError
        let words = sqlite?.message ?? "\(error)"
        switch sqlite?.resultCode {
        case .SQLITE_FULL:
            self.init(
                code: .full, operation: operation,
                message: "\(file) has reached its budget, or the disk is full",
                hint: "free space, or raise store.budget_mib")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self.init(
                code: .corrupt, operation: operation, message: "\(file) is damaged: \(words)",
                hint: "restart the daemon: see vouchbird doctor")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                code: .locked, operation: operation,
                message: "another program holds \(file)",
                hint: "close it: fuser \(file)")
        case .SQLITE_CONSTRAINT:
            self.init(
                code: .conflict, operation: operation,
                message: "\(file) holds another record in this place: \(words)")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                code: .notWritable, operation: operation,
                message: "\(file) cannot be opened for writing: \(words)",
                hint: "see: ls -l \(file)")
        default:
            self.init(code: .ioError, operation: operation, message: "\(file): \(words)")
        }
    }

    static func wrap<Result>(
        _ operation: String, _ file: String, _ work: () throws -> Result
    ) throws(StorageError) -> Result {
        do {
            return try work()
        } catch {
            throw StorageError(error, operation: operation, file: file)
        }
    }
}
