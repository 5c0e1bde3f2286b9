public import NodeCore

/// Why the store could not do what it was asked: an operating error of the shell.
public struct StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// No space on the disk, or the budget of net.db or a cap on a list is used up.
        case full
        /// The disk answered with an error.
        case ioError = "io-error"
        /// The file is not what was written.
        case corrupt
        /// Another process holds the file.
        case locked
        /// What was asked contradicts what is stored; nothing was changed.
        case conflict
        /// The file or the directory refuses to be written.
        case notWritable = "not-writable"
        /// The files belong to another identity or network.
        case wrongOwner = "wrong-owner"
        /// A later version of this program wrote the files.
        case newerSchema = "newer-schema"
    }

    public let code: Code
    /// What was being done, as in "commit own records".
    public let operation: String
    /// What is wrong, why, and the next command, for people.
    public let message: String
    /// What the system or SQLite said; empty when there is nothing beyond the message.
    public let cause: String
    /// The file that is not what was written; only with `.corrupt`.
    private let damaged: DatabaseKind?

    public init(code: Code, operation: String, message: String, cause: String = "") {
        self.code = code
        self.operation = operation
        self.message = message
        self.cause = cause
        damaged = nil
    }

    /// A file is not what was written.
    init(damaged: DatabaseKind, operation: String, message: String? = nil, cause: String = "") {
        code = .corrupt
        self.operation = operation
        self.message = message ?? damaged.damageMessage
        self.cause = cause
        self.damaged = damaged
    }

    /// As the core knows it. The three codes that only opening gives are what they would be later:
    /// a disk that does not write, and files that contradict us.
    public var failure: StoreFailure {
        switch code {
        case .full: .full
        case .ioError, .notWritable: .ioError
        case .corrupt: .corrupt
        case .locked: .locked
        case .conflict, .wrongOwner, .newerSchema: .conflict
        }
    }

    /// Damage of what can be fetched again, for which `Store.replaceNet` is the answer; that of own.db is for a person to
    /// decide on.
    public var isNetDamage: Bool { damaged == .net }

    public var description: String {
        let tail = cause.isEmpty ? "" : " (\(cause))"
        return "cannot \(operation): \(message)\(tail)"
    }
}

extension StorageError.Code {
    /// The code of a failure that the core speaks of.
    public init(_ failure: StoreFailure) {
        switch failure {
        case .full: self = .full
        case .ioError: self = .ioError
        case .corrupt: self = .corrupt
        case .locked: self = .locked
        case .conflict: self = .conflict
        }
    }
}
